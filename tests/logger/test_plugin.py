"""What a run says, from Snakemake's own events."""

import io
import logging
import os
import shutil
import signal
import time
from types import SimpleNamespace

import pytest
from snakemake.logging import DefaultFilter, DefaultFormatter
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

from snakemake_logger_plugin_study import LogHandler, expect
from snakemake_logger_plugin_study.display import Bars, Lines
from snakemake_logger_plugin_study.overheard import Overheard
from snakemake_logger_plugin_study.progress import Progress
from tests.workflow.pipeline import ROOT

COUNTS = {"draw_tickets": 2, "judge_claims": 1, "all": 1, "total": 4}


class Run:
    """A handler without Snakemake, and what it has said."""

    def __init__(self, **settings):
        common = dict(stdout=True, dryrun=False, verbose=False, debug_dag=False) | settings
        self.handler = LogHandler(SimpleNamespace(**common), None)
        self.handler.setFormatter(DefaultFormatter())
        self.handler.addFilter(DefaultFilter(None, False, False, False, False))
        self.handler._stream = io.StringIO()

    def tell(self, event=None, text="", level=logging.INFO, **facts):
        record = logging.LogRecord("snakemake", level, "", 0, text, None, None)
        record.__dict__.update(facts, event=event)
        self.handler.handle(record)

    def job(self, number, rule="draw_tickets", log="a.log", reason="", output=(), **wildcards):
        facts = dict(jobid=number, rule_name=rule, wildcards=wildcards, log=[log])
        facts |= dict(reason=reason, output=output)
        self.tell(LogEvent.JOB_INFO, **facts)

    def said(self):
        told = self.handler._stream.getvalue().splitlines()
        self.handler._stream.seek(0)
        self.handler._stream.truncate()
        return told


@pytest.fixture
def run(tmp_path):
    shutil.copy(ROOT / "workflow/reference/default/claims.csv", tmp_path)
    expect({"tickets": {"a/fft": 60.0, "b/fft": 60.0}}, str(tmp_path), "pictures")
    run = Run()
    yield run
    run.handler.close()


def test_snakemake_finds_the_plugin():
    assert LoggerPluginRegistry().get_plugin("study").log_handler is LogHandler


def test_a_run_into_a_pipe_from_its_start_to_its_verdicts(run):
    run.tell(text="Building DAG of jobs...")
    run.tell(LogEvent.RESOURCES_INFO, "Provided cores: 2", cores=2)
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    assert run.said() == ["3 jobs on 2 cores, about 1:00"]
    run.job(1, cell="a", sampler="fft")
    run.tell(LogEvent.JOB_FINISHED, job_id=1)
    assert run.said() == []
    run.job(2, cell="b", sampler="fft")
    run.tell(LogEvent.JOB_FINISHED, job_id=2)
    (line,) = run.said()
    assert line.startswith("tickets: 2 jobs in 0:00 (0:00 gone, about ") and "2 of 3 jobs" in line
    run.job(3, "judge_claims")
    run.tell(LogEvent.JOB_FINISHED, job_id=3)
    said = run.said()
    run.job(4, "all")
    run.tell(LogEvent.JOB_FINISHED, job_id=4)
    assert run.said() == []
    assert "Figures: pictures" in said
    verdicts = [line for line in said if line.startswith(("  S", "  O"))]
    assert len(verdicts) == 9
    assert any("S1 reproduced" in line and "(at most 1e\u221210)" in line for line in verdicts)
    assert "  tickets: 2 jobs in 0:00" in said


def test_a_cluster_has_jobs_instead_of_cores_and_the_noise_of_its_queue_is_left_out(run):
    run.tell(LogEvent.RESOURCES_INFO, "Provided remote nodes: 200", nodes=200)
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    assert run.said() == ["3 jobs on the cluster, up to 3 at a time; 2:01 for one core"]
    run.tell(text="Job 5 has been submitted with SLURM jobid 7 (log: a.log).")
    run.tell(text="No SLURM account given, trying to guess.")
    assert run.said() == []
    run.tell(text="SLURM run ID: 1")
    assert run.said() == ["SLURM run ID: 1"]


