"""What the claims are judged from, and what their figure is drawn from."""

from collections.abc import Iterable

from ..experiments.base import Figure, study_facts

TABLES = ("risks", "timings", "identities", "circuit", "paper_points")
"""Tables that the judges read: without one of these questions no claim is judged."""


def judged_tables(tables: Iterable[str]) -> tuple[str, ...]:
    """Return tables, those of the verdicts in the place of ``claims``."""
    return tuple(name for table in tables for name in (TABLES if table == "claims" else (table,)))


FIGURES = {"claims": Figure(("claims",), "figure", study_facts)}
"""Figures of the claims by name; their modules are those of this folder."""
