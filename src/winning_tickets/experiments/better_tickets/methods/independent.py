"""Independent draws, as they come: the paper's way."""

from __future__ import annotations

from ....problem import Problem
from ....samplers.base import Nodes, Sampler
from .base import Method


class Independent(Method):
    """Keep every draw."""

    name = "independent"
    label = "independent"
    varies = False

    def draw(self, sampler: Sampler, nodes: int, factor: int, seed: int) -> Nodes:
        """Draw N nodes."""
        return sampler.sample(nodes, rng=seed)

    def choose(self, problem: Problem, candidates: Nodes, nodes: int) -> Nodes:
        """Return all of them."""
        return candidates
