"""From the configuration to the one job of the circuit's counts."""

from __future__ import annotations

from ...families.base import Config
from ...families.random import Random
from ...schema import COUNT, DIMENSIONS, integer, section
from ..base import Experiment
from .measure import COLUMNS, Settings


def jobs(config: Config) -> dict[str, Settings]:
    """Return one job for all dimensions."""
    own = config["circuit"]
    common = (config[key] for key in ("seed", "modulus", "activation"))
    return {"counts": Settings(*common, own["points"], tuple(own["dimensions"]))}


EXPERIMENT = Experiment(
    name="circuit",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(dimensions=DIMENSIONS, points=COUNT, drawn=integer(1, 4)),
    reads=("modulus", "activation"),
    samplers=("circuit",),
    families=lambda settings: (Random.name,),
)
