"""Better tickets than independent draws: a greedy choice from many candidates, and no repeats."""

from __future__ import annotations

import numpy as np
import scipy

from .inputs import check_count
from .problem import Problem, chunks
from .risk import RISK_FLOOR
from .samplers.base import Nodes
from .subnetwork import features

# A candidate that lies in the span of the chosen ones keeps less than this share of its energy.
_DEPENDENT = 1e-10
# Scores this close are equal: which is larger would be rounding, and differ between machines.
_TIE = 1e-9
# Rounds of exchange, the share of the ticket exchanged in each, the gain that justifies another.
_ROUNDS = 2
_EXCHANGED = 1 / 16
_WORTHWHILE = 1e-3


def select_greedy(
    problem: Problem, candidates: Nodes, count: int, *, rounds: int = _ROUNDS
) -> Nodes:
    """Keep the candidates that together explain the targets best, chosen greedily.

    Parameters
    ----------
    problem : Problem
        The data; every example counts, so points of larger share weigh more.
    candidates : Nodes
        Candidate nodes, c N of them, from any sampler. Repeats are dropped first.
    count : int
        Ticket size N, at least 1.
    rounds : int, default 2
        Most rounds of exchange after the greedy choice; 0 leaves it as it is.

    Returns
    -------
    Nodes
        N distinct candidates in the order chosen; fewer if there are not as many that are linearly
        independent on the data, or if fewer already fit the data exactly.

    Raises
    ------
    ValueError
        If ``count`` or ``rounds`` is out of range, there is no candidate, or one is out of range.

    Notes
    -----
    Orthogonal least squares (S. Chen, S. A. Billings, W. Luo, *Orthogonal least squares methods
    and their application to non-linear system identification*, Int. J. Control 50, 1989), the
    form of orthogonal matching pursuit that looks one step further: the next node is the one
    whose addition lowers sum_x p(x) |f(x) - prediction|^2 most, summed over outputs. Then rounds
    of exchange: N/16 more nodes are added in the same way, and as many dropped whose loss costs
    least. Equal scores are decided by the order of the candidates.

    The cost is linear in c: one product of the (c N x M) feature matrix with one vector per node
    added, about 2 c N^2 M (1 + rounds / 16) operations, and 8 c N M bytes. On one core, N = 64
    and M = 200: 0.01 s at c = 4 and 0.04 s at c = 64; `spectral` needs 0.017 s for the latter's
    candidates (docs/better_tickets.md).

    Examples
    --------
    >>> import winning_tickets as wt
    >>> from winning_tickets.selection import select_greedy
    >>> problem = wt.Problem([[0, 1], [2, 2], [1, 0]], [1.0, -2.0, 0.5], modulus=3)
    >>> candidates = wt.make_sampler("spectral", problem).sample(40, rng=0)
    >>> len(select_greedy(problem, candidates, 2))
    2
    """
    check_count(count, "count", 1)
    check_count(rounds, "rounds", 0)
    if len(candidates) == 0:
        raise ValueError("candidates: at least one node is needed")
    distinct = distinct_nodes(candidates, len(candidates))
    scale = np.sqrt(problem.shares)[:, None]
    columns = features(distinct, problem.points, problem)
    columns *= scale
    return distinct[select_columns(columns, problem.values * scale, count, rounds)]


def select_columns(
    columns: np.ndarray, targets: np.ndarray, count: int, rounds: int = _ROUNDS
) -> np.ndarray:
    """Choose columns of a matrix that together explain targets best, greedily.

    Parameters
    ----------
    columns : numpy.ndarray of float64, shape (M, K)
        What to choose from, one a column; overwritten.
    targets : numpy.ndarray of float64, shape (M, C)
        What to explain.
    count : int
        How many to choose, at least 1.
    rounds : int, default 2
        Most rounds of exchange.

    Returns
    -------
    numpy.ndarray of int64
        Places of the columns in the order chosen, at most ``count`` (see `select_greedy`).
    """
    pursuit = _Pursuit(columns, targets)
    pursuit.add(count)
    _exchange(pursuit, count, rounds)
    return np.array(pursuit.chosen, dtype=np.int64)


def distinct_nodes(nodes: Nodes, count: int) -> Nodes:
    """Keep the first nodes that differ from all before them.

    Parameters
    ----------
    nodes : Nodes
        Nodes, some perhaps repeated.
    count : int
        How many to keep at most, at least 1.

    Returns
    -------
    Nodes
        The first ``count`` distinct nodes in their order; all of them if there are fewer.

    Raises
    ------
    ValueError
        If ``count`` is not a whole number of at least 1.

    Notes
    -----
    Of independent draws this is sampling without replacement: each further node follows the
    distribution of the sampler, restricted to the nodes not yet held.
    """
    check_count(count, "count", 1)
    first = np.unique(nodes.row_keys(), return_index=True)[1]
    return nodes[np.sort(first)[:count]]


