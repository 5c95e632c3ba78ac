"""Sweep the soft threshold, and the ridge parameter where points repeat evenly and unevenly."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...families import Dataset, make_dataset
from ...problem import Problem
from ...samplers import make_sampler
from ...seeds import seed
from ...subnetwork import fit_subnetwork
from ...tickets import ProblemSettings

COLUMNS = (
    "sweep",
    "family",
    "target",
    "dimension",
    "modulus",
    "points",
    "support",
    "ticket",
    "soft_threshold",
    "repeats",
    "ridge_relative",
    "nodes",
    "replicate",
    "draw",
    "relative_risk",
    "unique_nodes",
    "proposal",
    "acceptance_rate",
    "rate_optimized",
    "rate_uniform",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of soft thresholds and ridge parameters; one row per ticket."""

SAMPLERS = ("spectral", "uniform")
"""Samplers of the tickets."""

Row = dict[str, Any]
Names = tuple[str | int, ...]

# Draws from p* that the acceptance rates of both proposals are estimated from.
RATE_DRAWS = 2000
# Uneven points repeat 1, 2, 4, ... 64 times.
DOUBLINGS = 7


@dataclass(frozen=True)
class Settings:
    """What is asked of one family.

    Attributes
    ----------
    seed : int
        Of the study.
    problem : ProblemSettings
        The learning problem; its ridge parameter holds for the sweep of the threshold.
    family : str
        Name of the family.
    dimension : int
        D.
    targets : tuple of str
        Names of the targets.
    family_settings : mapping of str to int
        What the family needs besides.
    nodes : int
        N.
    thresholds : tuple of float or None
        Soft thresholds; None is p* itself.
    ridges : tuple of float
        Ridge parameters, times the number of points.
    replicates, draws : int
        Datasets per target, and tickets on each.
    """

    seed: int
    problem: ProblemSettings
    family: str
    dimension: int
    targets: tuple[str, ...]
    family_settings: Mapping[str, int]
    nodes: int
    thresholds: tuple[float | None, ...]
    ridges: tuple[float, ...]
    replicates: int
    draws: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one family: for each dataset thresholds first, then ridge parameters."""
    for target in settings.targets:
        for replicate in range(settings.replicates):
            names = ("threshold", settings.family, settings.dimension, target, replicate)
            own = {"family": settings.family, "target": target, "replicate": replicate}
            own["dataset_seed"] = seed(settings.seed, *names)
            data = make_dataset(
                settings.family,
                target,
                dimension=settings.dimension,
                modulus=settings.problem.modulus,
                seed=own["dataset_seed"],
                **settings.family_settings,
            )
            for row in _threshold_rows(data, settings, names):
                yield own | row
            for row in _ridge_rows(data, settings, names):
                yield own | row


def _threshold_rows(data: Dataset, settings: Settings, names: Names) -> Iterator[Row]:
    """Yield a row per soft threshold and draw, None (p* itself) and uniform nodes included."""
    problem = settings.problem.pose(data.points, data.targets)
    probe = make_sampler("spectral", problem).sample(
        RATE_DRAWS, rng=seed(settings.seed, *names, "rates")
    )
    # u^2 over its mean over all nodes.
    weight = problem.node_energy(probe.a, probe.b) * problem.modulus / problem.norm_squared
    for threshold in [*settings.thresholds, "uniform"]:
        for draw in range(settings.draws):
            row = {
                "sweep": "threshold",
                "soft_threshold": None if threshold == "uniform" else threshold,
                "ticket": "uniform" if threshold == "uniform" else "optimized",
                "draw": draw,
                "draw_seed": seed(settings.seed, *names, str(threshold), draw),
            }
            if threshold not in (None, "uniform"):
                from_optimum = float(np.mean(threshold / (weight + threshold)))
                row["rate_optimized"] = from_optimum
                row["rate_uniform"] = from_optimum / threshold
                row["proposal"] = "optimized" if threshold >= 1 else "uniform"
            yield row | _size(problem, settings) | _softened(problem, row, settings.nodes)


def _softened(problem: Problem, row: Row, nodes: int) -> Row:
    """Draw and train one ticket; a rate too low to wait for is a row with its reason."""
    uniform = row["ticket"] == "uniform"
    sampler = make_sampler(
        "uniform" if uniform else "spectral", problem, soft_threshold=row["soft_threshold"]
    )
    try:
        drawn = sampler.sample(nodes, rng=row["draw_seed"])
    except RuntimeError as error:
        traceback.print_exc()
        return {"status": "failed", "reason": str(error)}
    network = fit_subnetwork(problem, drawn)
    return {
        "acceptance_rate": sampler.report.acceptance_rate,
        "relative_risk": network.relative_risk,
        "unique_nodes": network.unique_nodes,
        "status": "ok",
    }


def _ridge_rows(data: Dataset, settings: Settings, names: Names) -> Iterator[Row]:
    """Yield a row per ridge parameter and draw, for even and uneven repeats of the points."""
    rng = np.random.default_rng(seed(settings.seed, *names, "repeats"))
    repeats = 2 ** rng.integers(0, DOUBLINGS, size=len(data.points))
    for kind, times in (("even", np.ones_like(repeats)), ("uneven", repeats)):
        points, targets = np.repeat(data.points, times, axis=0), np.repeat(data.targets, times)
        for ridge in settings.ridges:
            problem = replace(settings.problem, ridge_relative=ridge).pose(points, targets)
            for draw in range(settings.draws):
                row = {
                    "sweep": "ridge",
                    "repeats": kind,
                    "ridge_relative": ridge,
                    "ticket": "optimized",
                    "soft_threshold": None,
                    "draw": draw,
                    # The same for every ridge parameter, so that only its effect shows.
                    "draw_seed": seed(settings.seed, *names, kind, draw),
                }
                yield row | _size(problem, settings) | _softened(problem, row, settings.nodes)


def _size(problem: Problem, settings: Settings) -> Row:
    """Return what all rows of a problem share."""
    return {
        "dimension": problem.dimension,
        "modulus": problem.modulus,
        "points": len(problem.points),
        "support": problem.support_size,
        "nodes": settings.nodes,
    }
