"""What the claims are judged with, and what their figure is drawn from."""

from typing import Any

from ..experiments.base import Figure, study_facts
from ..families.base import Config


def facts(config: Config) -> dict[str, Any]:
    """Return the facts of the study, and over which sizes times are judged."""
    timing = config["timing"]
    return study_facts(config) | {"judged": timing["judged"], "timed_nodes": timing["nodes"]}


FIGURES = {"claims": Figure(("claims",), "figure", facts)}
"""Figures of the claims by name; their modules are those of this folder."""
