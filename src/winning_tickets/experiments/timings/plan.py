"""From the configuration to the timing cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...families.base import Config
from ...families.random import Random
from ...samplers import SAMPLERS
from ...samplers.base import ProblemSize
from ...samplers.rejection import RejectionSampler
from ...schema import (
    COUNT,
    COUNTS,
    DIMENSION,
    DIMENSIONS,
    NOT_NEGATIVE_COUNT,
    POSITIVE,
    section,
)
from ...study.budgets import refusal
from ..base import Experiment, Figure, LeftOut
from .measure import COLUMNS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each cell; those with fewer points than asked for are left out."""
    jobs: dict[str, Settings | LeftOut] = {}
    for grid, dimension, points in _grid_points(config):
        jobs[f"{grid}_D{dimension}_M{points}"] = _cell(config, grid, dimension, points)
    return jobs


def _cell(config: Config, grid: str, dimension: int, points: int) -> Settings | LeftOut:
    modulus, timing = config["modulus"], config["timing"]
    if points > modulus**dimension:
        reason = f"Z_{modulus}^{dimension} has fewer than the {points} points asked for"
        known = {"grid": grid, "dimension": dimension, "points": points, "modulus": modulus}
        return LeftOut(reason, known)
    size = ProblemSize(modulus, dimension, points)
    reasons = {
        sampler: refusal(sampler, size, timing["nodes"], config["budget"])
        for sampler in config["samplers"]
    }
    return Settings(
        config["seed"],
        config["activation"],
        grid,
        dimension,
        modulus,
        points,
        tuple(sampler for sampler, reason in reasons.items() if not reason),
        {sampler: reason for sampler, reason in reasons.items() if reason},
        **{key: timing[key] for key in ("nodes", "repeats", "warmups", "seconds")},
    )


def _grid_points(config: Config) -> Iterator[tuple[str, int, int]]:
    """Yield grid, dimension and number of points of each cell."""
    timing = config["timing"]
    for dimension in timing["dimension"]["dimensions"]:
        yield "dimension", dimension, timing["dimension"]["points"]
    for points in timing["points"]["points"]:
        yield "points", timing["points"]["dimension"], points
    for dimension in timing["proportional"]["dimensions"]:
        yield "proportional", dimension, timing["proportional"]["points_per_dimension"] * dimension


def seconds(settings: Settings) -> float:
    """Return about what a cell takes: what it may, or three rounds of the slowest sampler."""
    size = ProblemSize(settings.modulus, settings.dimension, settings.points)
    each = [
        sum(SAMPLERS[name].expected_seconds(size, settings.nodes)) for name in settings.samplers
    ]
    rounds = settings.warmups + settings.repeats
    return min(rounds * sum(each), settings.seconds + (settings.warmups + 3) * sum(each))


def facts(config: Config) -> dict[str, Any]:
    """Return what captions of times state."""
    names = ("seed", "modulus", "ridge_relative")
    timing = {key: config["timing"][key] for key in ("nodes", "repeats")}
    return {name: config[name] for name in names} | timing


def acceptance_facts(config: Config) -> dict[str, Any]:
    """Return what the figure of the acceptance rate states, and whose rate it is."""
    return facts(config) | {"sampler": RejectionSampler.name}


EXPERIMENT = Experiment(
    name="timings",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        nodes=COUNT,
        repeats=COUNT,
        warmups=NOT_NEGATIVE_COUNT,
        seconds=POSITIVE,
        dimension=section(points=COUNT, dimensions=DIMENSIONS),
        points=section(dimension=DIMENSION, points=COUNTS),
        proportional=section(points_per_dimension=COUNT, dimensions=DIMENSIONS),
    ),
    key="timing",
    reads=("modulus", "activation", "samplers", "budget"),
    families=lambda settings: (Random.name,),
    seconds=seconds,
    figures={
        "runtime_vs_dimension": Figure(("timings", "circuit"), "runtime_vs_dimension", facts),
        "runtime_vs_points": Figure(("timings",), "runtime_vs_points", facts),
        "acceptance_vs_points": Figure(
            ("risks", "timings"), "acceptance_vs_points", acceptance_facts
        ),
    },
)
