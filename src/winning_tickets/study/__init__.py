"""The study: from a configuration to a checked grid of cells."""

from .plan import ConfigError, Study, load_figures, make_study
from .schema import compose_schema

__all__ = ["ConfigError", "Study", "compose_schema", "load_figures", "make_study"]
