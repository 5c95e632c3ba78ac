"""Nodes that know the prior but not the data: what the soft threshold tends to."""

from __future__ import annotations

import numpy as np

from ..field import smallest_unsigned
from ..problem import Problem
from .base import Nodes, Sampler


class PriorSampler(Sampler):
    """Draw a from q, whose factors are proportional to pi_j^2, and b uniformly; O(D) a node.

    Parameters
    ----------
    problem : Problem
        A problem with a prior; nothing else of it matters.
    """

    name = "prior"
    exact = False

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the cumulative tables."""
        return problem.prior.rows.nbytes

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 20

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        modulus = self.problem.modulus
        self.report.proposals += count
        a = self.problem.prior.draw_squared(rng, count)
        return Nodes(a, rng.integers(0, modulus, size=count, dtype=smallest_unsigned(modulus)))
