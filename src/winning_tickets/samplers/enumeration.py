"""The conventional sampler: enumerate every hidden node, then draw from the table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..field import InnerProducts, index_to_digits, reduce_modulo, smallest_unsigned
from ..problem import Problem
from .base import Nodes, Sampler, activation_shifts, choose_index, use_numba

# Inner products held at a time while the table is filled; keeps the work inside the cache.
_CHUNK_ENTRIES = 1 << 16


class EnumerationSampler(Sampler):
    """Compute all P^(D+1) optimal weights once, then make categorical draws.

    Parameters
    ----------
    problem : Problem
        A problem with one output whose table fits in memory (see `memory_required`).
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who fills the histograms; "auto" takes Numba where it is installed.

    Notes
    -----
    Preparation takes O(M' D P^D + P^(D+2)) operations and P^(D+1) numbers. All b of one a come
    from one histogram of the inner products: u(a, .) is its cyclic correlation with g
    (docs/method.md, section 3).
    """

    name = "enumeration"

    def __init__(self, problem: Problem, backend: str = "auto") -> None:
        super().__init__(problem)
        self._cumulative = np.cumsum(enumerate_energies(problem, backend))
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


def enumerate_energies(problem: Problem, backend: str = "auto") -> np.ndarray:
    """Return u(a, b)^2 for every hidden node.

    Parameters
    ----------
    problem : Problem
        A problem with one output; its P^(D+1) energies must fit in memory.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who fills the histograms; both give the same numbers, bit for bit.

    Returns
    -------
    numpy.ndarray of float64, shape (P^(D+1),)
        Nodes in lexicographic order of a, then b; the sum is P^D ||h||^2.
    """
    modulus, size = problem.modulus, problem.support_size
    count_weights = _compiled_histogram() if use_numba(backend) else histogram
    products = InnerProducts(problem.support_points, modulus)
    shifts = activation_shifts(problem.activation).T
    weights = problem.support_weights[:, 0]
    total = modulus**problem.dimension
    energies = np.empty((total, modulus))
    step = max(1, _CHUNK_ENTRIES // size)
    for start in range(0, total, step):
        index = np.arange(start, min(start + step, total))
        unreduced = products.unreduced(index_to_digits(index, modulus, problem.dimension))
        scaled = count_weights(unreduced, weights, modulus) @ shifts
        scaled[np.abs(scaled) <= problem.negligible] = 0.0
        np.square(scaled, out=energies[start : start + step])
    return energies.reshape(-1)


def histogram(products: np.ndarray, weights: np.ndarray, modulus: int) -> np.ndarray:
    """Sum the weights of the points with each residue.

    Parameters
    ----------
    products : numpy.ndarray of float, shape (M, n)
        Whole numbers congruent to x_m.a_n; overwritten.
    weights : numpy.ndarray of float64, shape (M,)
        One weight a point.
    modulus : int
        The modulus P.

    Returns
    -------
    numpy.ndarray of float64, shape (n, P)
        H[n, t] = sum of weights[m] over points with residue t.
    """
    count = products.shape[1]
    places = reduce_modulo(products, modulus).astype(np.intp)
    places += np.arange(0, count * modulus, modulus)
    sums = np.bincount(
        places.reshape(-1), weights=np.repeat(weights, count), minlength=count * modulus
    )
    return sums.reshape(count, modulus)


def _compiled_histogram() -> Callable[..., np.ndarray]:
    from . import enumeration_numba  # loading the compiler is worth it only here

    return enumeration_numba.histogram
