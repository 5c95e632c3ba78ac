"""Tickets of one dataset: the problem it poses, and draws that record what they took."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .problem import Problem
from .samplers.base import Nodes, Sampler

RISK_COLUMNS = (
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
"""Columns of a table of risks, in order; one row per ticket and size."""


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


def relative_ridge_problem(
    points: ArrayLike,
    targets: ArrayLike,
    *,
    modulus: int,
    activation: str | ArrayLike,
    ridge_relative: float,
) -> Problem:
    """Pose the learning problem with the ridge parameter relative to the number of points.

    Parameters
    ----------
    points : array_like of int, shape (M, D)
        Inputs.
    targets : array_like of float, shape (M,)
        Outputs.
    modulus : int
        The modulus P.
    activation : str or array_like of float
        See `Problem`.
    ridge_relative : float
        lambda M', at least 0, with M' the number of points where h is not zero.

    Returns
    -------
    Problem
        The problem with lambda = ridge_relative / M'.
    """
    problem = Problem(points, targets, modulus=modulus, activation=activation)
    if ridge_relative == 0:
        return problem
    # Which points have h != 0 does not depend on lambda.
    ridge = ridge_relative / problem.support_size
    return Problem(points, targets, modulus=modulus, activation=activation, ridge=ridge)


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
    for seed in seeds:
        before = dataclasses.replace(sampler.report)
        drawn = sampler.sample(nodes, rng=seed)
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
    counts = ("proposals", "weight_evaluations", "levels")
    return {
        "a": np.stack([ticket.nodes.a for ticket in tickets]),
        "b": np.stack([ticket.nodes.b for ticket in tickets]),
        **{name: np.array([getattr(ticket, name) for ticket in tickets]) for name in counts},
    }
