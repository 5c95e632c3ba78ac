"""The questions of the study, one folder each, by name.

A new question is a folder beside this file and one line here (docs/architecture.md has a worked
example). The folders are loaded when they are asked for: a job loads no other question than its
own.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Experiment

NAMES = (
    "risks",
    "timings",
    "oracle",
    "circuit",
    "circuit_diagram",
    "generalization",
    "threshold_sweep",
    "better_tickets",
    "pruning",
    "peers",
    "noise",
    "heavy_budget",
    "capped",
    "prior",
    "sensitivity",
    "identities",
    "fidelity",
    "own_tables",
    "paper_points",
)
"""Names of the questions: folders, keys of the configuration, tables."""

SPINE = ("risks", "timings", "paper_points")
"""Questions measured by rules of their own; all others by the rule ``measure_experiment``."""


@cache
def load_experiments() -> dict[str, Experiment]:
    """Return every question by its name, in the order of `NAMES`."""
    return {name: import_module(f"{__name__}.{name}.plan").EXPERIMENT for name in NAMES}
