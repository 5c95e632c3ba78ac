"""From the configuration to the one job of the budget of queries."""

from __future__ import annotations

from ...families.base import Config
from ...schema import COUNT, DIMENSION, SHARE, integer, listing, section
from ..base import Experiment, Figure, LeftOut, too_large
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings, if all nodes can be written out."""
    own = config["heavy_budget"]
    modulus, dimension = config["modulus"], own["dimension"]
    activation = config["activation"]
    refusal = too_large(config, modulus ** (dimension + 1), 32)
    name = f"D{dimension}"
    if refusal:
        return {name: LeftOut(refusal, {"dimension": dimension, "modulus": modulus})}
    return {
        name: Settings(
            seed=config["seed"],
            modulus=modulus,
            activation=activation if isinstance(activation, str) else tuple(activation),
            dimension=dimension,
            modes=own["modes"],
            thresholds=tuple(own["thresholds"]),
            failure_probability=own["failure_probability"],
            replicates=own["replicates"],
        )
    }


EXPERIMENT = Experiment(
    name="heavy_budget",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        dimension=DIMENSION,
        modes=integer(2),
        thresholds=listing(SHARE, "numbers above 0 and below 1"),
        failure_probability=SHARE,
        replicates=COUNT,
    ),
    reads=("modulus", "activation", "budget"),
    samplers=SAMPLERS,
    figures={"heavy_budget": Figure(tables=("heavy_budget",))},
)
