"""From the configuration to the jobs of the prior's width: one a kind of data."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import unknown_names
from ...families.base import Config
from ...schema import COUNT, NAMES, POSITIVE, listing, section
from ..base import Experiment, Figure
from ..peers.data import SOURCES
from .measure import COLUMNS, MODE, SAMPLERS, Settings


def faults(config: Config) -> Iterator[str]:
    """Yield a line for each kind of data that is not known, or has several targets."""
    known = [MODE, *(name for name in SOURCES if name not in ("wine", "digits"))]
    yield from unknown_names("prior.data", "a kind of data", config["prior"]["data"], known)


def jobs(config: Config) -> dict[str, Settings]:
    """Return the settings of each kind of data."""
    own = config["prior"]
    common = (tuple(own["widths"]), own["nodes"], own["splits"])
    return {name: Settings(config["seed"], name, *common) for name in own["data"]}


EXPERIMENT = Experiment(
    name="prior",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        data=NAMES, widths=listing(POSITIVE, "numbers above 0"), nodes=COUNT, splits=COUNT
    ),
    faults=faults,
    samplers=SAMPLERS,
    families=lambda settings: SOURCES[settings.data].families if settings.data != MODE else (),
    modulus=lambda settings: None,
    figures={"prior": Figure(tables=("prior",))},
)
