"""From the configuration to the jobs of caps: one a family, dimension and number of points."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ...families import FAMILIES
from ...families.base import Config, FamilySize
from ...schema import (
    COUNT,
    COUNTS,
    DIMENSIONS,
    NAMES,
    NOT_NEGATIVE_COUNT,
    POSITIVE,
    SHARE,
    listing,
    section,
)
from ..base import Experiment, Figure, LeftOut, family_faults, problem_settings, size_refusal
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each size; those too large are left out."""
    own = config["capped"]
    plain = {key: own[key] for key in ("tolerance", "nodes", "evaluations_most", "replicates")}
    planned: dict[str, Settings | LeftOut] = {}
    for name in own["families"]:
        for size in _sizes(config, name):
            job = f"{name}_D{size.dimension}_M{size.points}"
            known = {"family": name, "dimension": size.dimension}
            reason = size_refusal(config, size, 8 * (size.dimension + own["nodes"]))
            planned[job] = (
                LeftOut(reason, known | {"modulus": size.modulus, "points": size.points})
                if reason
                else Settings(
                    seed=config["seed"],
                    problem=problem_settings(config, size.modulus),
                    targets=FAMILIES[name].targets(own["targets"]),
                    family_settings=size.settings,
                    caps=tuple(map(float, own["caps"])),
                    enumerable=size.modulus ** (size.dimension + 1) <= own["network_most"],
                    **plain,
                    **known,
                )
            )
    return planned


def _sizes(config: Config, family: str) -> Iterator[FamilySize]:
    """Yield the sizes of a family; those that differ in what it does not take occur repeatedly."""
    own = config["capped"]
    asked = product(own["dimensions"], own["grid_dimensions"], own["points"])
    for sizes in asked:
        named = dict(zip(("dimension", "grid_dimension", "points"), sizes, strict=True))
        yield FAMILIES[family].size_in_question(config, named)


EXPERIMENT = Experiment(
    name="capped",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        families=NAMES,
        targets=NAMES,
        dimensions=DIMENSIONS,
        grid_dimensions=DIMENSIONS,
        points=COUNTS,
        caps=listing(POSITIVE, "finite numbers above 0"),
        tolerance=SHARE,
        nodes=COUNT,
        network_most=NOT_NEGATIVE_COUNT,
        evaluations_most=COUNT,
        replicates=COUNT,
    ),
    reads=("modulus", "activation", "ridge_relative", "budget"),
    faults=family_faults("capped"),
    samplers=SAMPLERS,
    modulus=lambda settings: settings.problem.modulus,
    families=lambda settings: (settings.family,),
    figures={"capped": Figure(tables=("capped",))},
)
