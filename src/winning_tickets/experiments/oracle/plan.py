"""From the configuration to the jobs of oracle access: one a dimension."""

from __future__ import annotations

from ...families.base import Config
from ...oracle import check_modes
from ...schema import COUNT, DIMENSIONS, NOT_NEGATIVE, NOT_NEGATIVE_COUNT, SHARE, section
from ..base import Experiment, Figure, LeftOut
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each dimension; those too small for the modes are left out."""
    own = {key: value for key, value in config["oracle"].items() if key != "dimensions"}
    common = {key: config[key] for key in ("seed", "modulus", "activation")}
    return {
        f"D{dimension}": _fitting(Settings(dimension=dimension, **common, **own))
        for dimension in config["oracle"]["dimensions"]
    }


def _fitting(settings: Settings) -> Settings | LeftOut:
    size = (settings.modulus, settings.dimension)
    try:
        check_modes(*size, settings.modes, settings.products)
    except ValueError as error:
        row = {"dimension": settings.dimension, "modulus": settings.modulus}
        return LeftOut(f"oracle.modes, oracle.products: {error}", row)
    return settings


def seconds(settings: Settings) -> float:
    """Return about what a dimension takes: a search of D steps for each function."""
    return settings.replicates * (0.4 + 0.025 * settings.dimension)


EXPERIMENT = Experiment(
    name="oracle",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        dimensions=DIMENSIONS,
        modes=COUNT,
        products=NOT_NEGATIVE_COUNT,
        noise=NOT_NEGATIVE,
        threshold_relative=SHARE,
        failure_probability=SHARE,
        nodes=COUNT,
        points=COUNT,
        table_most=COUNT,
        replicates=COUNT,
    ),
    reads=("modulus", "activation"),
    samplers=SAMPLERS,
    seconds=seconds,
    figures={"oracle_vs_dimension": Figure(tables=("oracle",))},
)
