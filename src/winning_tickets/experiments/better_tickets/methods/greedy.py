"""A greedy choice of N among c N candidates."""

from __future__ import annotations

from ....problem import Problem
from ....samplers.base import Nodes, Sampler
from ....selection import select_greedy
from .base import Method


class Greedy(Method):
    """Orthogonal least squares with exchange (see `winning_tickets.selection`)."""

    name = "greedy"
    label = "greedy"

    def draw(self, sampler: Sampler, nodes: int, factor: int, seed: int) -> Nodes:
        """Draw c N nodes."""
        return sampler.sample(factor * nodes, rng=seed)

    def choose(self, problem: Problem, candidates: Nodes, nodes: int) -> Nodes:
        """Keep those that together explain the targets best."""
        return select_greedy(problem, candidates, nodes)
