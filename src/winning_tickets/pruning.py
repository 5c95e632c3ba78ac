"""Pruning by magnitude: of the wide network, or of many draws, the nodes of largest |w*|."""

from __future__ import annotations

import numpy as np

from .field import index_to_digits, smallest_unsigned
from .inputs import check_count
from .problem import Problem
from .samplers.base import Nodes
from .samplers.enumeration import enumerate_energies
from .selection import distinct_nodes

# Energies are compared in units of this share of the largest: nodes that compute the same function
# have the same weight but for rounding, which differs between machines.
_UNIT = 1e-9


def prune_network(problem: Problem, count: int) -> Nodes:
    """Keep the nodes of largest optimal weight out of all P^(D+1).

    Parameters
    ----------
    problem : Problem
        A problem with one output and no prior, whose P^(D+1) weights fit in memory.
    count : int
        Ticket size N, at least 1.

    Returns
    -------
    Nodes
        min(N, P^(D+1)) distinct nodes by falling |w*|; of equal ones the first in lexicographic
        order.

    Raises
    ------
    ValueError
        If ``count`` is out of range.
    """
    check_count(count, "count", 1)
    kept = _heaviest(enumerate_energies(problem), count)
    modulus = problem.modulus
    return Nodes(
        index_to_digits(kept // modulus, modulus, problem.dimension),
        (kept % modulus).astype(smallest_unsigned(modulus)),
    )


def prune_candidates(problem: Problem, candidates: Nodes, count: int) -> Nodes:
    """Keep the candidates of largest optimal weight.

    Parameters
    ----------
    problem : Problem
        A problem without a prior.
    candidates : Nodes
        Nodes from any sampler, at least one; repeats are dropped first.
    count : int
        Ticket size N, at least 1.

    Returns
    -------
    Nodes
        N distinct candidates by falling |w*|, fewer if there are no more; of equal ones the first.

    Raises
    ------
    ValueError
        If ``count`` is out of range, or a candidate is.
    """
    distinct = distinct_nodes(candidates, max(1, len(candidates)))
    check_count(count, "count", 1)
    return distinct[_heaviest(problem.node_energy(distinct.a, distinct.b), count)]


def _heaviest(energies: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the largest energies, by falling energy and then by place."""
    units = np.round(energies / (_UNIT * max(energies.max(initial=0.0), np.finfo(float).tiny)))
    return np.argsort(-units, kind="stable")[:count]
