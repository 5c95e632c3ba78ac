"""From the configuration to the one job of the circuit's diagram."""

from __future__ import annotations

from ...families.base import Config
from ...families.random import Random
from ...samplers.circuit import MAX_AMPLITUDES
from ..base import Experiment, Figure, LeftOut
from ..circuit.plan import jobs as circuit_jobs
from .measure import COLUMNS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return one job, at the dimension ``circuit.drawn``; a state too long is left out."""
    dimension, modulus = config["circuit"]["drawn"], config["modulus"]
    if modulus**dimension > MAX_AMPLITUDES:
        reason = (
            f"the data of {modulus}^{dimension} amplitudes are too many; P^drawn of circuit.drawn "
            f"must be at most {MAX_AMPLITUDES:,}"
        )
        return {"gates": LeftOut(reason, {"dimension": dimension, "modulus": modulus})}
    return {"gates": Settings(circuit_jobs(config)["counts"], dimension)}


EXPERIMENT = Experiment(
    name="circuit_diagram",
    columns=COLUMNS,
    jobs=jobs,
    reads=("modulus", "activation", "circuit"),
    samplers=("circuit",),
    families=lambda settings: (Random.name,),
    modulus=lambda settings: settings.circuit.modulus,
    figures={"circuit_diagram": Figure(tables=("circuit_diagram",))},
)
