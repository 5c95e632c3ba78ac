"""What the claims are judged from, and what their figure is drawn from."""

from collections.abc import Iterable
from typing import Any

from ..experiments.base import Figure, study_facts
from ..families.base import Config

TABLES = ("risks", "timings", "identities", "circuit", "paper_points")
"""Tables that the judges read: without one of these questions no claim is judged."""


def judged_tables(tables: Iterable[str]) -> tuple[str, ...]:
    """Return tables, those of the verdicts in the place of ``claims``."""
    return tuple(name for table in tables for name in (TABLES if table == "claims" else (table,)))


def facts(config: Config) -> dict[str, Any]:
    """Return the facts of the study, and over which sizes times are judged."""
    timing = config["timing"]
    return study_facts(config) | {"judged": timing["judged"], "timed_nodes": timing["nodes"]}


FIGURES = {"claims": Figure(("claims",), "figure", facts)}
"""Figures of the claims by name; their modules are those of this folder."""
