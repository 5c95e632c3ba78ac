"""From the configuration to the jobs: one a dimension."""

from __future__ import annotations

from ...families.base import Config
from ...families.random import Random
from ...schema import COUNT, COUNTS, DIMENSIONS, section
from ..base import Experiment, Figure, LeftOut
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each dimension; those with too few points are left out."""
    own, modulus = config["repeats"], config["modulus"]
    jobs: dict[str, Settings | LeftOut] = {}
    for dimension in own["dimensions"]:
        known = {"dimension": dimension, "modulus": modulus}
        settings = Settings(config["seed"], modulus, dimension, own["points"], tuple(own["nodes"]))
        fits = own["points"] <= modulus**dimension
        reason = f"Z_{modulus}^{dimension} has fewer points than repeats.points"
        jobs[f"D{dimension}"] = settings if fits else LeftOut(reason, known)
    return jobs


EXPERIMENT = Experiment(
    name="repeats",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(dimensions=DIMENSIONS, points=COUNT, nodes=COUNTS),
    reads=("modulus",),
    samplers=SAMPLERS,
    families=lambda settings: (Random.name,),
    figures={"repeats": Figure(tables=("repeats",))},
)
