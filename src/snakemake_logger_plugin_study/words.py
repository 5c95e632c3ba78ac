"""What is said at the end of a run, at a failure and at an interrupt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from .progress import Progress

LAST_LINES = 5
"""Lines of a log that are shown."""


def clock(seconds: float) -> str:
    """Write seconds as minutes and seconds, or with hours in front."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def ahead(progress: Progress) -> str:
    """Say what a run has before it: on a cluster its work, since the queue decides on the time."""
    jobs, left = count_of_jobs(progress.jobs()), progress.left()
    if progress.remote:
        work = clock(left * progress.cores)
        return f"{jobs} on the cluster, up to {progress.cores} at a time; {work} for one core"
    return (
        f"{jobs} on {progress.cores} core{'s' if progress.cores != 1 else ''}, about {clock(left)}"
    )


def state(progress: Progress) -> str:
    """Say how far a run is, in one line."""
    done = progress.finished.total()
    return (
        f"{clock(progress.gone())} gone, about {clock(progress.left())} left, "
        f"{done} of {progress.jobs()} jobs"
    )


def stage_line(progress: Progress, stage: str) -> str:
    """Say that a stage is done, and how long its jobs took, one after another."""
    return f"{stage}: {count_of_jobs(progress.finished[stage])} in {clock(progress.seconds[stage])}"


def running_line(progress: Progress) -> str:
    """Name the job that has run longest, with the last line of its log if it has one."""
    if not progress.running:
        return ""
    job = min(progress.running.values(), key=lambda job: job.began)
    said = last_lines(job.log, 1) if job.log else []
    more = f" ({said[0]})" if said and not said[0].startswith("done in") else ""
    named = f"{job.rule} {job.name}".rstrip()
    return f"; {named} for {clock(progress.clock() - job.began)}{more}"


def failure(rule: str, cell: str, logs: Sequence[str]) -> list[str]:
    """Say which job has failed, where its log is, and how that ends."""
    lines = [f"FAILED: rule {rule}" + (f", {cell}" if cell else "")]
    for log in logs:
        said = last_lines(log)
        lines.append(f"  log: {log}" + ("" if said else " (empty or never written)"))
        lines += [f"  | {line}" for line in said]
    return lines


def last_lines(log: str, count: int = LAST_LINES) -> list[str]:
    """Return the last lines of a log, none if it cannot be read."""
    try:
        return Path(log).read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except OSError:
        return []


def interruption(progress: Progress | None) -> str:
    """Say what an interrupt leaves."""
    if progress is None:
        return "Interrupted before any job began."
    return f"Interrupted after {clock(progress.gone())}: {_what_stays(progress)}"


def end_of_failed_run(progress: Progress) -> str:
    """Say how many jobs failed, and what stays."""
    failed = f"{count_of_jobs(len(progress.failed))} failed"
    return f"Ended after {clock(progress.gone())}: {failed}, {_what_stays(progress)}"


def _what_stays(progress: Progress) -> str:
    done = progress.finished.total()
    return (
        f"{done} of {progress.jobs()} jobs are done and stay done.\n"
        "The same command goes on from there."
    )


def end_of_run(progress: Progress, study: SimpleNamespace, *, with_verdicts: bool) -> str:
    """Say how long each stage took, where things are, and the verdicts of a whole study."""
    lines = [f"Done in {clock(progress.gone())}; jobs of each stage, one after another:"]
    lines += [f"  {stage_line(progress, stage)}" for stage in progress.stages()]
    if with_verdicts:
        lines += verdict_lines(Path(study.results))
        lines += [f"Figures: {study.figures}", f"Report: {study.results}/report.html"]
    return "\n".join(lines)


def verdict_lines(results: Path) -> list[str]:
    """Return a line for each claim: the verdict and the number that decides it.

    None where the study judges no claims.
    """
    table = results / "claims.csv"
    if not table.exists():
        return []
    # Here, since tables are read at the end of a whole study only.
    from winning_tickets.claims.verdicts import CLAIM_COLUMNS
    from winning_tickets.records.files import DamagedFileError
    from winning_tickets.records.frames import load_table
    from winning_tickets.report.contents import verdicts

    try:
        found = verdicts(load_table(table, CLAIM_COLUMNS))
    except DamagedFileError as error:
        return [str(error)]
    width = max(len(verdict.verdict) for verdict in found)
    return ["Verdicts:"] + [
        f"  {verdict.claim} {verdict.verdict:<{width}}  {verdict.part}: {verdict.number}"
        + (f" ({verdict.limits})" if verdict.limits else "")
        for verdict in found
    ]


def count_of_jobs(count: int) -> str:
    """Write a number of jobs."""
    return f"{count} job{'s' if count != 1 else ''}"
