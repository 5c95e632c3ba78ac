"""From the configuration to the jobs of tables: one a table among the families."""

from __future__ import annotations

from typing import Any

from ...families import find_family
from ...families.base import Config
from ...families.table import Table
from ..base import Experiment, Figure, study_facts
from .measure import COLUMNS, SAMPLERS, Settings


def jobs(config: Config) -> dict[str, Settings]:
    """Return the settings of each table."""
    jobs = {}
    for table in _tables(config):
        entry = table.entry
        jobs[table.name] = Settings(
            config["seed"],
            table.name,
            table.path,
            entry["target"],
            entry["modulus"],
            # The tickets of the spine need one mapping, these choose if none is asked for.
            table.asked.get("mapping", "auto"),
            entry["missing"],
            entry["train"],
            table.nodes(config, 0),
            entry["replicates"],
        )
    return jobs


def facts(config: Config) -> dict[str, Any]:
    """Return what the caption states, and which families are tables."""
    tables = _tables(config)
    own: dict[str, Any] = {"tables": [table.name for table in tables]}
    if tables:
        own["replicates"] = max(table.replicates(config) for table in tables)
        own["draws"] = max(table.draws(config) for table in tables)
    return study_facts(config) | own


def _tables(config: Config) -> list[Table]:
    return [find_family(entry) for entry in config["families"] if not isinstance(entry, str)]


EXPERIMENT = Experiment(
    name="own_tables",
    columns=COLUMNS,
    jobs=jobs,
    reads=("families",),
    samplers=SAMPLERS,
    # The activation of these tickets is their own.
    modulus=lambda settings: None,
    figures={"own_tables": Figure(("risks", "own_tables"), facts=facts)},
)
