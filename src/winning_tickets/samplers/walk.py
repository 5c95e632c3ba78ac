"""The walk of `spectral` over the suffix trie, in NumPy, and the choice of the backend.

The walk draws the entries c_1..c_r (in the order of the levels, from the leaves to the root) and
then b, for all nodes of a batch at once. Every group of points carries its partial sum
V = sum_m h_m omega^(-s_m), s_m the running inner product k.x_m, without the phase of its first
point: so a group that stays alone at a level needs no work there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..field import reduce_modulo, smallest_unsigned
from ..problem import Problem
from .base import activation_shifts, choose_columns, choose_shifts, use_numba
from .trie import Level

Walk = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

# Points times nodes handled at a time, so that temporaries stay in cache.
_TILE_ENTRIES = 1 << 15
_TILE_LIMITS = (8, 256)


def make_walk(problem: Problem, weights: np.ndarray, levels: list[Level], backend: str) -> Walk:
    """Return the function that walks the trie.

    Parameters
    ----------
    problem : Problem
        A problem with one output.
    weights : numpy.ndarray of float64, shape (M',)
        h at the points, in the order of the trie.
    levels : list of Level
        The trie, in the order of drawing.
    backend : {"auto", "numba", "numpy"}
        "auto" takes Numba where it is installed.

    Returns
    -------
    callable
        Takes products (M', n) congruent to a.x_m, v (n,) and uniforms (r + 1, n); returns
        c (r, n), root first, and b (n,).

    Raises
    ------
    ValueError
        For an unknown backend.
    """
    if not use_numba(backend):
        return NumpyWalk(problem, weights, levels)
    from .walk_numba import NumbaWalk  # loading the compiler is worth it only here

    return NumbaWalk(problem, weights, levels)


def running_type(modulus: int) -> np.dtype:
    """Return the unsigned type in which the sum of two residues does not overflow."""
    return np.min_scalar_type(2 * modulus)


class NumpyWalk:
    """The walk in plain NumPy; arrays have one row a point or group and one column a node.

    Parameters
    ----------
    problem : Problem
        A problem with one output.
    weights : numpy.ndarray of float64, shape (M',)
        h at the points, in the order of the trie.
    levels : list of Level
        The trie, in the order of drawing.
    """

    def __init__(self, problem: Problem, weights: np.ndarray, levels: list[Level]) -> None:
        self._problem = problem
        self._weights = weights
        self._shifts = activation_shifts(problem.activation)
        modulus = problem.modulus
        self._residues = np.arange(modulus)
        angles = np.outer(self._residues, self._residues) % modulus
        self._fourier = np.exp(-2j * np.pi * angles / modulus)
        self._phases = self._fourier[1]
        self._levels = [(level, _make_scores(level, self._fourier)) for level in levels]
        self._inner = sum(len(level.start) - 1 for level in levels)

    def __call__(
        self, products: np.ndarray, v: np.ndarray, uniforms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Walk the trie for every column of ``products``; see `make_walk`."""
        size, count = products.shape
        c = np.empty((len(self._levels), count), dtype=np.int64)
        b = np.empty(count, dtype=smallest_unsigned(self._problem.modulus))
        low, high = _TILE_LIMITS
        tile = min(high, max(low, _TILE_ENTRIES // size))
        for start in range(0, count, tile):
            nodes = slice(start, start + tile)
            running = self._start(products[:, nodes], v[nodes])
            c[:, nodes] = self._descend(running, uniforms[:, nodes])
            b[nodes] = self._choose_b(running, v[nodes], uniforms[-1, nodes])
        return c[::-1], b

    def _start(self, products: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return v a.x_m mod P, the running inner products before the first level."""
        modulus = self._problem.modulus
        residues = reduce_modulo(products.copy(), modulus)
        if modulus > 2048:  # the product of two residues must stay exact in float32
            residues = residues.astype(np.float64)
        residues *= v
        return reduce_modulo(residues, modulus).astype(running_type(modulus))

    def _descend(self, running: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        modulus = self._problem.modulus
        nodes = running.shape[1]
        sums = np.empty((self._inner, nodes), dtype=complex)
        energy = np.full(nodes, self._problem.norm_squared)
        chosen = np.empty((len(self._levels), nodes), dtype=np.int64)
        for row, (level, scores) in enumerate(self._levels):
            values = self._children(level, running, sums)
            marginal = np.maximum(scores(values, energy), 0.0)
            c = choose_columns(marginal, uniforms[row])
            energy = np.take_along_axis(marginal, c[None], axis=0)[0]
            steps = (self._residues[:, None] * c % modulus).astype(running.dtype)
            running += steps[level.column]
            # In unsigned arithmetic the smaller of s and s - P is s mod P.
            np.minimum(running, running - running.dtype.type(modulus), out=running)
            self._merge(level, values, c, running, sums)
            chosen[row] = c
        return chosen

    def _children(self, level: Level, running: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Return every child's partial sum with the phase of its first point."""
        size = len(self._weights)
        values = self._phases[running[level.first]]
        leaf = level.child < size
        values[leaf] *= self._weights[level.child[leaf], None]
        values[~leaf] *= sums[level.child[~leaf] - size]
        return values

    def _merge(
        self,
        level: Level,
        values: np.ndarray,
        c: np.ndarray,
        running: np.ndarray,
        sums: np.ndarray,
    ) -> None:
        """Add up the children of each group, then take off the phase of its first point."""
        groups = len(level.start) - 1
        if groups == 0:
            return
        values *= self._fourier[c].T[level.residue]
        merged = sums[level.offset : level.offset + groups]
        np.add.reduceat(values, level.start[:-1], axis=0, out=merged)
        merged *= self._phases[running[level.first[level.start[:-1]]]].conj()

    def _choose_b(self, running: np.ndarray, v: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Draw b from u(a, b)^2, u(a, .) the correlation of the points' histogram with g."""
        modulus = self._problem.modulus
        nodes = running.shape[1]
        place = running + np.arange(nodes, dtype=np.int32) * np.int32(modulus)
        sums = np.bincount(
            place.reshape(-1),
            weights=np.repeat(self._weights, nodes),
            minlength=nodes * modulus,
        ).reshape(nodes, modulus)
        # The running products are k.x = v a.x, so the histogram of a.x is read at v t.
        histogram = np.take_along_axis(sums, np.outer(v, self._residues) % modulus, axis=1)
        scaled = self._shifts @ histogram.T
        return choose_shifts(scaled, self._problem.negligible, uniforms)


def _make_scores(level: Level, fourier: np.ndarray) -> Callable[..., np.ndarray]:
    """Return the function from children's sums to the P marginals of a level.

    Where groups are full, a P-point Fourier transform of each, as one matrix product, is fastest;
    where most have two children, the products of pairs are.
    """
    modulus = len(fourier)
    sizes = np.diff(level.start)
    groups = len(sizes)
    if groups == 0:
        return lambda values, energy: np.tile(energy, (modulus, 1))
    group = np.repeat(np.arange(groups), sizes)
    pairs = int(np.sum(sizes * (sizes - 1) // 2))
    if pairs > groups * modulus // 2:
        return _DenseScores(level.residue, group, groups, fourier)
    return _PairScores(level, group, fourier)


class _DenseScores:
    """|V[c]|^2 of every group, plus the energy of the groups with a single child."""

    def __init__(
        self, residue: np.ndarray, group: np.ndarray, groups: int, fourier: np.ndarray
    ) -> None:
        self._residue, self._group, self._groups = residue, group, groups
        self._fourier = fourier

    def __call__(self, values: np.ndarray, energy: np.ndarray) -> np.ndarray:
        modulus, nodes = len(self._fourier), values.shape[1]
        table = np.zeros((modulus, self._groups, nodes), dtype=complex)
        table[self._residue, self._group] = values
        sums = (self._fourier @ table.reshape(modulus, -1)).view(float)
        sums = sums.reshape(modulus, self._groups, nodes, 2)
        inside = np.einsum("pgnc,pgnc->pn", sums, sums)
        # By Parseval the mean over c is the energy of these groups; the rest is constant.
        return inside + np.maximum(energy - inside.mean(axis=0), 0.0)


class _PairScores:
    """The same marginals through products of the children of each group."""

    def __init__(self, level: Level, group: np.ndarray, fourier: np.ndarray) -> None:
        # Child i pairs with every later child of its group.
        later = level.start[group + 1] - np.arange(len(group)) - 1
        self._left = np.repeat(np.arange(len(group)), later)
        ends = np.cumsum(later)
        self._right = self._left + 1 + np.arange(len(self._left)) - (ends - later)[self._left]
        gap = level.residue[self._right] - level.residue[self._left]
        order = np.argsort(gap, kind="stable")
        self._left, self._right = self._left[order], self._right[order]
        gaps, self._start = np.unique(gap[order], return_index=True)
        self._columns = fourier[:, gaps].conj()

    def __call__(self, values: np.ndarray, energy: np.ndarray) -> np.ndarray:
        products = values[self._left]
        products *= values[self._right].conj()
        correlation = np.add.reduceat(products, self._start, axis=0)
        return energy + 2 * (self._columns @ correlation).real
