"""From the configuration to the jobs of the threshold sweep: one a family."""

from __future__ import annotations

from ...families.base import Config
from ...schema import COUNT, NOT_NEGATIVE, POSITIVE, listing, optional
from ..base import Experiment, Figure, LeftOut, family_jobs, on_families
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each family; those too large are left out."""
    own = config["threshold_sweep"]
    names = ("nodes", "thresholds", "ridges", "replicates", "draws")
    settings = {name: own[name] for name in names}
    return family_jobs(config, "threshold_sweep", Settings, settings, 8 * own["nodes"])


def seconds(settings: Settings) -> float:
    """Return about what a family takes: most is preparing and fitting, whatever its size."""
    tickets = len(settings.targets) * settings.replicates * settings.draws
    return 0.014 * tickets * (len(settings.thresholds) + len(settings.ridges))


EXPERIMENT = Experiment(
    **on_families(
        "threshold_sweep",
        nodes=COUNT,
        thresholds=listing(optional(POSITIVE), "finite numbers above 0, or null for none"),
        ridges=listing(NOT_NEGATIVE, "finite numbers of at least 0"),
        replicates=COUNT,
        draws=COUNT,
    ),
    columns=COLUMNS,
    jobs=jobs,
    samplers=SAMPLERS,
    seconds=seconds,
    figures={"threshold_sweep": Figure(tables=("threshold_sweep",))},
)
