"""From the configuration to the timing grid: all of it is one job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...families.base import Config
from ...families.random import Random
from ...field import check_modulus
from ...samplers import SAMPLERS
from ...samplers.base import ProblemSize
from ...samplers.enumeration import EnumerationSampler
from ...samplers.rejection import RejectionSampler
from ...schema import (
    COUNT,
    COUNTS,
    DIMENSION,
    DIMENSIONS,
    NOT_NEGATIVE,
    POSITIVE,
    integer,
    section,
)
from ...study.budgets import refusal
from ..base import Experiment, Figure, LeftOut, activation_refusal
from .measure import COLUMNS, FEWEST_PASSES, STREAMED, TABLE, Cell, Contender, Settings

JOB = "passes"
"""The name of the job."""

_RANGE = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "description": "the smallest and the largest dimension",
    "items": DIMENSION,
}
_RANGES = section(rejection=_RANGE, spectral=_RANGE)


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of the whole grid; cells without enough points are left out."""
    left: dict[str, LeftOut] = {}
    cells = []
    for grid, modulus, dimension, points, structured in _sizes(config):
        rank = _rank(points, modulus) if structured else 0
        known = {"grid": grid, "dimension": dimension, "points": points, "modulus": modulus}
        reason = _cell_refusal(config, modulus, dimension, points, rank)
        if reason:
            name = f"{grid}_P{modulus}_D{dimension}_M{points}"
            left[name] = LeftOut(reason, known | {"rank": rank})
            continue
        size = ProblemSize(modulus, dimension, points)
        cells.append(Cell(**known, rank=rank, contenders=tuple(_contenders(config, grid, size))))
    activation, timing = config["activation"], config["timing"]
    settings = Settings(
        config["seed"],
        activation if isinstance(activation, str) else tuple(activation),
        cells=tuple(cells),
        **{key: timing[key] for key in ("nodes", "passes", "seconds")},
        **{key: timing[key] for key in ("least_seconds", "most_seconds")},
    )
    return {JOB: settings} | left