def test_a_part_of_a_study_has_no_verdicts(run):
    run.tell(LogEvent.RUN_INFO, stats={"draw_tickets": 1, "total": 1})
    run.job(1, cell="a", sampler="fft")
    run.tell(LogEvent.JOB_FINISHED, job_id=1)
    assert not any("Verdicts" in line or "Figures" in line for line in run.said())


def test_a_failure_names_rule_cell_log_and_its_last_lines_once(run, tmp_path):
    log = tmp_path / "step.log"
    log.write_text("\n".join(f"line {number}" for number in range(20)))
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    run.job(1, log=str(log), cell="a", sampler="fft")
    run.said()
    error = dict(level=logging.ERROR, exception="RuleException")
    run.tell(LogEvent.ERROR, "RuleException:\nCalledProcessError in file x, line 1:", **error)
    facts = dict(jobid=1, rule_name="draw_tickets", log=[str(log)], rule_msg=None)
    run.tell(LogEvent.JOB_ERROR, level=logging.ERROR, **facts)
    error["exception"] = "WorkflowError"
    run.tell(LogEvent.ERROR, "At least one job did not complete successfully.", **error)
    head, *shown, last, more = run.said()
    assert head == "FAILED: rule draw_tickets, a/fft"
    assert shown == [f"  log: {log}", *(f"  | line {number}" for number in range(15, 20))]
    assert last == "Ended after 0:00: 1 job failed, 0 of 3 jobs are done and stay done."
    assert more == "The same command goes on from there."


def test_a_job_that_fails_once_and_then_ends_well_leaves_a_whole_study(run):
    run.tell(LogEvent.RUN_INFO, stats={"draw_tickets": 1, "all": 1, "total": 2})
    facts = dict(jobid=1, rule_name="draw_tickets", log=["none.log"], rule_msg=None)
    run.job(1, cell="a", sampler="fft")
    run.tell(LogEvent.JOB_ERROR, level=logging.ERROR, **facts)
    run.job(1, cell="a", sampler="fft")
    run.tell(LogEvent.JOB_FINISHED, job_id=1)
    said = run.said()
    assert "FAILED: rule draw_tickets, a/fft" in said and "Verdicts:" in said


def test_a_run_with_a_failure_has_no_verdicts(run):
    run.tell(LogEvent.RUN_INFO, stats={"draw_tickets": 2, "all": 1, "total": 3})
    run.job(1, cell="a", sampler="fft")
    run.job(2, cell="b", sampler="fft")
    facts = dict(jobid=1, rule_name="draw_tickets", log=["none.log"], rule_msg=None)
    run.tell(LogEvent.JOB_ERROR, level=logging.ERROR, **facts)
    run.tell(LogEvent.JOB_FINISHED, job_id=2)
    assert not any("Verdicts" in line or line.startswith("Done") for line in run.said())


def test_a_log_that_was_never_written_is_said_so(run):
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    run.said()
    facts = dict(jobid=9, rule_name="draw_tickets", log=["none.log"], rule_msg=None)
    run.tell(LogEvent.JOB_ERROR, level=logging.ERROR, **facts)
    said = ["FAILED: rule draw_tickets", "  log: none.log (empty or never written)"]
    assert run.said() == said


def test_an_error_before_any_job_is_told_as_it_is(run):
    run.tell(LogEvent.ERROR, "LockException:\nlocked", logging.ERROR, exception="LockException")
    assert run.said() == ["LockException:", "locked"]


def test_an_interrupt_is_three_lines_at_most_whatever_jobs_say(run):
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    run.job(1, cell="a", sampler="fft")
    run.said()
    run.handler._interrupted.set()
    run.tell(LogEvent.ERROR, "pickled\n" * 200, logging.ERROR, exception="RuleException")
    run.tell(text="Terminating processes on user request, this might take some time.")
    run.handler.close()
    said = run.said()
    assert said[0].endswith("0 of 3 jobs are done and stay done.")
    assert len(said) <= 3


