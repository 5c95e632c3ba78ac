"""What a run of the study says while it goes: a plugin of Snakemake's for `--logger study`.

On a terminal a bar for each stage, with the time that is gone and left; into a pipe a line for each
stage and at least one in half a minute; at the end the verdicts; at a failure its log. A dry run is
told as a table of what would run, and why.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from logging import LogRecord
from types import SimpleNamespace

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from .display import Bars, Lines
from .dry_run import DryRun, job_name
from .overheard import STREAM, Overheard
from .progress import Progress, Seconds
from .words import end_of_failed_run, end_of_run, failure, interruption

EXPECTED = SimpleNamespace(seconds={}, results="results", figures="figures")
"""What the workflow has told of its study; see `expect`."""

NOISE = (
    "Building DAG of jobs",
    "Select jobs to execute",
    "Using shell",
    "Rules claiming more threads",
    "Complete log",
    "Elapsed time",
    "Conda environments: ignored",
    "Config file",
    "host:",
    "Assuming unrestricted",
    "Storing output in storage",
    "Terminating processes",
    "Shutting down",
    "Will exit after",
    "Exiting because",
    "Cannot restore",
    "Removing output files of failed job",
    "Removing temporary output",
    "Touching output file",
    "Finished job",
    "Job rate limit",
    "Reasons:",
    "This was a dry-run",
    "No SLURM account given",
    "No account was given",
    "Unable to guess SLURM account",
)
"""How messages of Snakemake begin that a reader has no use for; its own log file has them all."""

SUBMITTED = "has been submitted with SLURM jobid"
"""What is said of each job that a cluster takes, some hundred times."""

AT_THE_END = "At least one job did not complete successfully."


def expect(seconds: Seconds, results: str, figures: str) -> None:
    """Tell the plugin of the study at hand, from the Snakefile.

    Parameters
    ----------
    seconds : mapping of str to mapping of str to float
        What every job is predicted to take, by stage and by name of the job.
    results, figures : str
        The folders that it writes into.
    """
    EXPECTED.seconds, EXPECTED.results, EXPECTED.figures = seconds, results, figures


class LogHandler(LogHandlerBase):
    """Snakemake's events, told to people."""

    def __post_init__(self) -> None:
        """Begin without a run: other commands than that to run the study only have messages."""
        settings = self.common_settings
        # A copy, since what jobs write to the stream's own number is overheard.
        self._stream = sys.stdout if settings.stdout else os.fdopen(os.dup(STREAM), "w", 1)
        self._in_full = settings.verbose or settings.debug_dag
        self._dry_run = DryRun() if settings.dryrun else None
        self._progress: Progress | None = None
        self._display: Bars | Lines | None = None
        self._cores, self._remote, self._whole = 1, 0, False
        self._interrupted = threading.Event()
        self._said: set[str] = set()
        self._jobs = Overheard(self._say_of_job)
        self._watch_for_interrupts()

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own lines."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake keeps its own log file."""
        return False

    @property
    def has_filter(self) -> bool:
        """Snakemake's own filter is used, which knows ``--quiet``."""
        return False

    @property
    def has_formatter(self) -> bool:
        """Snakemake's own formatter is used where its words are shown in full."""
        return False

    @property
    def needs_rulegraph(self) -> bool:
        """No graph is drawn."""
        return False

    def emit(self, record: LogRecord) -> None:
        """Tell one event."""
        try:
            if self._in_full:
                self._say(self.format(record))
            elif not self._interrupted.is_set():
                self._tell(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """End the display; after an interrupt say how it stands."""
        self._jobs.end()
        self._end()
        if self._dry_run and not self._interrupted.is_set():
            self._say("\n".join(self._dry_run.table()))
        self._dry_run = None
        if self._interrupted.is_set():
            self._interrupted.clear()
            self._say(interruption(self._progress))
        super().close()

    def _tell(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        tell = {
            LogEvent.RESOURCES_INFO: self._on_resources,
            LogEvent.RUN_INFO: self._on_run,
            LogEvent.JOB_INFO: self._on_job,
            LogEvent.JOB_FINISHED: self._on_finished,
            LogEvent.JOB_ERROR: self._on_failed,
            LogEvent.GROUP_ERROR: self._on_group_failed,
            LogEvent.ERROR: self._on_error,
            None: self._on_message,
        }.get(event)
        if tell:
            tell(record)

    def _on_resources(self, record: LogRecord) -> None:
        self._cores = getattr(record, "cores", None) or self._cores
        self._remote = getattr(record, "nodes", None) or self._remote

    def _on_run(self, record: LogRecord) -> None:
        counts = {rule: count for rule, count in record.stats.items() if rule != "total"}
        if self._dry_run:
            self._dry_run.counts = counts
            return
        self._whole = "all" in counts
        self._progress = Progress(EXPECTED.seconds, counts, self._cores)
        if self._remote:
            self._progress.go_remote(self._remote)
        kind = Bars if self._stream.isatty() else Lines
        self._display = kind(self._progress, self._stream)
        self._display.begin()
        self._jobs.begin()

    def _on_job(self, record: LogRecord) -> None:
        name = job_name(record.wildcards)
        # A rule that only gathers targets makes nothing.
        if self._dry_run and record.output:
            self._dry_run.add(record.rule_name, name, record.reason)
        if self._progress:
            self._progress.start(record.jobid, record.rule_name, name, *record.log[:1])

    def _on_finished(self, record: LogRecord) -> None:
        # A rule that only gathers targets has nothing to tell.
        if self._progress and record.job_id in self._progress.running:
            ended = self._progress.finish(record.job_id)
            self._display.renew(ended)
            if not self._progress.open_jobs() and not self._progress.failed:
                self._end()
                self._say(end_of_run(self._progress, EXPECTED, with_verdicts=self._whole))

    def _on_failed(self, record: LogRecord) -> None:
        job = self._progress.fail(record.jobid) if self._progress else None
        head, *rest = failure(record.rule_name, job.name if job else "", record.log)
        rest = [line for line in rest if line.removeprefix("  | ") not in self._said]
        ending = "\n".join(line for line in rest if "log: " not in line)
        again = bool(ending) and ending in self._said
        self._said.add(ending)
        self._say(f"{head}, as before" if again else "\n".join([head, *rest]))

    def _on_group_failed(self, record: LogRecord) -> None:
        for facts in record.job_error_info:
            self._on_failed(SimpleNamespace(**facts))

    def _on_error(self, record: LogRecord) -> None:
        # That of a job is said with its rule, its cell and its log.
        text = record.getMessage().strip()
        if self._progress and self._progress.failed and text.endswith(AT_THE_END):
            self._end()
            text = end_of_failed_run(self._progress)
        if "CalledProcessError" not in text:
            self._say(text)

    def _on_message(self, record: LogRecord) -> None:
        text = (record.getMessage() or "").strip()
        if text and text != "None" and not text.startswith(NOISE) and SUBMITTED not in text:
            self._say(text)

    def _say_of_job(self, line: str) -> None:
        # What is wrong with the disk or the project is wrong for every job: it is said once.
        if not self._interrupted.is_set() and line not in self._said:
            self._said.add(line)
            self._say(line)

    def _say(self, text: str) -> None:
        if text:
            if self._display:
                self._display.say(text)
            else:
                print(text, file=self._stream, flush=True)

    def _end(self) -> None:
        if self._display:
            self._display.end()

    def _watch_for_interrupts(self) -> None:
        """Note an interrupt before Snakemake hears of it: what jobs say of it is of no use."""
        heard = callable(signal.getsignal(signal.SIGINT))
        if threading.current_thread() is threading.main_thread() and heard:

            def note(number: int, frame: object) -> None:
                self._interrupted.set()
                # Before its jobs begin, Snakemake lets Python print where it was interrupted.
                if self._progress is None:
                    sys.exit(128 + number)
                signal.default_int_handler(number, frame)

            signal.signal(signal.SIGINT, note)