def _sizes(config: Config) -> Iterator[tuple[str, int, int, int, bool]]:
    """Yield grid, P, D, M and whether the points lie in a subspace, of each cell."""
    timing, modulus = config["timing"], config["modulus"]
    count, share = timing["dimension"]["points"], timing["proportional"]["dimensions_per_point"]
    second = timing["second"]
    for dimension in timing["dimension"]["dimensions"]:
        yield "dimension", modulus, dimension, count, False
    if second["modulus"] != modulus:
        for dimension in second["dimensions"]:
            yield "dimension", second["modulus"], dimension, count, False
    for points in timing["points"]["points"]:
        yield "points", modulus, timing["points"]["dimension"], points, False
    for dimension in timing["proportional"]["dimensions"]:
        yield "proportional", modulus, dimension, -(-dimension // share), False
    for dimension in timing["structured"]["dimensions"]:
        yield "structured", modulus, dimension, count, True
    for dimension in timing["structured"]["proportional"]:
        yield "structured_proportional", modulus, dimension, -(-dimension // share), True


def _rank(points: int, modulus: int) -> int:
    """Return the smallest rank of a subspace that has at least twice the points."""
    rank = 1
    while modulus**rank < 2 * points:
        rank += 1
    return rank


def _cell_refusal(config: Config, modulus: int, dimension: int, points: int, rank: int) -> str:
    if points > modulus**dimension:
        return f"Z_{modulus}^{dimension} has fewer than the {points} points asked for"
    if rank > dimension:
        return f"a subspace with twice the {points} points has more than {dimension} dimensions"
    return activation_refusal(config, modulus)


def _contenders(config: Config, grid: str, size: ProblemSize) -> Iterator[Contender]:
    """Yield every sampler of the study, with the reason where it is left out."""
    budget, nodes = config["budget"], config["timing"]["nodes"]
    left = () if grid == "dimension" else ("conventional", "baseline")
    for sampler in config["samplers"]:
        if SAMPLERS[sampler].role in left:
            continue
        reason = _beyond_range(config, grid, sampler, size.dimension)
        judged = _is_judged(config, grid, sampler, size)
        if sampler != EnumerationSampler.name:
            reason = reason or refusal(sampler, size, nodes, budget)
            yield Contender(sampler, "", reason, judged)
            continue
        yield Contender(sampler, STREAMED, EnumerationSampler.work_refusal(size, budget), judged)
        yield Contender(sampler, TABLE, refusal(sampler, size, nodes, budget))


def _range(config: Config, grid: str, sampler: str) -> tuple[str, list[int] | None]:
    """Return the key, and the range of D there, that a sampler is judged over; None for none."""
    name = "proportional" if grid.endswith("proportional") else "fixed"
    bounds = None if grid == "points" else config["timing"]["judged"][name].get(sampler)
    return f"timing.judged.{name}.{sampler}", bounds


def _beyond_range(config: Config, grid: str, sampler: str, dimension: int) -> str:
    """Say where a sampler is judged up to a smaller dimension, beyond which it is not timed."""
    key, bounds = _range(config, grid, sampler)
    if bounds is None or dimension <= bounds[1]:
        return ""
    return f"{key} ends at D = {bounds[1]:,}"


def _is_judged(config: Config, grid: str, sampler: str, size: ProblemSize) -> bool:
    """Tell whether the growth of a sampler is judged over a size."""
    if SAMPLERS[sampler].role == "conventional":
        return size.modulus**size.dimension >= config["timing"]["judged"]["domain_least"]
    _, bounds = _range(config, grid, sampler)
    return bounds is not None and bounds[0] <= size.dimension <= bounds[1]


def faults(config: Config) -> Iterator[str]:
    """Find a second modulus that is no odd prime, and ranges that end before they begin."""
    timing = config["timing"]
    try:
        check_modulus(timing["second"]["modulus"])
    except ValueError as error:
        yield f"timing.second.modulus: {str(error).partition(': ')[2]}"
    for name in ("fixed", "proportional"):
        for sampler, (first, last) in timing["judged"][name].items():
            if first >= last:
                yield (
                    f"timing.judged.{name}.{sampler}: it ends at {last} and begins at {first}; "
                    "give the smaller dimension first"
                )


def seconds(settings: Settings) -> float:
    """Return about what the passes take: as many as there are seconds for, and never too few."""
    single = sum(
        max(part, settings.least_seconds)
        for cell in settings.cells
        for contender in cell.contenders
        if not contender.reason
        for part in SAMPLERS[contender.sampler].expected_seconds(
            ProblemSize(cell.modulus, cell.dimension, cell.points), settings.nodes
        )
    )
    if not single:
        return 0.0
    passes = min(max(FEWEST_PASSES, int(settings.seconds / single)), settings.passes)
    return min(passes * single, max(settings.seconds, settings.most_seconds))


def facts(config: Config) -> dict[str, Any]:
    """Return what captions of times state, and the ranges over which growth is taken."""
    names = ("seed", "modulus", "ridge_relative")
    timing = {key: config["timing"][key] for key in ("nodes", "judged")}
    return {name: config[name] for name in names} | timing


def rejection_facts(config: Config) -> dict[str, Any]:
    """Return what captions state, and whose acceptance rate or times others are held against."""
    return facts(config) | {"sampler": RejectionSampler.name}


EXPERIMENT = Experiment(
    name="timings",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        nodes=COUNT,
        passes=integer(FEWEST_PASSES),
        seconds=NOT_NEGATIVE,
        least_seconds=NOT_NEGATIVE,
        most_seconds=POSITIVE,
        dimension=section(points=COUNT, dimensions=DIMENSIONS),
        second=section(modulus=COUNT, dimensions=DIMENSIONS),
        points=section(dimension=DIMENSION, points=COUNTS),
        proportional=section(dimensions_per_point=COUNT, dimensions=DIMENSIONS),
        structured=section(dimensions=DIMENSIONS, proportional=DIMENSIONS),
        judged=section(domain_least=COUNT, fixed=_RANGES, proportional=_RANGES),
    ),
    key="timing",
    reads=("modulus", "activation", "samplers", "budget"),
    faults=faults,
    families=lambda settings: (Random.name,),
    seconds=seconds,
    modulus=lambda settings: None,
    figures={
        "runtime_vs_dimension": Figure(("timings", "circuit"), "runtime_vs_dimension", facts),
        "runtime_vs_points": Figure(("timings",), "runtime_vs_points", facts),
        "amortised_cost": Figure(("timings",), "amortised_cost", rejection_facts),
        "acceptance_vs_points": Figure(
            ("risks", "timings"), "acceptance_vs_points", rejection_facts
        ),
    },
)