def test_an_interrupt_before_the_jobs_ends_snakemake_and_one_among_them_is_its_own(monkeypatch):
    """Python would print where Snakemake was while it laid out the jobs; it looks after jobs."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: noted.append(handler))
    noted = []
    run = Run()
    with pytest.raises(SystemExit) as ended:
        noted[0](signal.SIGINT, None)
    assert ended.value.code == 130
    run.handler.close()
    assert run.said() == ["Interrupted before any job began."]
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    with pytest.raises(KeyboardInterrupt):
        noted[0](signal.SIGINT, None)
    run.handler.close()


def test_a_dry_run_is_a_table_of_rules_and_reasons():
    run = Run(dryrun=True)
    run.tell(LogEvent.RUN_INFO, "Job stats:\njob count", stats=COUNTS)
    edited = "Updated input files: src/b.py, src/a.py; Code has changed since last execution"
    made = "Missing output files: x; Updated input files: src/b.py"
    follows = "Input files updated by another job: x, y"
    run.job(3, "judge_claims", reason=follows, output=["c"])
    for number, (sampler, why) in enumerate([("fft", made), ("uniform", made), ("heavy", edited)]):
        run.job(number, sampler=sampler, reason=why, output=["t"])
    run.job(0, "all", reason=follows, output=[])
    run.tell(text="Reasons:\n    (check individual jobs above for details)")
    run.tell(text="This was a dry-run (flag -n).")
    run.handler.close()
    assert run.said() == [
        "draw_tickets     3  2 missing (fft, uniform); "
        "1 changed: src/a.py, src/b.py, script has changed (heavy)",
        "judge_claims     1  follows",
        "total            4  would run; for files: --verbose",
    ]


def test_a_dry_run_names_a_few_of_many_jobs_and_counts_the_others():
    run = Run(dryrun=True)
    for number in range(5):
        run.job(number, cell=f"D{number}", reason="Forced execution", output=["t"])
    run.handler.close()
    assert run.said()[0] == "draw_tickets     5  asked for (D0, D1, D2 and 2 more)"


def test_a_dry_run_without_its_jobs_is_their_counts():
    """As with ``--quiet rules``."""
    run = Run(dryrun=True)
    run.tell(LogEvent.RUN_INFO, stats=COUNTS)
    run.handler.close()
    assert run.said()[:2] == ["draw_tickets     2", "judge_claims     1"]


def test_a_dry_run_with_nothing_to_do_says_only_that():
    run = Run(dryrun=True)
    run.tell(text="Nothing to be done (all requested files are present and up to date).")
    run.handler.close()
    assert [line[:19] for line in run.said()] == ["Nothing to be done "]


def test_a_dry_run_in_full_is_told_in_snakemakes_own_words():
    run = Run(dryrun=True, verbose=True)
    run.tell(LogEvent.RUN_INFO, "Job stats:\njob count", stats=COUNTS)
    run.handler.close()
    assert run.said() == ["Job stats:", "job count"]


def test_silence_is_broken_by_a_line_that_names_what_runs(tmp_path):
    log = tmp_path / "a.log"
    log.write_text("pass 1 of 4\npass 2 of 4\n")
    progress = Progress({}, {"draw_tickets": 1})
    progress.start(1, "draw_tickets", "a/fft", str(log))
    stream = io.StringIO()
    lines = Lines(progress, stream, silence=0.05)
    lines.begin()
    deadline = time.monotonic() + 20
    while "pass 2" not in stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    lines.end()
    assert "0 of 1 jobs; draw_tickets a/fft for 0:00 (pass 2 of 4)" in stream.getvalue()


def test_bars_show_every_stage_and_the_time_left():
    progress = Progress({"tickets": {"a/fft": 60.0}}, {"draw_tickets": 1, "judge_claims": 1})
    stream = io.StringIO()
    bars = Bars(progress, stream)
    bars.renew()
    told = "\n".join(
        "".join(map(str, row)) for row in [[t.description, t.fields] for t in bars._bars.tasks]
    )
    assert "tickets" in told and "claims" in told
    assert "0/1 jobs, 0:00 gone, 1:00 left" in told
    assert "0/2 jobs, 0:00 gone, 1:01 left" in told
    bars.say("[bold]as it is")
    bars.end()
    assert "[bold]as it is" in stream.getvalue()


def test_what_jobs_write_is_overheard_and_the_stream_given_back(capfd):
    lines = []
    jobs = Overheard(lines.append)
    jobs.begin()
    os.write(2, b"of a job\nand more\n")
    jobs.end()
    os.write(2, b"after it\n")
    assert lines == ["of a job", "and more"]
    assert capfd.readouterr().err == "after it\n"
