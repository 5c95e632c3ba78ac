"""Samplers of hidden nodes (a, b), by name.

A new sampler is a file beside this one and one line here (docs/architecture.md has a worked
example).
"""

from __future__ import annotations

from .ancestral import AncestralSampler
from .base import Nodes, Sampler, SamplerReport
from .capped import CappedSampler
from .circuit import CircuitSampler
from .enumeration import EnumerationSampler
from .fft import FFTSampler
from .heavy import HeavySampler
from .making import compile_kernels, make_sampler
from .rejection import RejectionSampler
from .spectral import SpectralSampler
from .uniform import UniformSampler

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

SAMPLERS: dict[str, type[Sampler]] = {
    sampler.name: sampler
    for sampler in (
        UniformSampler,
        EnumerationSampler,
        FFTSampler,
        RejectionSampler,
        SpectralSampler,
        CircuitSampler,
        AncestralSampler,
        CappedSampler,
    )
}
"""Every sampler of a `Problem`, by the name used in configs and tables."""

CLAIMED_SAMPLERS = tuple(name for name, sampler in SAMPLERS.items() if sampler.claimed)
"""Names of those that the study's claims are about."""

ORACLE_SAMPLERS: dict[str, type[Sampler]] = {HeavySampler.name: HeavySampler}
"""Every sampler of an `OracleProblem`."""

ALL_SAMPLERS = SAMPLERS | ORACLE_SAMPLERS
"""Every sampler, whatever it draws for."""
