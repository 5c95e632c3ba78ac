"""Compare ways to make a ticket on the datasets of one family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ...families import make_dataset
from ...problem import Problem
from ...risk import relative_risk
from ...samplers import make_sampler
from ...samplers.base import Sampler
from ...seeds import seed
from ...selection import select_greedy
from ...subnetwork import Subnetwork, fit_subnetwork
from ...tickets import ProblemSettings
from .methods import METHODS
from .sources import SOURCES, UNIFORM

COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "activation",
    "points",
    "test_points",
    "support",
    "way",
    "sampler",
    "nodes",
    "candidates",
    "drawn_nodes",
    "kept_nodes",
    "replicate",
    "relative_risk",
    "test_risk",
    "draw_seconds",
    "select_seconds",
    "fit_seconds",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of better tickets; one row per ticket, and one per family left out."""

SAMPLERS = tuple(SOURCES)
"""Samplers of the candidates."""

Row = dict[str, Any]
Names = tuple[str | int, ...]
Examples = tuple[np.ndarray, np.ndarray]


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
    nodes : int
        N at which the number of candidates varies.
    candidates : tuple of int
        Candidates per node, c.
    factor : int
        c at which N varies.
    sweep : tuple of int
        Further N.
    train_share : float
        Share of the points that is learnt from, where the family holds none back.
    replicates : int
        Datasets per target.
    """

    seed: int
    problem: ProblemSettings
    family: str
    dimension: int
    targets: tuple[str, ...]
    family_settings: Mapping[str, int]
    nodes: int
    candidates: tuple[int, ...]
    factor: int
    sweep: tuple[int, ...]
    train_share: float
    replicates: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one family: every target, replicate, way and size; on one thread."""
    with threadpool_limits(limits=1):
        for target in settings.targets:
            for replicate in range(settings.replicates):
                names = ("better", settings.family, settings.dimension, target, replicate)
                yield from _compare_dataset(settings, target, replicate, names)


def _compare_dataset(settings: Settings, target: str, replicate: int, names: Names) -> list[Row]:
    """Return the rows of one dataset; the order of the ways is drawn anew for each."""
    dataset_seed = seed(settings.seed, *names, "dataset")
    train, test = split_data(settings, target, dataset_seed, seed(settings.seed, *names, "split"))
    problem = settings.problem.pose(*train)
    samplers = {name: _warm_sampler(name, problem) for name in SAMPLERS}
    common = {
        "family": settings.family,
        "target": target,
        "dimension": settings.dimension,
        "modulus": problem.modulus,
        "activation": settings.problem.activation_name,
        "points": len(problem.points),
        "test_points": len(test[1]),
        "support": problem.support_size,
        "replicate": replicate,
        "dataset_seed": dataset_seed,
        "status": "ok",
    }
    plans = ticket_plans(settings)
    order = np.random.default_rng(seed(settings.seed, *names, "order")).permutation(len(plans))
    rows = {}
    for place in order:
        plan = plans[place]
        own_seed = seed(settings.seed, *names, *plan.values())
        ticket, facts = _make_ticket(problem, samplers[plan["sampler"]], plan, own_seed)
        rows[place] = common | plan | facts | _risks(ticket, test) | {"draw_seed": own_seed}
    return [rows[place] for place in range(len(plans))]


def _warm_sampler(name: str, problem: Problem) -> Sampler:
    """Return a sampler after its first call: what that alone takes belongs to no ticket."""
    sampler = make_sampler(name, problem)
    sampler.sample(1, rng=0)
    select_greedy(problem, sampler.sample(8, rng=0), 2)
    return sampler


def split_data(
    settings: Settings, target: str, dataset_seed: int, split_seed: int
) -> tuple[Examples, Examples]:
    """Return examples to learn from and examples held back, as (points, targets) each."""
    data = make_dataset(
        settings.family,
        target,
        dimension=settings.dimension,
        modulus=settings.problem.modulus,
        seed=dataset_seed,
        **settings.family_settings,
    )
    if len(data.test_targets):
        return (data.points, data.targets), (data.test_points, data.test_targets)
    order = np.random.default_rng(split_seed).permutation(len(data.points))
    seen = max(1, round(settings.train_share * len(order)))
    parts = order[:seen], order[seen:]
    return tuple((data.points[part], data.targets[part]) for part in parts)


def ticket_plans(settings: Settings) -> list[Row]:
    """Return every way to make a ticket: candidates vary at one N, and N at one factor."""
    sizes = {(settings.nodes, factor) for factor in settings.candidates}
    sizes |= {(nodes, settings.factor) for nodes in settings.sweep}
    fixed = [method for method in METHODS.values() if not method.varies]
    varied = [method for method in METHODS.values() if method.varies]
    plans = [
        _plan(method.name, sampler, nodes, method.fixed_factor(settings.factor))
        for nodes in sorted({nodes for nodes, _ in sizes})
        for method in fixed
        for sampler in method.samplers
    ]
    # Uniform candidates are drawn sooner: this many more take the time of the most from p*.
    further = 2 * max(settings.candidates)
    for method in varied:
        plans += [
            _plan(method.name, sampler, nodes, factor)
            for nodes, factor in sorted(sizes)
            for sampler in method.samplers
        ]
        plans.append(_plan(method.name, UNIFORM, settings.nodes, further))
    return plans


def _plan(way: str, sampler: str, nodes: int, candidates: int) -> Row:
    return {"way": way, "sampler": sampler, "nodes": nodes, "candidates": candidates}


def _make_ticket(
    problem: Problem, sampler: Sampler, plan: Row, own_seed: int
) -> tuple[Subnetwork, Row]:
    """Return a fitted ticket and what it took."""
    method = METHODS[plan["way"]]
    started = perf_counter()
    candidates = method.draw(sampler, plan["nodes"], plan["candidates"], own_seed)
    drawn = perf_counter()
    nodes = method.choose(problem, candidates, plan["nodes"])
    selected = perf_counter()
    ticket = fit_subnetwork(problem, nodes)
    return ticket, {
        "drawn_nodes": len(candidates),
        "kept_nodes": len(nodes),
        "draw_seconds": drawn - started,
        "select_seconds": selected - drawn,
        "fit_seconds": perf_counter() - selected,
    }


def _risks(ticket: Subnetwork, test: Examples) -> Row:
    """Return the relative risks on the examples and on those held back."""
    points, targets = test
    row = {"relative_risk": ticket.relative_risk}
    # Relative to nothing there is no risk: no examples held back, or only zeros.
    if targets.any():
        row["test_risk"] = relative_risk(targets, ticket.predict(points))
    return row
