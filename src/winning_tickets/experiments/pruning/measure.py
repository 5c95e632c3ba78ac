"""Prune all nodes, or many draws, by magnitude, and compare with other tickets of that size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ...families import make_dataset
from ...law import kappa
from ...problem import Problem
from ...pruning import prune_candidates, prune_network
from ...samplers import make_sampler
from ...samplers.base import Nodes
from ...seeds import seed
from ...selection import select_greedy
from ...subnetwork import RANK_TOLERANCE, features, fit_subnetwork
from ...tickets import ProblemSettings
from .theory import Cell, predicted_risk

COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "activation",
    "points",
    "way",
    "nodes",
    "candidates",
    "kept_nodes",
    "rank",
    "kappa",
    "replicate",
    "relative_risk",
    "predicted_risk",
    "seconds",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of pruning; one row per ticket, and one per family left out."""

SAMPLERS = ("spectral", "uniform")
"""Samplers of draws and candidates."""

PREDICTED = ("labels", "parity")
"""Targets without a mode that stands out, for which the risk is predicted."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What is asked of one family.

    Attributes
    ----------
    seed : int
        Of the study.
    problem : ProblemSettings
        The learning problem.
    family : str
        Name of the family.
    dimension : int
        D.
    targets : tuple of str
        Names of the targets.
    family_settings : mapping of str to int
        What the family needs besides.
    nodes : tuple of int
        Ticket sizes N.
    factor : int
        Candidates per node, c.
    enumerable : bool
        Whether all P^(D+1) nodes are looked at.
    replicates : int
        Datasets per target.
    """

    seed: int
    problem: ProblemSettings
    family: str
    dimension: int
    targets: tuple[str, ...]
    family_settings: Mapping[str, int]
    nodes: tuple[int, ...]
    factor: int
    enumerable: bool
    replicates: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one family: every target, replicate, size and way; on one thread."""
    with threadpool_limits(limits=1):
        for target in settings.targets:
            for replicate in range(settings.replicates):
                yield from _prune_dataset(settings, target, replicate)


def _prune_dataset(settings: Settings, target: str, replicate: int) -> Iterator[Row]:
    names = ("pruning", settings.family, settings.dimension, target, replicate)
    dataset_seed = seed(settings.seed, *names, "dataset")
    data = make_dataset(
        settings.family,
        target,
        dimension=settings.dimension,
        modulus=settings.problem.modulus,
        seed=dataset_seed,
        **settings.family_settings,
    )
    problem = settings.problem.pose(data.points, data.targets)
    cell, network = Cell.of(problem), _pruned_network(settings, problem)
    common = {
        "family": settings.family,
        "target": target,
        "dimension": settings.dimension,
        "modulus": problem.modulus,
        "activation": settings.problem.activation_name,
        "points": len(problem.points),
        "replicate": replicate,
        "dataset_seed": dataset_seed,
        "status": "ok",
    }
    for nodes in settings.nodes:
        for way, (candidates, make) in _ways(settings, problem, network, nodes).items():
            own_seed = seed(settings.seed, *names, way, nodes)
            started = perf_counter()
            kept, before = make(own_seed)
            plan = {"way": way, "nodes": nodes, "candidates": candidates, "draw_seed": own_seed}
            facts = {"seconds": before + perf_counter() - started} | _facts(problem, kept)
            if target in PREDICTED:
                facts["predicted_risk"] = predicted_risk(cell, way, nodes, settings.factor)
            yield common | plan | facts


def _pruned_network(settings: Settings, problem: Problem) -> tuple[Nodes, float] | None:
    """Return the largest ticket pruned from all nodes, and its seconds: smaller ones begin it."""
    if not settings.enumerable:
        return None
    started = perf_counter()
    return prune_network(problem, max(settings.nodes)), perf_counter() - started


def _ways(
    settings: Settings, problem: Problem, network: tuple[Nodes, float] | None, nodes: int
) -> dict[str, tuple[int, Callable[[int], tuple[Nodes, float]]]]:
    """Return every way to make a ticket: candidates per node, and a function of the seed.

    The functions return nodes, and seconds that were spent on them before.
    """
    spectral, uniform = (make_sampler(name, problem) for name in SAMPLERS)
    many = settings.factor * nodes

    def pruned_draws(own_seed: int) -> tuple[Nodes, float]:
        return prune_candidates(problem, spectral.sample(many, rng=own_seed), nodes), 0.0

    def chosen(own_seed: int) -> tuple[Nodes, float]:
        return select_greedy(problem, spectral.sample(many, rng=own_seed), nodes), 0.0

    ways = {
        "uniform": (1, lambda own_seed: (uniform.sample(nodes, rng=own_seed), 0.0)),
        "drawn": (1, lambda own_seed: (spectral.sample(nodes, rng=own_seed), 0.0)),
        "pruned_draws": (settings.factor, pruned_draws),
        "greedy": (settings.factor, chosen),
    }
    if network:
        ways["pruned_network"] = (0, lambda _: (network[0][:nodes], network[1]))
    return ways


def _facts(problem: Problem, kept: Nodes) -> Row:
    """Return what a ticket is: its risk after fitting, and how many functions it holds."""
    columns = features(kept, problem.points, problem)
    singular = np.linalg.svd(columns, compute_uv=False)
    return {
        "kept_nodes": len(kept),
        "rank": int(np.sum(singular > RANK_TOLERANCE * singular[0])) if singular[0] else 0,
        "kappa": kappa(problem, kept),
        "relative_risk": fit_subnetwork(problem, kept).relative_risk,
    }
