"""The risk of pruned tickets on targets without structure (docs/pruning.md).

The law of `winning_tickets.law`, with two things put right: kappa is that of the nodes kept, the
tail of a Gaussian instead of its whole; and N is the number of different functions among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...field import inverses
from ...law import law_risk
from ...problem import Problem

# Standard Gaussian |z| by a fine grid: beyond 9 there is nothing for any table that fits.
_EDGES = np.linspace(0.0, 9.0, 18_001)
_Z = (_EDGES[1:] + _EDGES[:-1]) / 2
_MASS = np.exp(-(_Z**2) / 2)
_MASS /= _MASS.sum()


@dataclass(frozen=True)
class Cell:
    """What the prediction needs to know of a problem.

    Attributes
    ----------
    points : int
        M.
    functions : float
        Different functions on the data, up to the sign, that hidden nodes compute.
    copies : float
        Nodes that compute each of them.
    """

    points: int
    functions: float
    copies: float

    @classmethod
    def of(cls, problem: Problem) -> Cell:
        """Return the cell of a problem: copies by the span of the data and by the activation."""
        modulus, dimension = problem.modulus, problem.dimension
        rank = affine_rank(problem.points, modulus)
        same = function_copies(problem.activation)
        functions = float(modulus) ** (rank + 1) / same
        return cls(len(problem.points), functions, float(modulus) ** (dimension - rank) * same)


def affine_rank(points: np.ndarray, modulus: int) -> int:
    """Return the dimension of the smallest affine subspace of Z_P^D that holds the points.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Coordinates 0..P-1.
    modulus : int
        The modulus P.

    Returns
    -------
    int
        At most D and at most M - 1: the rank modulo P of the differences.
    """
    rows = (points[1:].astype(np.int64) - points[0]) % modulus
    inverse, rank = inverses(modulus), 0
    for column in range(rows.shape[1]):
        pivots = np.flatnonzero(rows[rank:, column])
        if pivots.size:
            rows[[rank, rank + pivots[0]]] = rows[[rank + pivots[0], rank]]
            pivot = rows[rank] * int(inverse[rows[rank, column]]) % modulus
            below = rows[rank + 1 :]
            below -= below[:, [column]] * pivot
            below %= modulus
            rank += 1
    return rank


def function_copies(activation: np.ndarray) -> int:
    """Return how many pairs (v, s) turn the activation into itself, up to the sign.

    Parameters
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g, of norm 1.

    Returns
    -------
    int
        Pairs with g(v t - s) = +-g(t) for all t: 1 for relu, 2 where g is odd or even about
        some residue.
    """
    modulus = len(activation)
    v, s, t = np.ogrid[1:modulus, :modulus, :modulus]
    overlaps = np.abs(activation[(v * t - s) % modulus] @ activation)
    return int(np.sum(overlaps > 1 - 1e-9))


def predicted_risk(cell: Cell, way: str, nodes: int, factor: int) -> float:
    """Return the mean relative risk expected of a ticket on a target without structure.

    Parameters
    ----------
    cell : Cell
        The problem.
    way : str
        "uniform", "drawn" (from p*), "pruned_draws" or "pruned_network".
    nodes : int
        N.
    factor : int
        Draws per node c of "pruned_draws".

    Returns
    -------
    float
        The law's risk at the expected number of different functions kept and their mean of
        z^2; NaN for other ways.
    """
    every = cell.functions * cell.copies
    if way == "uniform":
        functions = cell.functions * -np.expm1(-nodes / cell.functions)
        return float(law_risk(functions / cell.points, 1.0))
    if way == "pruned_network":
        held = _tail(nodes / every)
    elif way == "drawn":
        held = -np.expm1(-nodes * _Z**2 / cell.functions)
    elif way == "pruned_draws":
        drawn = -np.expm1(-factor * nodes * _Z**2 / every)
        kept = _largest(drawn, nodes / every)
        # The same threshold for functions.
        held = np.where(kept > 0, -np.expm1(-factor * nodes * _Z**2 / cell.functions), 0.0)
    else:
        return float("nan")
    if held @ _MASS * cell.functions < 1:
        held = _tail(1 / cell.functions)
    share = float(held @ _MASS)
    concentration = float((held * _Z**2) @ _MASS) / share
    return float(law_risk(cell.functions * share / cell.points, concentration))


def _tail(share: float) -> np.ndarray:
    """Return the part of every |z| that lies among the largest, ``share`` of all."""
    return _largest(np.ones_like(_Z), share)


def _largest(part: np.ndarray, share: float) -> np.ndarray:
    """Return what is left of parts of |z| when only the largest, ``share`` of all, are kept."""
    mass = part * _MASS
    above = np.cumsum(mass[::-1])[::-1]
    kept = np.clip((share - (above - mass)) / np.maximum(mass, 1e-300), 0.0, 1.0)
    return part * np.where(mass > 0, kept, 0.0)