class _Pursuit:
    """Orthogonal least squares over fixed candidates, the columns of a matrix (M, K).

    Attributes
    ----------
    chosen : list of int
        Candidates chosen so far.
    residual : numpy.ndarray, shape (C, M)
        What the chosen ones leave of the targets.
    """

    def __init__(self, columns: np.ndarray, targets: np.ndarray) -> None:
        self.columns, self.targets = columns, targets
        own_energy = np.einsum("mk,mk->k", columns, columns)
        self._own_energy, self._least = own_energy, _DEPENDENT * own_energy
        self._exact = RISK_FLOOR * np.sum(targets**2)
        self.restart([])

    def restart(self, chosen: list[int]) -> None:
        """Begin again from given independent candidates, with nothing left of old rounding."""
        self.chosen = list(chosen)
        self.basis = np.zeros((len(self.columns), 0), order="F")
        self.residual = self.targets.T.copy()
        if chosen:
            self.basis = scipy.linalg.qr(self.columns[:, chosen], mode="economic")[0]
            self.residual -= (self.residual @ self.basis) @ self.basis.T
        self._correlation = self.residual @ self.columns
        # What is left of each candidate's energy beside the span of the chosen ones; infinite for
        # the chosen ones and for those inside the span, so that they never score.
        self._energy = self._own_energy.copy()
        for part in chunks(len(self._energy), max(1, len(chosen))):
            overlap = self.basis.T @ self.columns[:, part]
            self._energy[part] -= np.einsum("sk,sk->k", overlap, overlap)
        self._energy[chosen] = np.inf
        self._energy[self._energy <= self._least] = np.inf

    @property
    def loss(self) -> float:
        """Sum of squares of the residual."""
        return float(np.vdot(self.residual, self.residual))

    def add(self, count: int) -> None:
        """Choose up to ``count`` more candidates; fewer if the fit is exact or none is left."""
        size = self.basis.shape[1]
        basis = np.empty((len(self.columns), size + count), order="F")
        basis[:, :size] = self.basis
        for _ in range(count):
            best = self._best()
            if best is None:
                break
            direction = self.columns[:, best].copy()
            # Twice is enough for orthogonality to rounding.
            for _ in range(2):
                direction -= basis[:, :size] @ (direction @ basis[:, :size])
            direction /= np.linalg.norm(direction)
            basis[:, size] = direction
            size += 1
            self.chosen.append(best)
            self._remove(direction)
            self._energy[best] = np.inf
        self.basis = basis[:, :size]

    def _best(self) -> int | None:
        """Return the first candidate among those that lower the loss most."""
        if self.loss <= self._exact:
            return None
        scores = np.einsum("ck,ck->k", self._correlation, self._correlation)
        scores /= self._energy
        highest = scores.max()
        if highest == 0:
            return None
        return int((scores >= (1 - _TIE) * highest).argmax())

    def _remove(self, direction: np.ndarray) -> None:
        """Take a unit direction out of the residual and of all candidates."""
        share = self.residual @ direction
        self.residual -= np.outer(share, direction)
        overlap = direction @ self.columns
        self._correlation -= np.outer(share, overlap)
        self._energy -= overlap**2
        self._energy[self._energy <= self._least] = np.inf


def _exchange(pursuit: _Pursuit, count: int, rounds: int) -> None:
    """Add some candidates and drop as many that matter least, while that lowers the loss."""
    block = max(1, round(_EXCHANGED * count))
    for _ in range(rounds):
        loss, before = pursuit.loss, pursuit.chosen
        if len(before) < count:
            return
        pursuit.chosen = list(before)
        pursuit.add(block)
        kept = _drop(pursuit.columns[:, pursuit.chosen], pursuit.targets, count)
        pursuit.restart([pursuit.chosen[place] for place in kept])
        if pursuit.loss > loss:
            pursuit.restart(before)
        if pursuit.loss > (1 - _WORTHWHILE) * loss:
            return


def _drop(columns: np.ndarray, targets: np.ndarray, count: int) -> list[int]:
    """Drop columns one by one, always the one whose loss raises the sum of squares least.

    With the inverse Gram matrix V and the coefficients c, that rise is |c_i|^2 / V_ii.
    """
    basis, triangle = scipy.linalg.qr(columns, mode="economic")
    inverse = scipy.linalg.solve_triangular(triangle, np.eye(len(triangle)))
    coefficients, spread = inverse @ (basis.T @ targets), inverse @ inverse.T
    kept = list(range(len(triangle)))
    while len(kept) > count:
        rises = np.sum(coefficients**2, axis=1) / np.diag(spread)
        # Of equal rises the later one goes: it was chosen later.
        worst = int(np.flatnonzero(rises <= (1 + _TIE) * rises.min())[-1])
        column = spread[:, worst] / spread[worst, worst]
        coefficients = np.delete(coefficients - np.outer(column, coefficients[worst]), worst, 0)
        spread = spread - np.outer(column, spread[worst])
        spread = np.delete(np.delete(spread, worst, 0), worst, 1)
        del kept[worst]
    return kept
