"""The conventional sampler: enumerate every hidden node, then draw from the table."""

from __future__ import annotations

import numpy as np

from ..field import InnerProducts, index_to_digits, reduce_modulo, smallest_unsigned
from ..problem import Problem
from .base import Nodes, Sampler, activation_shifts, choose_index

# Inner products held at a time while the table is filled; keeps the work inside the cache.
_CHUNK_ENTRIES = 1 << 16


class EnumerationSampler(Sampler):
    """Compute all P^(D+1) optimal weights once, then make categorical draws.

    Parameters
    ----------
    problem : Problem
        A problem with one output whose table fits in memory (see `memory_required`).

    Notes
    -----
    Preparation takes O(M' D P^D + P^(D+2)) operations and P^(D+1) numbers. All b of one a come
    from one histogram of the inner products: u(a, .) is its cyclic correlation with g
    (docs/method.md, section 3).
    """

    name = "enumeration"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._cumulative = np.cumsum(enumerate_energies(problem))
        self.report.array_entries = self._cumulative.size
        self.report.weight_evaluations = problem.modulus**problem.dimension * problem.support_size

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the table of energies and of its cumulative sums."""
        return 2 * 8 * problem.modulus ** (problem.dimension + 1)

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 20

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        modulus = self.problem.modulus
        node = choose_index(self._cumulative, rng.random(count))
        self.report.proposals += count
        return Nodes(
            index_to_digits(node // modulus, modulus, self.problem.dimension),
            (node % modulus).astype(smallest_unsigned(modulus)),
        )


def enumerate_energies(problem: Problem) -> np.ndarray:
    """Return u(a, b)^2 for every hidden node.

    Parameters
    ----------
    problem : Problem
        A problem with one output; its P^(D+1) energies must fit in memory.

    Returns
    -------
    numpy.ndarray of float64, shape (P^(D+1),)
        Nodes in lexicographic order of a, then b; the sum is P^D ||h||^2.
    """
    modulus, size = problem.modulus, problem.support_size
    products = InnerProducts(problem.support_points, modulus)
    shifts = activation_shifts(problem.activation).T
    weights = problem.support_weights[:, 0]
    total = modulus**problem.dimension
    energies = np.empty((total, modulus))
    step = max(1, _CHUNK_ENTRIES // size)
    for start in range(0, total, step):
        index = np.arange(start, min(start + step, total))
        residues = products.unreduced(index_to_digits(index, modulus, problem.dimension))
        histogram = weighted_histogram(reduce_modulo(residues, modulus), weights, modulus)
        scaled = histogram @ shifts
        scaled[np.abs(scaled) <= problem.negligible] = 0.0
        np.square(scaled, out=energies[start : start + step])
    return energies.reshape(-1)


def weighted_histogram(residues: np.ndarray, weights: np.ndarray, modulus: int) -> np.ndarray:
    """Sum the weights of the points with each residue.

    Parameters
    ----------
    residues : numpy.ndarray of float or int, shape (M, n)
        x_m.a_n mod P.
    weights : numpy.ndarray of float64, shape (M,)
        One weight a point.
    modulus : int
        The modulus P.

    Returns
    -------
    numpy.ndarray of float64, shape (n, P)
        H[n, t] = sum of weights[m] over points with residue t.
    """
    count = residues.shape[1]
    places = residues.astype(np.intp)  # the type that bincount would otherwise copy to
    places += np.arange(0, count * modulus, modulus)
    sums = np.bincount(
        places.reshape(-1), weights=np.repeat(weights, count), minlength=count * modulus
    )
    return sums.reshape(count, modulus)
