"""A way to make a ticket: of c N candidates the N with the largest optimal weights."""

from __future__ import annotations

import numpy as np

from ....problem import Problem
from ....samplers.base import Nodes, Sampler
from .base import Method


class Heaviest(Method):
    """Prune by magnitude."""

    name = "heaviest"
    label = "largest weights"

    def draw(self, sampler: Sampler, nodes: int, factor: int, seed: int) -> Nodes:
        """Draw c N nodes."""
        return sampler.sample(factor * nodes, rng=seed)

    def choose(self, problem: Problem, candidates: Nodes, nodes: int) -> Nodes:
        """Keep the N of largest weight; the first of equal ones."""
        energy = problem.node_energy(candidates.a, candidates.b)
        return candidates[np.argsort(-energy, kind="stable")[:nodes]]
