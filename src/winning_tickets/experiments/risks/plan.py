"""What the figures of the risks state; their cells are the study's own."""

from __future__ import annotations

from typing import Any

from ...families import find_family
from ...families.base import Config
from ...families.digits import MODULUS, Digits
from ..base import Experiment, Figure, study_facts
from .measure import COLUMNS, Settings


def jobs(config: Config) -> dict[str, Settings]:
    """Return nothing: `winning_tickets.study.Study.risk_settings` has the settings of a cell."""
    return {}


def digits_facts(config: Config) -> dict[str, Any]:
    """Return what the caption of the digits states: sizes of their own."""
    own = {key: config["digits"][key] for key in ("nodes", "replicates", "draws")}
    return study_facts(config) | own | {"modulus": MODULUS, "family": Digits.name}


def table_facts(config: Config) -> dict[str, Any]:
    """Return what the caption of the tables states, and which families they are."""
    tables = [find_family(entry) for entry in config["families"] if not isinstance(entry, str)]
    facts = {"tables": [table.name for table in tables]}
    if tables:
        facts["replicates"] = max(table.replicates(config) for table in tables)
        facts["draws"] = max(table.draws(config) for table in tables)
    return study_facts(config) | facts


EXPERIMENT = Experiment(
    name="risks",
    columns=COLUMNS,
    jobs=jobs,
    figures={
        "risk_vs_dimension": Figure(("risks",), "risk_vs_dimension", study_facts),
        "risk_vs_nodes": Figure(("risks",), "risk_vs_nodes", study_facts),
        "risk_vs_nodes_digits": Figure(("risks",), "risk_vs_nodes_digits", digits_facts),
        "risk_vs_nodes_tables": Figure(("risks",), "risk_vs_nodes_tables", table_facts),
        "ticket_law": Figure(("risks",), "ticket_law", study_facts),
    },
)
