"""From the configuration to the jobs of better tickets: one a family."""

from __future__ import annotations

from ...families.base import Config
from ...schema import COUNT, COUNTS, SHARE
from ..base import Experiment, Figure, LeftOut, family_jobs, on_families
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each family; those too large are left out."""
    own = config["better_tickets"]
    names = ("nodes", "candidates", "factor", "sweep", "train_share", "replicates")
    most = max(2 * max(own["candidates"]) * own["nodes"], own["factor"] * max(own["sweep"]))
    settings = {name: own[name] for name in names}
    return family_jobs(config, "better_tickets", Settings, settings, 8 * most)


def seconds(settings: Settings) -> float:
    """Return about what a family takes: most is choosing N of c N candidates, one after another."""
    steps = sum(factor * settings.nodes**2 for factor in settings.candidates)
    steps += settings.factor * sum(nodes**2 for nodes in settings.sweep)
    return 1.2e-6 * len(settings.targets) * settings.replicates * steps


EXPERIMENT = Experiment(
    **on_families(
        "better_tickets",
        points=COUNT,
        train_share=SHARE,
        nodes=COUNT,
        candidates=COUNTS,
        factor=COUNT,
        sweep=COUNTS,
        replicates=COUNT,
    ),
    columns=COLUMNS,
    jobs=jobs,
    samplers=SAMPLERS,
    seconds=seconds,
    figures={
        "better_tickets": Figure(tables=("better_tickets",)),
        "better_tickets_seconds": Figure(("better_tickets",), "seconds"),
        "better_tickets_control": Figure(("better_tickets",), "control"),
    },
)
