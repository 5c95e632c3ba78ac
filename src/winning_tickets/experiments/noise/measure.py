"""Draw tickets on parts of a full grid whose target is one sine with noise."""

from __future__ import annotations

from collections.abc import Iterator
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
from ...subnetwork import fit_subnetwork
from ...tickets import ProblemSettings
from ..generalization.theory import fit_line, success_probability
from .theory import line_share

COLUMNS = (
    "dimension",
    "modulus",
    "activation",
    "noise",
    "share",
    "points",
    "nodes",
    "tickets",
    "replicate",
    "line_share",
    "predicted_line_share",
    "success",
    "predicted_success",
    "clean_risk",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of noise; one row per noise, share and replicate."""

SAMPLERS = ("spectral", "enumeration")
"""Samplers of the tickets, and of the simulation in one dimension."""

TARGET = "sine"
"""One mode, so one line."""

LINE_NODES, LINE_SAMPLES = 40, 400
"""Most nodes on a line, and samples, of the simulation in one dimension."""

_EXACT = 1e-9

Row = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What is asked.

    Attributes
    ----------
    seed : int
        Of the study.
    problem : ProblemSettings
        The learning problem.
    dimension : int
        D of the full grid.
    noises : tuple of float
        Powers of the noise over that of the target, eta.
    shares : tuple of float
        Shares of the P^D points that are seen.
    nodes, tickets, replicates : int
        N, tickets a function, functions.
    """

    seed: int
    problem: ProblemSettings
    dimension: int
    noises: tuple[float, ...]
    shares: tuple[float, ...]
    nodes: int
    tickets: int
    replicates: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of every noise, share and function."""
    modulus, activation = settings.problem.modulus, settings.problem.activation
    line = fit_line(
        TARGET,
        modulus=modulus,
        activation=activation,
        most=LINE_NODES,
        samples=LINE_SAMPLES,
        seed=seed(settings.seed, "noise", "line"),
    )
    for replicate in range(settings.replicates):
        names = ("noise", settings.dimension, replicate)
        dataset_seed = seed(settings.seed, *names)
        size = {"dimension": settings.dimension, "modulus": modulus}
        data = make_dataset(Grid.name, TARGET, **size, seed=dataset_seed)
        clean = settings.problem.pose(data.points, data.targets)
        rng = np.random.default_rng(seed(settings.seed, *names, "noise"))
        order, errors = rng.permutation(len(data.points)), rng.standard_normal(len(data.points))
        errors *= np.sqrt(np.mean(data.targets**2))
        for noise in settings.noises:
            noisy = data.targets + np.sqrt(noise) * errors
            for share in settings.shares:
                seen, unseen = np.split(order, [max(1, round(share * len(order)))])
                problem = settings.problem.pose(data.points[seen], noisy[seen])
                draw_seed = seed(settings.seed, *names, str(noise), len(seen))
                expected = line_share(len(seen), noise, modulus, settings.dimension)
                known = {
                    "activation": settings.problem.activation_name,
                    "noise": noise,
                    "share": share,
                    "points": len(seen),
                    "nodes": settings.nodes,
                    "tickets": settings.tickets,
                    "replicate": replicate,
                    "predicted_line_share": expected,
                    "predicted_success": success_probability(line, 1, settings.nodes, expected),
                    "dataset_seed": dataset_seed,
                    "draw_seed": draw_seed,
                    "status": "ok",
                }
                test = data.points[unseen], data.targets[unseen]
                yield size | known | _tickets(settings, problem, clean, test, draw_seed)


def _tickets(
    settings: Settings,
    problem: Problem,
    clean: Problem,
    test: tuple[np.ndarray, np.ndarray],
    draw_seed: int,
) -> Row:
    """Return what tickets hold of the target's line, and the mean risk against what is true."""
    count = settings.nodes
    drawn = make_sampler("spectral", problem).sample(count * settings.tickets, rng=draw_seed)
    # Without noise and on the whole grid, only nodes on the line have a weight.
    on_line = clean.node_energy(drawn.a, drawn.b) > 0
    successes, risks = [], []
    for start in range(0, len(drawn), count):
        rows = slice(start, start + count)
        successes.append(_represents(clean, drawn[rows], on_line[rows]))
        if test[1].any():
            ticket = fit_subnetwork(problem, drawn[rows])
            risks.append(relative_risk(test[1], ticket.predict(test[0])))
    found = {"line_share": float(on_line.mean()), "success": float(np.mean(successes))}
    return found | ({"clean_risk": float(np.mean(risks))} if risks else {})


def _represents(clean: Problem, nodes: Nodes, on_line: np.ndarray) -> bool:
    """Tell whether the nodes on the line span the target."""
    if not on_line.any():
        return False
    return fit_subnetwork(clean, nodes[on_line]).relative_risk < _EXACT
