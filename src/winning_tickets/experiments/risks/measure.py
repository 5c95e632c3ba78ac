"""Train the tickets of one cell and measure their risks, one row per ticket and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...law import kappa
from ...prefixes import PrefixTrainer, count_unique
from ...risk import relative_risk
from ...samplers.base import Nodes
from ...tickets import ProblemSettings

COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "activation",
    "sampler",
    "replicate",
    "draw",
    "nodes",
    "points",
    "support",
    "relative_risk",
    "test_risk",
    "test_accuracy",
    "unique_nodes",
    "kappa",
    "proposals",
    "acceptance_rate",
    "weight_evaluations",
    "levels",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of risks, in order; one row per ticket and size."""

Arrays = Mapping[str, np.ndarray]
Row = dict[str, Any]


@dataclass(frozen=True)
class TicketSizes:
    """Tickets of one sampler in a cell.

    Attributes
    ----------
    sampler : str
        Its name.
    nodes, skipped : tuple of int
        Sizes N that were drawn, and those beyond the budget.
    reason : str
        Why sizes are skipped; empty if none is.
    exact : bool
        Whether its nodes follow p*, so that kappa can be estimated from them.
    """

    sampler: str
    nodes: tuple[int, ...]
    skipped: tuple[int, ...]
    reason: str
    exact: bool


@dataclass(frozen=True)
class Settings:
    """What the risks of a cell depend on, besides its datasets and tickets.

    Attributes
    ----------
    family : str
        Name of the family.
    dimension, points : int
        D and M.
    targets : tuple of str
        Names of the targets, as the datasets are stacked.
    problem : ProblemSettings
        The learning problem.
    tickets : tuple of TicketSizes
        One entry a sampler.
    """

    family: str
    dimension: int
    points: int
    targets: tuple[str, ...]
    problem: ProblemSettings
    tickets: tuple[TicketSizes, ...]


def measure(settings: Settings, data: Arrays, tickets: Mapping[str, Arrays]) -> Iterator[Row]:
    """Yield the rows of a cell.

    Parameters
    ----------
    settings : Settings
        The cell.
    data : mapping of str to numpy.ndarray
        Its datasets, stacked by target and replicate (see `winning_tickets.families.cell`).
    tickets : mapping of str to mapping
        For each sampler its tickets, stacked in the same way (see `winning_tickets.tickets`).

    Yields
    ------
    dict
        With keys of `COLUMNS`; what a row does not hold stays empty.
    """
    for target, name in enumerate(settings.targets):
        common = _cell_columns(settings) | {"target": name}
        for replicate in range(data["targets"].shape[1]):
            known = common | {"replicate": replicate}
            place = (target, replicate)
            example = _at(data, place)
            drawn = {sampler: _at(arrays, place) for sampler, arrays in tickets.items()}
            for row in _dataset_rows(example, drawn, settings):
                yield known | row
        for plan in settings.tickets:
            for row in _skipped_rows(plan):
                yield common | row


def _at(arrays: Arrays, place: tuple[int, int]) -> Arrays:
    """Return the part of each array that belongs to one target and replicate."""
    return {name: values[place] for name, values in arrays.items()}


def _cell_columns(settings: Settings) -> Row:
    """Return what all rows of a cell share."""
    return {
        "family": settings.family,
        "dimension": settings.dimension,
        "modulus": settings.problem.modulus,
        "activation": settings.problem.activation_name,
        "points": settings.points,
    }


def _skipped_rows(plan: TicketSizes) -> Iterator[Row]:
    """Yield a row for each ticket size that a sampler does not reach."""
    for nodes in plan.skipped:
        yield {
            "sampler": plan.sampler,
            "nodes": nodes,
            "status": "skipped",
            "reason": plan.reason,
        }


def _dataset_rows(
    example: Arrays, drawn: Mapping[str, Arrays], settings: Settings
) -> Iterator[Row]:
    """Yield the rows of all samplers on one dataset."""
    problem = settings.problem.pose(example["points"], example["targets"])
    trainer = PrefixTrainer(problem)
    known = {
        "points": len(problem.points),
        "support": problem.support_size,
        "dataset_seed": int(example["seed"]),
    }
    for plan in settings.tickets:
        if plan.nodes:
            for row in _sampler_rows(trainer, example, drawn[plan.sampler], plan):
                yield known | {"sampler": plan.sampler} | row


def _sampler_rows(
    trainer: PrefixTrainer, example: Arrays, drawn: Arrays, plan: TicketSizes
) -> Iterator[Row]:
    """Yield the rows of one sampler on one dataset."""
    if drawn["reason"]:
        for nodes in plan.nodes:
            yield {"nodes": nodes, "status": "failed", "reason": str(drawn["reason"])}
        return
    tickets = [Nodes(a, b) for a, b in zip(drawn["a"], drawn["b"], strict=True)]
    concentration = kappa(trainer.problem, Nodes.join(tickets)) if plan.exact else None
    for number, nodes in enumerate(tickets):
        known = {
            "draw": number,
            "kappa": concentration,
            "proposals": int(drawn["proposals"][number]),
            "acceptance_rate": len(nodes) / drawn["proposals"][number],
            "weight_evaluations": int(drawn["weight_evaluations"][number]),
            "levels": int(drawn["levels"][number]),
            "draw_seed": int(drawn["seed"][number]),
            "status": "ok",
        }
        for row in _ticket_rows(trainer, example, nodes, plan.nodes):
            yield known | row


def _ticket_rows(
    trainer: PrefixTrainer, example: Arrays, nodes: Nodes, sizes: Sequence[int]
) -> Iterator[Row]:
    """Yield the risks of one ticket at each of its sizes."""
    unique = count_unique(nodes, sizes)
    for (network, risk), distinct in zip(trainer.train(nodes, sizes), unique, strict=True):
        row = {"nodes": len(network.nodes), "relative_risk": risk, "unique_nodes": distinct}
        wanted = example["test_targets"]
        if len(wanted):
            predicted = network.predict(example["test_points"])
            row["test_risk"] = relative_risk(wanted, predicted) if wanted.any() else None
            if (np.abs(wanted) == 1).all():
                row["test_accuracy"] = np.mean(np.sign(predicted) == wanted)
        yield row
