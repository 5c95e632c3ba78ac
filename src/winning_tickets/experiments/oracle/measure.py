"""Draw and judge tickets for random functions on all of Z_P^D that are only queried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...families.grid import grid_points
from ...field import uniform_residues
from ...oracle import NoisyModes, OracleProblem
from ...problem import Problem
from ...risk import relative_risk
from ...samplers import make_sampler
from ...samplers.base import Sampler
from ...seeds import seed
from ...subnetwork import fit_subnetwork

COLUMNS = (
    "dimension",
    "modulus",
    "activation",
    "sampler",
    "replicate",
    "nodes",
    "points",
    "relative_risk",
    "signal_risk",
    "noise_share",
    "queries",
    "threshold",
    "coefficients",
    "coefficients_true",
    "coefficients_missed",
    "missed",
    "total_variation_bound",
    "denoised_total_variation_bound",
    "unique_nodes",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of oracle access, one row per dimension, replicate and sampler."""


@dataclass(frozen=True)
class Settings:
    """What is asked at one dimension.

    Attributes
    ----------
    seed, modulus, activation
        Of the study.
    dimension : int
        D.
    modes, products, noise
        Of the function (see `NoisyModes`).
    threshold_relative : float
        The threshold of the search over the share of the smallest true coefficient.
    failure_probability : float
        Accepted probability of missing a coefficient.
    nodes, points : int
        N, and random points to fit on; as many others measure the risk.
    table_most : int
        The largest P^D that may be queried completely for `fft`.
    replicates : int
        Functions.
    """

    seed: int
    modulus: int
    activation: str | tuple[float, ...]
    dimension: int
    modes: int
    products: int
    noise: float
    threshold_relative: float
    failure_probability: float
    nodes: int
    points: int
    table_most: int
    replicates: int


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the rows of all replicates: one for each of `SAMPLERS`, with the keys `COLUMNS`.

    Notes
    -----
    Every ticket has its output layer fitted on the same random points with noisy values.
    relative_risk is the mean square of what is left of h on other random points over that of h;
    signal_risk the same for the signal without its noise. queries counts what finding the nodes
    took, plus the points fitted on. coefficients are the ones found, coefficients_missed those of
    the signal that were not; where P^D is small the noise too has some above the threshold.
    """
    for replicate in range(settings.replicates):
        # Not of the dimension: the same amplitudes, so the same threshold, at all of them.
        names = (settings.seed, "oracle", replicate)
        yield from _measure_function(
            settings, replicate, seed(*names, "dataset"), seed(*names, "draw")
        )


def _measure_function(
    settings: Settings, replicate: int, dataset_seed: int, draw_seed: int
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one random function: one for each of `SAMPLERS`."""
    modulus, dimension, count = settings.modulus, settings.dimension, settings.points
    rng = np.random.default_rng(dataset_seed)
    terms = {"modes": settings.modes, "products": settings.products, "noise": settings.noise}
    function = NoisyModes(modulus, dimension, **terms, rng=rng)
    train, fresh = (uniform_residues(rng, (count, dimension), modulus) for _ in range(2))
    problem = Problem(train, function(train), modulus=modulus, activation=settings.activation)
    activation = settings.activation
    common = {
        "dimension": dimension,
        "modulus": modulus,
        "activation": activation if isinstance(activation, str) else "table",
        "nodes": settings.nodes,
        "points": count,
        "replicate": replicate,
        "noise_share": settings.noise / (1 + settings.noise),
        "coefficients_true": len(function.coefficients.values),
        "dataset_seed": dataset_seed,
        "draw_seed": draw_seed,
    }
    for name, prepare in _WAYS.items():
        row = common | {"sampler": name}
        try:
            sampler, facts = prepare(problem, function, settings, draw_seed)
        except ValueError as error:
            yield row | {"status": "skipped", "reason": str(error)}
            continue
        nodes = sampler.sample(settings.nodes, rng=draw_seed)
        ticket = fit_subnetwork(problem, nodes)
        row |= facts | _risks(ticket.predict(fresh), function, fresh)
        row["queries"] += count
        yield row | {"unique_nodes": nodes.unique_count, "status": "ok"}


def _search(
    problem: Problem, function: NoisyModes, settings: Settings, draw_seed: int
) -> tuple[Sampler, dict[str, Any]]:
    """Return nodes from the large coefficients, which are found by queries."""
    power = np.abs(function.coefficients.values) ** 2
    sampler = make_sampler(
        "heavy",
        OracleProblem(function, problem.modulus, problem.dimension, settings.activation),
        threshold=settings.threshold_relative * float(power.min()) / function.mean_square,
        failure_probability=settings.failure_probability,
        seed=draw_seed,
    )
    facts = ("queries", "threshold", "missed", "total_variation_bound")
    facts += ("denoised_total_variation_bound",)
    found, true = (
        {*map(tuple, c.frequencies)} for c in (sampler.coefficients, function.coefficients)
    )
    counts = {"coefficients": len(found), "coefficients_missed": len(true - found)}
    return sampler, counts | {fact: getattr(sampler, fact) for fact in facts}


def _without_looking(
    problem: Problem, function: NoisyModes, settings: Settings, draw_seed: int
) -> tuple[Sampler, dict[str, Any]]:
    """Return uniform nodes, which take no query."""
    return make_sampler("uniform", problem), {"queries": 0}


def _whole_domain(
    problem: Problem, function: NoisyModes, settings: Settings, draw_seed: int
) -> tuple[Sampler, dict[str, Any]]:
    """Return exact nodes from a query of every point, or raise ValueError if there are too many."""
    modulus, dimension = problem.modulus, problem.dimension
    domain = modulus**dimension
    if domain > settings.table_most:
        raise ValueError(
            f"needs h at all {modulus}^{dimension} points; "
            f"oracle.table_most is {settings.table_most:,}"
        )
    grid = grid_points(dimension, modulus)
    table = Problem(grid, function(grid), modulus=modulus, activation=settings.activation)
    return make_sampler("fft", table), {"queries": domain}


_WAYS = {"heavy": _search, "uniform": _without_looking, "fft": _whole_domain}
SAMPLERS = tuple(_WAYS)
"""Samplers that are compared."""


def _risks(predicted: np.ndarray, function: NoisyModes, points: np.ndarray) -> dict[str, float]:
    values, signal = function(points), function.signal(points)
    return {
        "relative_risk": relative_risk(values, predicted),
        "signal_risk": relative_risk(signal, predicted),
    }
