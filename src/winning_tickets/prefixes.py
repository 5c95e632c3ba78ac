"""Tickets of several sizes from one draw: the prefixes of its nodes, trained together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from .field import InnerProducts
from .problem import Problem, check_nodes
from .risk import share_missed
from .samplers.base import Nodes
from .subnetwork import RANK_TOLERANCE, Subnetwork

# Triangles better conditioned than this have full rank for certain.
_SAFE_CONDITION = 1e-8


class PrefixTrainer:
    """Trains many tickets on one dataset, each at several sizes.

    Parameters
    ----------
    problem : Problem
        The data.

    Notes
    -----
    One QR decomposition of the weighted features beside the weighted targets serves all sizes:
    its leading columns hold that of each prefix, and the rows below belong to the residual.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._products = InnerProducts(problem.points, problem.modulus)
        self._scale = np.sqrt(problem.shares)[:, None]
        self._wanted = problem.values * self._scale
        self._total = float(np.sum(self._wanted**2))

    def train(self, nodes: Nodes, sizes: Sequence[int]) -> list[tuple[Subnetwork, float]]:
        """Train the output layers of a ticket's prefixes.

        Parameters
        ----------
        nodes : Nodes
            The hidden nodes of the largest ticket.
        sizes : sequence of int
            Numbers of nodes, from 1 to ``len(nodes)``.

        Returns
        -------
        list of (Subnetwork, float)
            For each size n the network on the first n nodes, and its relative risk; both agree
            with `fit_subnetwork` without penalty up to rounding.

        Raises
        ------
        ValueError
            If a size or a node is out of range.
        """
        if min(sizes) < 1 or max(sizes) > len(nodes):
            raise ValueError(f"sizes: {list(sizes)} must lie in 1..{len(nodes)}, the nodes drawn")
        count = max(sizes)
        triangle = self._decompose(nodes[:count])
        fits = []
        for size in sizes:
            weights, unexplained = _solve(triangle, size, count)
            weights = weights[:, 0] if self.problem.outputs == 1 else weights
            network = Subnetwork(self.problem, nodes[:size], weights)
            fits.append((network, share_missed(unexplained, self._total)))
        return fits

    def _decompose(self, nodes: Nodes) -> np.ndarray:
        """Return R of the QR decomposition of (features, targets), rows weighted by sqrt(p)."""
        problem = self.problem
        a, b = check_nodes(nodes.a, nodes.b, problem.modulus, problem.dimension)
        responses = self._products.responses(problem.activation, a, b)
        columns = np.empty((len(problem.points), len(nodes) + problem.outputs), order="F")
        np.multiply(responses, self._scale, out=columns[:, : len(nodes)])
        columns[:, len(nodes) :] = self._wanted
        # LAPACK itself: scipy.linalg.qr copies and clears all rows, most of its time on tall ones.
        lapack = scipy.linalg.lapack
        lwork = int(lapack.dgeqrf_lwork(*columns.shape)[0])
        factors = lapack.dgeqrf(columns, lwork=lwork, overwrite_a=True)[0]
        return np.triu(factors[: columns.shape[1]])


def count_unique(nodes: Nodes, sizes: Sequence[int]) -> list[int]:
    """Return how many nodes of each prefix are distinct."""
    first = np.unique(nodes.row_keys(), return_index=True)[1]
    return [int(np.count_nonzero(first < size)) for size in sizes]


def _solve(triangle: np.ndarray, size: int, count: int) -> tuple[np.ndarray, float]:
    """Return the weights of a prefix and the squares it leaves, from R of (features, targets)."""
    rows = min(size, len(triangle))
    matrix, wanted = triangle[:rows, :size], triangle[:rows, count:]
    below = float(np.sum(triangle[rows:, count:] ** 2))
    if rows == size and scipy.linalg.lapack.dtrcon(matrix)[0] > _SAFE_CONDITION:
        return scipy.linalg.solve_triangular(matrix, wanted, check_finite=False), below
    # Complete orthogonal factorization: least norm like singular values, in half the time.
    weights = scipy.linalg.lstsq(
        matrix, wanted, cond=RANK_TOLERANCE, check_finite=False, lapack_driver="gelsy"
    )[0]
    return weights, below + float(np.sum((matrix @ weights - wanted) ** 2))
