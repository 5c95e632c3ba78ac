"""Draws without repeats."""

from __future__ import annotations

import numpy as np

from ....problem import Problem
from ....samplers.base import Nodes, Sampler
from ....selection import distinct_nodes
from ..sources import OPTIMIZED
from .base import Method


class Distinct(Method):
    """Draw until N nodes differ, c N at most."""

    name = "distinct"
    label = "without repeats"
    samplers = (OPTIMIZED,)
    varies = False

    def fixed_factor(self, factor: int) -> int:
        """Return the bound on the draws."""
        return factor

    def draw(self, sampler: Sampler, nodes: int, factor: int, seed: int) -> Nodes:
        """Draw N nodes at a time until as many differ, ``factor`` times at most."""
        rng = np.random.default_rng(seed)
        drawn = sampler.sample(nodes, rng)
        while drawn.unique_count < nodes and len(drawn) < factor * nodes:
            drawn = Nodes.join([drawn, sampler.sample(nodes, rng)])
        return drawn

    def choose(self, problem: Problem, candidates: Nodes, nodes: int) -> Nodes:
        """Return the first N that differ."""
        return distinct_nodes(candidates, nodes)
