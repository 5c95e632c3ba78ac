"""Tickets: the problem that a dataset poses, draws that record what they took, cells of them."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .problem import Problem
from .samplers import make_sampler
from .samplers.base import Nodes, Sampler
from .seeds import seed

_COUNTS = ("proposals", "weight_evaluations", "levels")

STACKED = ("a", "b", *_COUNTS, "seed", "reason")
"""Arrays of the tickets of a cell."""


@dataclasses.dataclass(frozen=True)
class ProblemSettings:
    """What makes a Problem of a dataset, besides its examples.

    Attributes
    ----------
    modulus : int
        The modulus P.
    activation : str or sequence of float
        See `Problem`.
    ridge_relative : float
        lambda M', at least 0, with M' the number of points where h is not zero.
    """

    modulus: int
    activation: str | tuple[float, ...]
    ridge_relative: float = 0.0

    @property
    def activation_name(self) -> str:
        """Name of the activation in tables."""
        return self.activation if isinstance(self.activation, str) else "table"

    def pose(self, points: ArrayLike, targets: ArrayLike) -> Problem:
        """Return the learning problem of a dataset, with lambda = ridge_relative / M'."""
        common = {"modulus": self.modulus, "activation": self.activation}
        problem = Problem(points, targets, **common)
        if self.ridge_relative == 0:
            return problem
        # Which points have h != 0 does not depend on lambda.
        return Problem(points, targets, **common, ridge=self.ridge_relative / problem.support_size)


@dataclasses.dataclass(frozen=True)
class DrawnTicket:
    """Nodes of one ticket, and what it took to draw them.

    Attributes
    ----------
    nodes : Nodes
        The hidden nodes.
    proposals : int
        Candidate nodes looked at.
    weight_evaluations : int
        Weight evaluations, those of preparing the sampler included.
    levels : int
        Levels of the suffix trie, else 0.
    """

    nodes: Nodes
    proposals: int
    weight_evaluations: int
    levels: int


@dataclasses.dataclass(frozen=True)
class CellSettings:
    """What the tickets of one sampler in a cell depend on, besides its datasets.

    Attributes
    ----------
    seed : int
        Of the study.
    family : str
        Name of the family.
    dimension : int
        D.
    targets : tuple of str
        Names of the targets, as the datasets are stacked.
    sampler : str
        Its name.
    soft_threshold : float or None
        See `winning_tickets.make_sampler`.
    nodes : int
        N of the largest ticket.
    draws : int
        Tickets per dataset.
    problem : ProblemSettings
        The learning problem.
    first : int
        Number of the first replicate, where the cell is part of a larger one.
    """

    seed: int
    family: str
    dimension: int
    targets: tuple[str, ...]
    sampler: str
    soft_threshold: float | None
    nodes: int
    draws: int
    problem: ProblemSettings
    first: int = 0


def draw_cell(
    settings: CellSettings,
    data: Mapping[str, np.ndarray],
    prepare: Callable[..., Sampler] = make_sampler,
) -> dict[str, np.ndarray]:
    """Draw all tickets of one sampler in a cell.

    Parameters
    ----------
    settings : CellSettings
        The cell.
    data : mapping of str to numpy.ndarray
        "points" and "targets" of its datasets, with leading axes target and replicate.
    prepare : callable
        Makes a sampler, called like `winning_tickets.make_sampler`.

    Returns
    -------
    dict of numpy.ndarray
        The arrays `STACKED`, with leading axes target, replicate and draw. A dataset whose tickets
        cannot be drawn has its reason in "reason", and zeros elsewhere.
    """
    targets, replicates = data["targets"].shape[:2]
    arrays: dict[str, np.ndarray] = {}
    seeds = np.zeros((targets, replicates, settings.draws), dtype=np.int64)
    reasons = np.full((targets, replicates), "", dtype="U300")
    for place in np.ndindex(targets, replicates):
        seeds[place] = _seeds(settings, *place)
        try:
            example = data["points"][place], data["targets"][place]
            tickets = _draw_dataset(settings, *example, seeds[place], prepare)
        except (ValueError, RuntimeError, MemoryError) as error:
            traceback.print_exc()
            reasons[place] = str(error) or type(error).__name__
            continue
        for name, values in tickets.items():
            if name not in arrays:
                arrays[name] = np.zeros((targets, replicates, *values.shape), values.dtype)
            arrays[name][place] = values
    empty = dict.fromkeys(("a", "b", *_COUNTS), np.zeros((*seeds.shape, 0, 0)))
    return empty | arrays | {"seed": seeds, "reason": reasons}


def _seeds(settings: CellSettings, target: int, replicate: int) -> list[int]:
    """Return the seeds of the tickets of one dataset."""
    names = (
        settings.family,
        settings.dimension,
        settings.targets[target],
        settings.first + replicate,
    )
    return [
        seed(settings.seed, "ticket", *names, settings.sampler, number)
        for number in range(settings.draws)
    ]


def _draw_dataset(
    settings: CellSettings,
    points: np.ndarray,
    targets: np.ndarray,
    seeds: np.ndarray,
    prepare: Callable[..., Sampler],
) -> dict[str, np.ndarray]:
    """Return the tickets of one dataset as arrays with the draw as first axis."""
    problem = settings.problem.pose(points, targets)
    sampler = prepare(settings.sampler, problem, soft_threshold=settings.soft_threshold)
    return stack_tickets(draw_tickets(sampler, settings.nodes, [int(number) for number in seeds]))


def draw_tickets(sampler: Sampler, nodes: int, seeds: Sequence[int]) -> list[DrawnTicket]:
    """Draw one ticket per seed.

    Parameters
    ----------
    sampler : Sampler
        A prepared sampler that has drawn nothing yet.
    nodes : int
        Hidden nodes of each ticket, N >= 1.
    seeds : sequence of int
        One seed per ticket.

    Returns
    -------
    list of DrawnTicket
        The tickets in the order of the seeds.
    """
    preparation = sampler.report.weight_evaluations
    tickets = []
    for own_seed in seeds:
        before = dataclasses.replace(sampler.report)
        drawn = sampler.sample(nodes, rng=own_seed)
        after = sampler.report
        evaluations = after.weight_evaluations - before.weight_evaluations
        tickets.append(
            DrawnTicket(
                drawn, after.proposals - before.proposals, preparation + evaluations, after.levels
            )
        )
    return tickets


def stack_tickets(tickets: Sequence[DrawnTicket]) -> dict[str, np.ndarray]:
    """Return tickets of one size as arrays: a, b, proposals, weight_evaluations and levels."""
    return {
        "a": np.stack([ticket.nodes.a for ticket in tickets]),
        "b": np.stack([ticket.nodes.b for ticket in tickets]),
        **{name: np.array([getattr(ticket, name) for ticket in tickets]) for name in _COUNTS},
    }
