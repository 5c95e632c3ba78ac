"""Uniform hidden nodes: the baseline that knows nothing of the data."""

from __future__ import annotations

import numpy as np

from ..field import smallest_unsigned, uniform_residues
from ..problem import Problem
from .base import FIXED_BYTES, Nodes, Sampler


class UniformSampler(Sampler):
    """Draw a and b uniformly; O(D) a node.

    Parameters
    ----------
    problem : Problem
        Only its modulus and dimension matter.
    """

    name = "uniform"
    role = "baseline"
    exact = False

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the pieces that residues are drawn by: nothing is kept."""
        return FIXED_BYTES

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 30

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        modulus = self.problem.modulus
        self.report.proposals += count
        return Nodes(
            uniform_residues(rng, (count, self.problem.dimension), modulus),
            rng.integers(0, modulus, size=count, dtype=smallest_unsigned(modulus)),
        )
