"""A sampler: uniform weights without a shift, to see what the shifts are good for."""

from __future__ import annotations

import numpy as np

from ..field import smallest_unsigned, uniform_residues
from ..problem import Problem
from .base import FIXED_BYTES, Nodes, Sampler


class UnshiftedSampler(Sampler):
    """Draw a uniformly and set b to 0.

    Parameters
    ----------
    problem : Problem
        The problem, of which only P and D matter.
    """

    name = "unshifted"
    role = "baseline"
    exact = False

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return what the base allows every sampler: it keeps nothing."""
        return FIXED_BYTES

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 15

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        problem = self.problem
        a = uniform_residues(rng, (count, problem.dimension), problem.modulus)
        self.report.proposals += count
        return Nodes(a, np.zeros(count, dtype=smallest_unsigned(problem.modulus)))
