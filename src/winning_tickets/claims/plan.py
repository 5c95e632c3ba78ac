"""What the figure of the claims is drawn from."""

from ..experiments.base import Figure, study_facts

FIGURES = {"claims": Figure(("claims",), "figure", study_facts)}
"""Figures of the claims by name; their modules are those of this folder."""
