"""Measure train and test risks against the share of the domain seen, at one dimension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...families import make_dataset
from ...families.grid import Grid
from ...problem import Problem
from ...risk import relative_risk
from ...samplers import make_sampler
from ...samplers.base import Nodes
from ...seeds import seed
from ...selection import select_greedy
from ...subnetwork import fit_subnetwork
from ...tickets import ProblemSettings
from .theory import (
    LINES,
    LineFit,
    Prediction,
    coherent_share,
    fit_line,
    predict,
    success_probability,
)

COLUMNS = (
    "dimension",
    "modulus",
    "target",
    "share",
    "points",
    "ticket",
    "nodes",
    "kept_nodes",
    "replicate",
    "relative_risk",
    "test_risk",
    "predicted_risk",
    "predicted_test_risk",
    "predicted_success",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of generalization; one row per ticket, and one per size left out."""

SAMPLERS = ("spectral", "uniform", "enumeration")
"""Samplers of the tickets, and the one of `fit_line`, which the prediction rests on."""

Row = dict[str, Any]

# Random functions and node sets that the prediction averages over, and nodes on a line at most.
LINE_SAMPLES, LINE_NODES = 300, 20


@dataclass(frozen=True)
class Settings:
    """What is asked at one dimension.

    Attributes
    ----------
    seed : int
        Of the study.
    problem : ProblemSettings
        The learning problem.
    dimension : int
        D of the full grid.
    targets : tuple of str
        Structured targets, of `LINES`.
    shares : tuple of float
        Shares of the P^D points that are seen.
    nodes, candidates, replicates : int
        N, candidates per node of the greedy choice, functions.
    """

    seed: int
    problem: ProblemSettings
    dimension: int
    targets: tuple[str, ...]
    shares: tuple[float, ...]
    nodes: int
    candidates: int
    replicates: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one dimension: every target, share, replicate and kind of ticket."""
    lines = {name: _line_fit(settings, name) for name in sorted(_line_names(settings))}
    for target in settings.targets:
        name, count = LINES[target]
        expected = {
            points: _predictions(settings, lines[name], count, points)
            for points in _sizes(settings)
        }
        yield from _skipped_rows(settings, target)
        for replicate in range(settings.replicates):
            yield from _replicate_rows(settings, target, replicate, expected)


def _line_names(settings: Settings) -> set[str]:
    """Return the functions along one line that the targets are made of."""
    return {LINES[target][0] for target in settings.targets}


def _line_fit(settings: Settings, name: str) -> LineFit:
    """Return how well few nodes represent a function along its line."""
    return fit_line(
        name,
        modulus=settings.problem.modulus,
        activation=settings.problem.activation,
        most=LINE_NODES,
        samples=LINE_SAMPLES,
        seed=seed(settings.seed, "generalization", "line", name),
    )


def _all_sizes(settings: Settings) -> dict[int, float]:
    """Return the numbers of examples, ascending, with their shares of the domain."""
    domain = settings.problem.modulus**settings.dimension
    return {max(1, round(share * domain)): share for share in sorted(settings.shares)}


def _sizes(settings: Settings) -> dict[int, float]:
    """Return the sizes at which tickets do not come near interpolating whatever they see."""
    return {
        points: share
        for points, share in _all_sizes(settings).items()
        if points >= 2 * settings.nodes
    }


def _skipped_rows(settings: Settings, target: str) -> Iterator[Row]:
    """Yield a row for each size left out."""
    for points, share in _all_sizes(settings).items():
        if points not in _sizes(settings):
            yield {
                "dimension": settings.dimension,
                "modulus": settings.problem.modulus,
                "target": target,
                "share": share,
                "points": points,
                "nodes": settings.nodes,
                "status": "skipped",
                "reason": f"fewer than twice as many points as nodes, {settings.nodes}",
            }


def _predictions(settings: Settings, line: LineFit, count: int, points: int) -> dict[str, Row]:
    """Return what is expected of each kind of ticket."""
    modulus, dimension = settings.problem.modulus, settings.dimension
    nodes = settings.nodes
    size = {"nodes": nodes, "points": points, "modulus": modulus, "dimension": dimension}
    drawn = nodes * settings.candidates
    chance = coherent_share(points, modulus, dimension) / count
    return {
        "optimized": _columns(predict(line, count, **size)),
        "uniform": _columns(predict(line, count, optimized=False, **size)),
        "greedy": {"predicted_success": success_probability(line, count, drawn, chance)},
    }


def _columns(prediction: Prediction) -> Row:
    """Return a prediction as columns of the table."""
    return {
        "predicted_risk": prediction.train_risk,
        "predicted_test_risk": prediction.test_risk,
        "predicted_success": prediction.success,
    }


def _replicate_rows(
    settings: Settings, target: str, replicate: int, expected: Mapping[int, Mapping[str, Row]]
) -> Iterator[Row]:
    """Yield the rows of one function; larger sets of examples contain the smaller ones."""
    names = ("generalization", settings.dimension, target, replicate)
    dataset_seed = seed(settings.seed, *names)
    dimension, modulus = settings.dimension, settings.problem.modulus
    data = make_dataset(Grid.name, target, dimension=dimension, modulus=modulus, seed=dataset_seed)
    order_seed = seed(settings.seed, *names, "order")
    order = np.random.default_rng(order_seed).permutation(len(data.points))
    for points, share in _sizes(settings).items():
        seen, unseen = order[:points], order[points:]
        row = {
            "dimension": dimension,
            "modulus": modulus,
            "target": target,
            "share": share,
            "points": points,
            "nodes": settings.nodes,
            "replicate": replicate,
            "dataset_seed": dataset_seed,
        }
        wanted = data.targets[unseen]
        if not (wanted.any() and data.targets[seen].any()):
            reason = "all targets are 0 on the examples or on the rest of the domain"
            yield row | {"status": "skipped", "reason": reason}
            continue
        problem = settings.problem.pose(data.points[seen], data.targets[seen])
        draw_seed = seed(settings.seed, *names, points)
        for ticket, nodes in _tickets(problem, settings, draw_seed):
            network = fit_subnetwork(problem, nodes)
            facts = {
                "ticket": ticket,
                "kept_nodes": len(nodes),
                "relative_risk": network.relative_risk,
                "test_risk": relative_risk(wanted, network.predict(data.points[unseen])),
                "draw_seed": draw_seed,
                "status": "ok",
            }
            yield row | facts | expected[points].get(ticket, {})


def _tickets(problem: Problem, settings: Settings, draw_seed: int) -> Iterator[tuple[str, Nodes]]:
    """Yield the nodes of each kind of ticket."""
    count = settings.nodes
    spectral = make_sampler("spectral", problem)
    yield "optimized", spectral.sample(count, rng=draw_seed)
    yield "uniform", make_sampler("uniform", problem).sample(count, rng=draw_seed)
    candidates = spectral.sample(count * settings.candidates, rng=draw_seed)
    yield "greedy", select_greedy(problem, candidates, count)
