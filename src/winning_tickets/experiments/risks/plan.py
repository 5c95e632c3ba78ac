"""What the figures of the risks state; their cells are the study's own."""

from __future__ import annotations

from typing import Any

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


EXPERIMENT = Experiment(
    name="risks",
    columns=COLUMNS,
    jobs=jobs,
    figures={
        "risk_vs_dimension": Figure(("risks",), "risk_vs_dimension", study_facts),
        "risk_vs_nodes": Figure(("risks",), "risk_vs_nodes", study_facts),
        "risk_vs_nodes_digits": Figure(("risks",), "risk_vs_nodes_digits", digits_facts),
        "ticket_law": Figure(("risks",), "ticket_law", study_facts),
        "where_tickets_win": Figure(("risks",), "where_tickets_win", study_facts),
    },
)
