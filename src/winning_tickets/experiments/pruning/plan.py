"""From the configuration to the jobs of pruning: one a family."""

from __future__ import annotations

import dataclasses

from ...families.base import Config
from ...schema import COUNT, COUNTS, NOT_NEGATIVE_COUNT
from ..base import Experiment, Figure, LeftOut, family_jobs, on_families
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each family; those too large are left out."""
    own = config["pruning"]
    settings = {name: own[name] for name in ("nodes", "factor", "replicates")}
    most = 8 * own["factor"] * max(own["nodes"])
    planned = family_jobs(config, "pruning", Settings, settings | {"enumerable": False}, most)
    return {name: _with_network(job, own["network_most"]) for name, job in planned.items()}


def _with_network(job: Settings | LeftOut, most: int) -> Settings | LeftOut:
    """Let a job prune the whole network, where that has few enough nodes."""
    if isinstance(job, LeftOut):
        return job
    every = job.problem.modulus ** (job.dimension + 1)
    return dataclasses.replace(job, enumerable=every <= most)


EXPERIMENT = Experiment(
    **on_families(
        "pruning",
        points=COUNT,
        nodes=COUNTS,
        factor=COUNT,
        network_most=NOT_NEGATIVE_COUNT,
        replicates=COUNT,
    ),
    columns=COLUMNS,
    jobs=jobs,
    samplers=SAMPLERS,
    figures={"pruning": Figure(tables=("pruning",))},
)
