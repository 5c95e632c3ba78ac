"""Every job of a study with its cost, by rule: what a run from nothing is predicted to take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..experiments import SPINE, load_experiments
from .costs import (
    FIGURE,
    PROCESS,
    SMALL,
    START,
    Cost,
    dataset_cost,
    disk_bytes,
    risk_cost,
    ticket_cost,
)
from .plan import Study

STAGES = ("datasets", "tickets", "risks", "timings", "experiments", "claims", "figures", "records")
"""The stages in the order of the flow; the last is provenance and the report."""

Costs = Mapping[str, Cost]


def forecast(study: Study) -> dict[str, Costs]:
    """Return what every job is predicted to take.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict
        For each of `STAGES` the costs of its jobs by name: a cell, "cell/sampler", a job of a
        question "question/job", or a figure.
    """
    asked = study.config["questions"]
    jobs = {
        "datasets": {name: dataset_cost(cell) for name, cell in study.cells.items()},
        "tickets": {
            f"{name}/{ticket.sampler}": ticket_cost(cell, ticket)
            for name, cell in study.cells.items()
            for ticket in study.drawn(cell)
        },
        "risks": {name: risk_cost(cell, study.tickets(cell)) for name, cell in study.cells.items()}
        | {"table": SMALL},
        "timings": _question_costs(study, "timings") | {"machine": SMALL},
        "experiments": {
            f"{name}/{job}": cost
            for name in asked
            if name not in SPINE
            for job, cost in (_question_costs(study, name) | {"table": SMALL}).items()
        }
        | {name: SMALL for name in asked if name == "paper_points"},
        "claims": {"verdicts": SMALL},
        "figures": {name: FIGURE for name in study.config["figures"]},
    }
    jobs |= {stage: {} for stage in STAGES if stage not in study.stages}
    return jobs | {"records": dict.fromkeys((*study.stages, "report"), SMALL)}


def _question_costs(study: Study, name: str) -> Costs:
    question = load_experiments()[name]
    jobs = question.planned(study.config)
    return {job: question_cost(study, name, jobs[job]) for job in jobs}


def question_cost(study: Study, name: str, settings: object) -> Cost:
    """Return what one job of a question is predicted to take, from its settings."""
    seconds = load_experiments()[name].seconds(settings)
    return Cost(START + seconds, PROCESS + study.config["budget"]["memory_mib"])


def tell(study: Study, cores: int) -> list[str]:
    """Return the forecast in words: a line a stage, then the whole.

    Parameters
    ----------
    study : Study
        The study.
    cores : int
        Cores that work at the same time; times are taken with all others idle.

    Returns
    -------
    list of str
        Lines of text.
    """
    jobs = forecast(study)
    lines = [f"{'stage':<12}{'jobs':>6}{'core minutes':>14}{'longest job':>14}{'memory':>12}"]
    for stage in STAGES:
        lines.append(f"{stage:<12}{_line(list(jobs[stage].values()))}")
    every = [cost for stage in STAGES for cost in jobs[stage].values()]
    lines.append(f"{'together':<12}{_line(every)}")
    alone = _minutes(jobs["timings"].values())
    elapsed = alone + (_minutes(every) - alone) / cores
    disk = sum(disk_bytes(cell, study.drawn(cell)) for cell in study.cells.values())
    lines.append(f"From nothing on {cores} cores: about {elapsed:.1f} minutes.")
    lines.append(f"Datasets and tickets on disk: about {-(-disk // 10**6):,} MB.")
    return lines


def _line(costs: list[Cost]) -> str:
    if not costs:
        return f"{0:>6}"
    longest = max(cost.seconds for cost in costs) / 60
    memory = max(cost.mebibytes for cost in costs)
    return f"{len(costs):>6}{_minutes(costs):>14.1f}{longest:>10.1f} min{memory:>8} MiB"


def _minutes(costs: Iterable[Cost]) -> float:
    return sum(cost.seconds for cost in costs) / 60
