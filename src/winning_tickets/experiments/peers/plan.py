"""From the configuration to the jobs of the comparison with peers: one a kind of data."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import unknown_names
from ...families.base import Config
from ...schema import COUNT, COUNTS, NAMES, section
from ..base import Experiment, Figure
from .data import SOURCES
from .measure import COLUMNS, Settings

SAMPLERS = ("spectral", "ancestral")
"""Samplers of tickets without and with a prior."""


def faults(config: Config) -> Iterator[str]:
    """Yield a line for each kind of data that is not known."""
    yield from unknown_names("peers.data", "a kind of data", config["peers"]["data"], SOURCES)


def jobs(config: Config) -> dict[str, Settings]:
    """Return the settings of each kind of data."""
    own = config["peers"]
    return {
        name: Settings(config["seed"], name, tuple(own["nodes"]), own["splits"])
        for name in own["data"]
    }


EXPERIMENT = Experiment(
    name="peers",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(data=NAMES, nodes=COUNTS, splits=COUNT),
    faults=faults,
    samplers=SAMPLERS,
    families=lambda settings: SOURCES[settings.data].families,
    modulus=lambda settings: None,
    figures={
        "peers_risk": Figure(("peers",), "risk"),
        "peers_train": Figure(("peers",), "train"),
        "peers_time": Figure(("peers",), "time"),
    },
)
