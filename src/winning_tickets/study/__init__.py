"""The study: from a configuration to a checked grid of cells."""

from .plan import ConfigError, Study, load_figures, make_study

__all__ = ["ConfigError", "Study", "load_figures", "make_study"]
