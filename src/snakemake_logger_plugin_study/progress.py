"""How far a run is: jobs weighted by what they are predicted to take, stage by stage."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

STAGES = {
    "generate_dataset": "datasets",
    "draw_tickets": "tickets",
    "measure_risks": "risks",
    "aggregate_risks": "risks",
    "time_samplers": "timings",
    "record_machine": "timings",
    "measure_experiment": "experiments",
    "aggregate_experiment": "experiments",
    "compare_points": "experiments",
    "judge_claims": "claims",
    "draw_figure": "figures",
    "record_provenance": "records",
    "write_report": "records",
}
"""The stage of each rule, in the order of the flow."""

MAIN = (
    "generate_dataset",
    "draw_tickets",
    "measure_risks",
    "time_samplers",
    "measure_experiment",
    "judge_claims",
    "draw_figure",
)
"""Rules whose jobs are predicted; what joins their tables is small."""

ALONE = "time_samplers"
"""The rule that has the machine to itself."""

SMALL = 1.0
"""Seconds of a job of which nothing is predicted."""

LEAST_KNOWN = 0.05
"""Share of the work after which the machine's own speed counts."""

Seconds = Mapping[str, Mapping[str, float]]


@dataclass
class Job:
    """A job that has begun.

    Attributes
    ----------
    rule, name, log : str
        Its rule, its wildcards joined by "/", the path of its log.
    weight : float
        Seconds of the run that it is predicted to take, other jobs beside it.
    began : float
        By the clock.
    """

    rule: str
    name: str
    log: str
    weight: float
    began: float


@dataclass
class Progress:
    """The state of one run.

    Attributes
    ----------
    predicted : mapping of str to mapping of str to float
        Seconds of each job, by stage and by name of the job.
    counts : mapping of str to int
        Number of jobs of each rule.
    cores : int
        Cores that work side by side, or jobs of a cluster.
    clock : callable
        Seconds that never go back, whatever is done to the time of day.
    """

    predicted: Seconds
    counts: Mapping[str, int]
    cores: int = 1
    clock: Callable[[], float] = time.monotonic
    running: dict[int, Job] = field(default_factory=dict)
    finished: Counter = field(default_factory=Counter)
    seconds: Counter = field(default_factory=Counter)
    failed: dict[int, Job | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with every job ahead."""
        self.remote = False
        self._began = self.clock()
        self._done: Counter = Counter()
        self._waiting = {rule: count for rule, count in self.counts.items() if rule in STAGES}
        self._unseen = {stage: dict(jobs) for stage, jobs in self.predicted.items()}

    def go_remote(self, most: int) -> None:
        """Note that the jobs run on a cluster, at most so many at a time."""
        self.remote, self.cores = True, max(1, min(most, self.jobs()))

    def start(self, number: int, rule: str, name: str, log: str = "") -> None:
        """Note that a job begins, perhaps once more; ``name`` is its wildcards, joined by "/"."""
        before = self.failed.pop(number, None)
        if before:
            self.running[number] = replace(before, began=self.clock())
        elif rule in STAGES and number not in self.running:
            seconds = self._unseen.get(STAGES[rule], {}).pop(name, SMALL)
            weight = seconds * self._share(rule)
            self.running[number] = Job(rule, name, log, weight, self.clock())
            self._waiting[rule] = max(0, self._waiting.get(rule, 0) - 1)

    def finish(self, number: int) -> str:
        """Note that a job has ended well; return its stage if that was its last job."""
        job = self.running.pop(number, None)
        if job is None:
            return ""
        stage = STAGES[job.rule]
        self._done[stage] += job.weight
        self.finished[stage] += 1
        self.seconds[stage] += self.clock() - job.began
        return stage if self.finished[stage] == self.jobs(stage) else ""

    def fail(self, number: int) -> Job | None:
        """Note that a job has failed, and return it."""
        self.failed[number] = self.running.pop(number, None)
        return self.failed[number]

    def stages(self) -> list[str]:
        """Return the stages that have jobs in this run, in the order of the flow."""
        return [stage for stage in dict.fromkeys(STAGES.values()) if self.jobs(stage)]

    def jobs(self, stage: str = "") -> int:
        """Return the number of jobs of a stage, or of all."""
        return sum(
            count
            for rule, count in self.counts.items()
            if rule in STAGES and stage in ("", STAGES[rule])
        )

    def open_jobs(self) -> int:
        """Return the number of jobs that have neither ended well nor failed."""
        return self.jobs() - self.finished.total() - len(self.failed)

    def gone(self) -> float:
        """Return the seconds since the run began."""
        return self.clock() - self._began

    def share(self, stage: str = "") -> float:
        """Return the share of the work of a stage, or of all, that is done as predicted: 0 to 1."""
        done, left = self._work(stage)
        return done / (done + left) if done + left else 1.0

    def left(self, stage: str = "") -> float:
        """Return the seconds left for a stage, or for all, at the speed of this machine so far."""
        done, left = self._work()
        speed = 1.0
        if done > LEAST_KNOWN * (done + left):
            speed = max(self.gone() / done, 0.2)
        return self._work(stage)[1] * speed

    def _work(self, stage: str = "") -> tuple[float, float]:
        """Return what is done and what is left, in predicted seconds of the run."""
        now = self.clock()
        of_stage = {rule for rule, name in STAGES.items() if stage in ("", name)}
        running = [job for job in self.running.values() if job.rule in of_stage]
        begun = [(job.weight, min(now - job.began, job.weight)) for job in running]
        done = sum(part for _, part in begun)
        done += self._done[stage] if stage else self._done.total()
        left = sum(weight - part for weight, part in begun)
        waiting = of_stage & self._waiting.keys()
        left += sum(self._ahead(rule, self._waiting[rule]) for rule in sorted(waiting))
        return done, left

    def _ahead(self, rule: str, count: int) -> float:
        """Return what the jobs of a rule that wait will take: the mean of those not yet seen."""
        unseen = self._unseen.get(STAGES[rule], {}).values() if rule in MAIN else ()
        each = sum(unseen) / len(unseen) if unseen else SMALL
        return count * each * self._share(rule)

    def _share(self, rule: str) -> float:
        return 1.0 if rule == ALONE else 1.0 / self.cores
