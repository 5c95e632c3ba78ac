"""The hidden layer of a ticket on a table: nodes drawn for a wide network, and their features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..field import smallest_unsigned
from ..problem import Problem
from ..samplers import make_sampler
from ..samplers.base import Nodes, Sampler
from ..selection import select_greedy

CANDIDATES = 4
"""Candidates per node of the greedy choice."""

# Rounds in which nodes that repeat others are replaced, and draws for each that is missing.
_MORE_ROUNDS = 5
_OVERSUPPLY = 3
# Nodes of equal +-a span two dimensions of functions with the sine activation.
_PHASES = 2


@dataclass(frozen=True)
class HiddenLayer:
    """Sine nodes with weights around 0, which extend to points between the residues.

    Attributes
    ----------
    a : numpy.ndarray of int, shape (N, D)
        Hidden weights, -(P-1)/2..(P-1)/2.
    b : numpy.ndarray of int, shape (N,)
        Hidden shifts, 0..P-1.
    modulus : int
        The modulus P.
    """

    a: np.ndarray
    b: np.ndarray
    modulus: int

    @classmethod
    def from_nodes(cls, nodes: Nodes, modulus: int) -> HiddenLayer:
        """Take the representatives of nodes around 0, so that small ones are smooth."""
        a = nodes.a.astype(np.int32)
        a[a > modulus // 2] -= modulus
        return cls(a, nodes.b.astype(np.int32), modulus)

    def features(self, positions: np.ndarray) -> np.ndarray:
        """Return sqrt(2/P) sin(2 pi (a.x - b) / P), the admissible sine activation.

        Parameters
        ----------
        positions : numpy.ndarray of float64, shape (M, D)
            Points, on residues or between them.

        Returns
        -------
        numpy.ndarray of float64, shape (M, N)
            The hidden layer's outputs.
        """
        phases = positions @ self.a.T.astype(np.float64)
        phases -= self.b
        phases *= 2 * np.pi / self.modulus
        return np.sqrt(2 / self.modulus) * np.sin(phases)


def draw_nodes(problem: Problem, count: int, method: str, rng: np.random.Generator) -> Nodes:
    """Draw the nodes of a ticket: distinct, at most two shifts of each +-a.

    Parameters
    ----------
    problem : Problem
        The wide network's problem, with a prior or without.
    count : int
        Ticket size N.
    method : {"draw", "greedy"}
        N draws, or those N of `CANDIDATES` N that explain the targets best.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    Nodes
        N nodes in the order drawn; fewer if p* holds (next to) no others.
    """
    if problem.prior is None:
        sampler = make_sampler("spectral", problem)
    else:
        sampler = make_sampler("ancestral", problem, exclude_constant=True)
    if method == "draw":
        return _draw_distinct(sampler, count, rng)
    return select_greedy(problem, _draw_distinct(sampler, CANDIDATES * count, rng), count)


def _draw_distinct(sampler: Sampler, count: int, rng: np.random.Generator) -> Nodes:
    modulus = sampler.problem.modulus
    found = _keep_phases(canonical(sampler.sample(count, rng), modulus))
    for _ in range(_MORE_ROUNDS):
        if len(found) < count:
            more = sampler.sample(min(count, _OVERSUPPLY * (count - len(found))), rng)
            found = _keep_phases(Nodes.join([found, canonical(more, modulus)]))
    return found[:count]


def canonical(nodes: Nodes, modulus: int) -> Nodes:
    """Return nodes that are the same up to a sign, with the first a_j != 0 at most (P-1)/2."""
    a, b = nodes.a.astype(np.int64), nodes.b.astype(np.int64)
    first = np.take_along_axis(a, (a != 0).argmax(axis=1)[:, None], axis=1)[:, 0]
    turned = first > modulus // 2
    a[turned], b[turned] = -a[turned] % modulus, -b[turned] % modulus
    unsigned = smallest_unsigned(modulus)
    return Nodes(a.astype(unsigned), b.astype(unsigned))


def _keep_phases(nodes: Nodes) -> Nodes:
    """Drop repeats, and of each a all but the first shifts."""
    nodes = nodes[np.sort(np.unique(nodes.row_keys(), return_index=True)[1])]
    keys = Nodes(nodes.a, np.zeros_like(nodes.b)).row_keys()
    _, group = np.unique(keys, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
    ranks = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return nodes[np.sort(order[ranks < _PHASES])]
