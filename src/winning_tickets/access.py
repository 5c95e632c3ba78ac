"""What oracle access buys: tickets for a function on all of Z_P^D that is only queried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .field import index_to_digits, uniform_residues
from .oracle import NoisyModes, OracleProblem, check_modes
from .problem import Problem
from .risk import relative_risk
from .samplers.base import Sampler
from .samplers.circuit import MAX_AMPLITUDES
from .samplers.fft import FFTSampler
from .samplers.heavy import HeavySampler
from .samplers.uniform import UniformSampler
from .subnetwork import fit_subnetwork

ORACLE_COLUMNS = (
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


def measure_access(
    settings: Mapping[str, Any], replicate: int, dataset_seed: int, draw_seed: int
) -> list[dict[str, Any]]:
    """Draw tickets for one random function and measure their risks on fresh points.

    Parameters
    ----------
    settings : mapping
        modulus, dimension, activation; modes, products and noise of the function (see
        `NoisyModes`); threshold_relative, the threshold over the share of the smallest true
        coefficient; failure_probability; nodes N; points to fit on, and as many to measure on;
        table_most, the largest P^D that may be queried completely for `fft`.
    replicate : int
        Number of the function.
    dataset_seed, draw_seed : int
        Seeds of the function and its points, and of nodes and queries.

    Returns
    -------
    list of dict
        One row for `heavy`, `uniform` and `fft` each, with the keys `ORACLE_COLUMNS`.

    Notes
    -----
    Every ticket has its output layer fitted on the same random points with noisy values.
    relative_risk is the mean square of what is left of h on other random points over that of h;
    signal_risk the same for the signal without its noise. queries counts what finding the nodes
    took, plus the points fitted on. coefficients are the ones found, coefficients_missed those of
    the signal that were not; where P^D is small the noise too has some above the threshold.
    """
    modulus, dimension, count = (settings[key] for key in ("modulus", "dimension", "points"))
    rng = np.random.default_rng(dataset_seed)
    terms = {key: settings[key] for key in ("modes", "products", "noise")}
    function = NoisyModes(modulus, dimension, **terms, rng=rng)
    train, fresh = (uniform_residues(rng, (count, dimension), modulus) for _ in range(2))
    problem = Problem(train, function(train), modulus=modulus, activation=settings["activation"])
    common = {
        **{key: settings[key] for key in ("dimension", "modulus", "activation", "nodes", "points")},
        "replicate": replicate,
        "noise_share": settings["noise"] / (1 + settings["noise"]),
        "coefficients_true": len(function.coefficients.values),
        "dataset_seed": dataset_seed,
        "draw_seed": draw_seed,
    }
    rows = []
    for name in ("heavy", "uniform", "fft"):
        row = dict.fromkeys(ORACLE_COLUMNS) | common | {"sampler": name, "reason": ""}
        try:
            sampler, facts = _prepare(name, problem, function, settings, draw_seed)
        except ValueError as error:
            row |= {"status": "skipped", "reason": str(error)}
        else:
            nodes = sampler.sample(settings["nodes"], rng=draw_seed)
            ticket = fit_subnetwork(problem, nodes)
            row |= facts | _risks(ticket.predict(fresh), function, fresh)
            row |= {"unique_nodes": nodes.unique_count, "status": "ok"}
            row["queries"] += count
        rows.append(row)
    return rows


def _prepare(
    name: str,
    problem: Problem,
    function: NoisyModes,
    settings: Mapping[str, Any],
    seed: int,
) -> tuple[Sampler, dict[str, Any]]:
    """Return a sampler and what it found, or raise ValueError with the reason there is none."""
    modulus, dimension = problem.modulus, problem.dimension
    activation = settings["activation"]
    if name == "heavy":
        power = np.abs(function.coefficients.values) ** 2
        threshold = settings["threshold_relative"] * float(power.min()) / function.mean_square
        heavy = HeavySampler(
            OracleProblem(function, modulus, dimension, activation),
            threshold=threshold,
            failure_probability=settings["failure_probability"],
            seed=seed,
        )
        facts = ("queries", "threshold", "missed", "total_variation_bound")
        facts += ("denoised_total_variation_bound",)
        found, true = (
            {*map(tuple, c.frequencies)} for c in (heavy.coefficients, function.coefficients)
        )
        counts = {"coefficients": len(found), "coefficients_missed": len(true - found)}
        return heavy, counts | {fact: getattr(heavy, fact) for fact in facts}
    if name == "uniform":
        return UniformSampler(problem), {"queries": 0}
    domain = modulus**dimension
    if domain > settings["table_most"]:
        raise ValueError(
            f"needs h at all {modulus}^{dimension} points; "
            f"oracle.table_most is {settings['table_most']:,}"
        )
    grid = index_to_digits(np.arange(domain), modulus, dimension)
    table = Problem(grid, function(grid), modulus=modulus, activation=activation)
    return FFTSampler(table), {"queries": domain}


def _risks(predicted: np.ndarray, function: NoisyModes, points: np.ndarray) -> dict[str, float]:
    values, signal = function(points), function.signal(points)
    return {
        "relative_risk": relative_risk(values, predicted),
        "signal_risk": relative_risk(signal, predicted),
    }


def access_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the settings of oracle access and of the circuit.

    Parameters
    ----------
    config : mapping
        A configuration that fits its schema; keys used: modulus, oracle, circuit.

    Yields
    ------
    str
        One line per fault, naming the key.
    """
    modulus, oracle, circuit = config["modulus"], config["oracle"], config["circuit"]
    smallest = min(oracle["dimensions"])
    try:
        check_modes(modulus, smallest, oracle["modes"], oracle["products"])
    except ValueError as error:
        yield f"oracle.dimensions: {error}"
    if modulus ** circuit["drawn"] > MAX_AMPLITUDES:
        yield (
            f"circuit.drawn: the data of {modulus}^{circuit['drawn']} amplitudes are too many; "
            f"P^drawn must be at most {MAX_AMPLITUDES:,}"
        )
