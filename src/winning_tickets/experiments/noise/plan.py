"""From the configuration to the one job of noise."""

from __future__ import annotations

from ...families.base import Config
from ...families.grid import Grid
from ...schema import COUNT, DIMENSION, NOT_NEGATIVE, listing, section
from ..base import Experiment, Figure, LeftOut, problem_settings, too_large
from .measure import COLUMNS, SAMPLERS, Settings

_SEEN = {
    "type": "number",
    "exclusiveMinimum": 0,
    "maximum": 1,
    "description": "a number above 0, at most 1",
}


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings, if the grid fits."""
    own, modulus = config["noise"], config["modulus"]
    dimension = own["dimension"]
    refusal = too_large(config, modulus**dimension, 8 * (dimension + own["nodes"]))
    known = {"dimension": dimension, "modulus": modulus}
    job = LeftOut(refusal, known) if refusal else _settings(config)
    return {f"grid_D{dimension}": job}


def _settings(config: Config) -> Settings:
    own = config["noise"]
    return Settings(
        seed=config["seed"],
        problem=problem_settings(config),
        dimension=own["dimension"],
        noises=tuple(own["noises"]),
        shares=tuple(own["shares"]),
        nodes=own["nodes"],
        tickets=own["tickets"],
        replicates=own["replicates"],
    )


EXPERIMENT = Experiment(
    name="noise",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        dimension=DIMENSION,
        noises=listing(NOT_NEGATIVE, "numbers of at least 0"),
        shares=listing(_SEEN, "numbers above 0, at most 1"),
        nodes=COUNT,
        tickets=COUNT,
        replicates=COUNT,
    ),
    reads=("modulus", "activation", "ridge_relative", "budget"),
    samplers=SAMPLERS,
    modulus=lambda settings: settings.problem.modulus,
    families=lambda settings: (Grid.name,),
    figures={"noise": Figure(tables=("noise",))},
)
