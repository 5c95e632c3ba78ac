"""Samplers of hidden nodes (a, b), by name.

A new sampler is a file beside this one and one line here (docs/architecture.md has a worked
example).
"""

from __future__ import annotations

from ..registry import load_classes
from .base import Nodes, Sampler, SamplerReport
from .making import compile_kernels, make_sampler

__all__ = [
    "ALL_SAMPLERS",
    "CLAIMED_SAMPLERS",
    "ORACLE_SAMPLERS",
    "SAMPLERS",
    "Nodes",
    "Sampler",
    "SamplerReport",
    "compile_kernels",
    "make_sampler",
]

FILES = (
    "uniform",
    "enumeration",
    "fft",
    "rejection",
    "spectral",
    "circuit",
    "ancestral",
    "capped",
)
"""Files of the samplers of a `Problem`, which are also their names."""

ORACLE_FILES = ("heavy",)
"""The same for samplers of an `OracleProblem`."""

SAMPLERS: dict[str, type[Sampler]] = load_classes(__name__, FILES, Sampler)
"""Every sampler of a `Problem`, by the name used in configs and tables."""

CLAIMED_SAMPLERS = tuple(name for name, sampler in SAMPLERS.items() if sampler.claimed)
"""Names of those that the study's claims are about."""

ORACLE_SAMPLERS: dict[str, type[Sampler]] = load_classes(__name__, ORACLE_FILES, Sampler)
"""Every sampler of an `OracleProblem`."""

ALL_SAMPLERS = SAMPLERS | ORACLE_SAMPLERS
"""Every sampler, whatever it draws for."""
