"""The walk of `spectral` over the suffix trie, in NumPy, and the choice of the backend.

The walk draws the entries c_1..c_r (in the order of the levels, from the leaves to the root) and
then b, for all nodes of a batch at once. Every group of points carries its partial sum
V = sum_m h_m omega^(-s_m), s_m the running inner product k.x_m, without the phase of its first
point: so a group that stays alone at a level needs no work there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol

import numpy as np
import scipy

from ..backends import for_each, use_numba
from ..field import reduce_modulo, smallest_unsigned
from ..problem import Problem
from .base import (
    MAX_TABLE_MODULUS,
    activation_shifts,
    choose_columns,
    choose_shifts,
)
from .fft import ActivationSpectrum
from .trie import Level

# Points times nodes handled at a time, so that temporaries stay in cache.
_TILE_ENTRIES = 1 << 16
_TILE_LIMITS = (8, 256)
# P times nodes handled at a time, at most.
_TILE_RESIDUES = 1 << 17
# Groups whose sums by `reduceat` take as long as one step of sums over all groups at a time.
_GROUPS_A_STEP = 8
# Entries of the arrays of pairs, or of transformed groups, that a level is scored by at a time.
_PIECE_ENTRIES = 1 << 17


class Walk(Protocol):
    """What walks the trie for the nodes of a batch, shared out among threads; see `make_walk`."""

    def __call__(
        self, residues: np.ndarray, v: np.ndarray, uniforms: np.ndarray, threads: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return c and b."""
        ...


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
        "auto" takes Numba where it is installed. Beyond `MAX_TABLE_MODULUS` the transforms are
        most of the work, and NumPy does the rest.

    Returns
    -------
    callable
        Takes residues a.x_m mod P (M', n), v (n,), uniforms (r + 1, n) and the number of threads;
        returns c (r, n), root first, and b (n,). Several threads may call it at a time.

    Raises
    ------
    ValueError
        For an unknown backend.
    """
    if not use_numba(backend) or problem.modulus > MAX_TABLE_MODULUS:
        return NumpyWalk(problem, weights, levels)
    from .walk_numba import NumbaWalk  # loading the compiler is worth it only here

    return NumbaWalk(problem, weights, levels)


def running_type(modulus: int) -> np.dtype:
    """Return the unsigned type in which the sum of two residues does not overflow."""
    return np.min_scalar_type(2 * modulus)


def walk_memory(modulus: int, size: int) -> int:
    """Return the bytes that a walk over the trie of M' points may take, whoever walks.

    Parameters
    ----------
    modulus, size : int
        P and M'.

    Returns
    -------
    int
        An upper bound: what it takes depends on how the points share their coordinates.
    """
    nodes = _tile(modulus, size)
    numpy = nodes * (192 * modulus + 96 * size) + 64 * (size + _PIECE_ENTRIES)
    if modulus > MAX_TABLE_MODULUS:
        return numpy
    # 64 nodes at a time: sums and, twice, children of two numbers; running inner products.
    numba = (3 * 1024 + 128) * size + 5120 * modulus
    return 64 * modulus**2 + max(numba, numpy)


def _tile(modulus: int, size: int) -> int:
    """Return how many nodes to handle at a time."""
    low, high = _TILE_LIMITS
    return min(high, max(low, _TILE_ENTRIES // size), max(1, _TILE_RESIDUES // modulus))


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
        modulus = problem.modulus
        self._residues = np.arange(modulus)
        self._phases = _roots(modulus, self._residues)
        self._tile = _tile(modulus, len(weights))
        self._correlate = _make_correlation(problem.activation)
        fourier = _make_fourier(modulus, max(1, _PIECE_ENTRIES // self._tile))
        self._levels = [
            (_Children(level, weights), _make_scores(level, fourier)) for level in levels
        ]
        self._inner = sum(len(level.start) - 1 for level in levels)

    def __call__(
        self, residues: np.ndarray, v: np.ndarray, uniforms: np.ndarray, threads: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Walk the trie for every column of ``residues``; see `make_walk`."""
        count = residues.shape[1]
        c = np.empty((len(self._levels), count), dtype=np.int64)
        b = np.empty(count, dtype=smallest_unsigned(self._problem.modulus))

        def walk(nodes: slice) -> None:
            running = self._start(residues[:, nodes], v[nodes])
            c[:, nodes] = self._descend(running, uniforms[:, nodes])
            b[nodes] = self._choose_b(running, v[nodes], uniforms[-1, nodes])

        tiles = [slice(n, n + self._tile) for n in range(0, count, self._tile)]
        for_each(walk, tiles, threads)
        return c[::-1], b

    def _start(self, residues: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return v a.x_m mod P, the running inner products before the first level."""
        modulus = self._problem.modulus
        # The product of two residues must stay exact.
        products = residues.astype(np.float32 if modulus <= 2048 else np.float64)
        products *= v
        return reduce_modulo(products, modulus).astype(running_type(modulus))

    def _descend(self, running: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        modulus = self._problem.modulus
        nodes = running.shape[1]
        sums = np.empty((self._inner, nodes), dtype=complex)
        energy = np.full(nodes, self._problem.norm_squared)
        chosen = np.empty((len(self._levels), nodes), dtype=np.int64)
        nodewise = np.arange(nodes)
        for row, (children, scores) in enumerate(self._levels):
            level = children.level
            values = children.values(self._phases, running, sums)
            marginal = np.maximum(scores(values, energy), 0.0)
            c = choose_columns(marginal, uniforms[row])
            energy = marginal[c, nodewise]
            steps = self._residues[:, None] * c % modulus
            running += steps.astype(running.dtype)[level.column]
            # In unsigned arithmetic the smaller of s and s - P is s mod P.
            np.minimum(running, running - running.dtype.type(modulus), out=running)
            values *= self._phases[steps].take(level.residue, axis=0)
            children.merge(values, self._phases, running, sums)
            chosen[row] = c
        return chosen

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
        scaled = self._correlate(histogram)
        return choose_shifts(scaled, self._problem.negligible, uniforms)


class _Children:
    """The children of a level, with what does not depend on the nodes."""

    def __init__(self, level: Level, weights: np.ndarray) -> None:
        self.level = level
        groups = level.child - len(weights)
        self._inner = np.flatnonzero(groups >= 0)
        self._groups = groups[self._inner]
        self._factors = np.ones((len(groups), 1))
        leaves = groups < 0
        self._factors[leaves, 0] = weights[level.child[leaves]]
        self._start = level.start[:-1]
        sizes = np.diff(level.start)
        most = int(sizes.max(initial=0))
        self._steps: list[tuple[np.ndarray, np.ndarray]] | None = None
        if _GROUPS_A_STEP * most <= len(sizes):
            larger = (np.flatnonzero(sizes > place) for place in range(1, most))
            self._steps = [
                (groups, self._start[groups] + place) for place, groups in enumerate(larger, 1)
            ]

    def values(self, phases: np.ndarray, running: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Return every child's partial sum with the phase of its first point."""
        # All are in range; "clip" spares the check for negative ones.
        values = phases.take(running.take(self.level.first, axis=0), mode="clip")
        # Both parts of a complex number by the same real one.
        parts = values.view(np.float64)
        parts *= self._factors
        if len(self._inner):
            values[self._inner] *= sums[self._groups]
        return values

    def merge(
        self, values: np.ndarray, phases: np.ndarray, running: np.ndarray, sums: np.ndarray
    ) -> None:
        """Add up the children of each group, then take off the phase of its first point."""
        groups = len(self._start)
        if groups == 0:
            return
        merged = sums[self.level.offset : self.level.offset + groups]
        if self._steps is None:
            np.add.reduceat(values, self._start, axis=0, out=merged)
        else:
            values.take(self._start, axis=0, out=merged, mode="clip")
            for larger, children in self._steps:
                merged[larger] += values[children]
        merged *= phases[running[self.level.first[self._start]]].conj()


def _make_correlation(activation: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function from histograms of a.x, (n, P), to u(a, b) for all b, (P, n)."""
    if len(activation) > MAX_TABLE_MODULUS:
        return ActivationSpectrum(activation).correlate
    shifts = activation_shifts(activation)
    return lambda histograms: shifts @ histograms.T


def _roots(modulus: int, exponents: np.ndarray) -> np.ndarray:
    """Return omega to the power of minus the exponents, which lie in 0..P-1."""
    return np.exp(-2j * np.pi * exponents / modulus)


class _FourierTable:
    """Transforms over the residues along the first axis, by their table of P x P phases.

    ``rows`` is how many rows those who transform hold at a time.
    """

    def __init__(self, modulus: int, rows: int) -> None:
        residues = np.arange(modulus)
        self.modulus, self.rows = modulus, rows
        self._table = _roots(modulus, np.outer(residues, residues) % modulus)

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Return sum_t values[t] omega^(-c t) for every c."""
        return self._table @ values

    def real_sums(self, places: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return the function from values at some residues to Re sum values[t] omega^(c t)."""
        columns = self._table[:, places].conj()
        return lambda values: (columns @ values).real


class _FourierTransform:
    """The same by fast transforms, in memory of the order P."""

    def __init__(self, modulus: int, rows: int) -> None:
        self.modulus, self.rows = modulus, rows

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Return sum_t values[t] omega^(-c t) for every c."""
        return scipy.fft.fft(values, axis=0)

    def real_sums(self, places: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return the function from values at some residues to Re sum values[t] omega^(c t)."""

        def transform(values: np.ndarray) -> np.ndarray:
            every = np.zeros((self.modulus, values.shape[1]), dtype=complex)
            every[places] = values
            return scipy.fft.ifft(every, axis=0, norm="forward", overwrite_x=True).real

        return transform


_Fourier = _FourierTable | _FourierTransform


def _make_fourier(modulus: int, rows: int) -> _Fourier:
    kind = _FourierTable if modulus <= MAX_TABLE_MODULUS else _FourierTransform
    return kind(modulus, rows)


Scores = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _make_scores(level: Level, fourier: _Fourier) -> Scores:
    """Return the function from children's sums and the energy so far to the P marginals of a level.

    A group with more than P / 2 pairs of children is scored by its transform of length P, any other
    by its pairs.
    """
    sizes = np.diff(level.start).astype(np.int64)
    if len(sizes) == 0:
        return lambda values, energy: np.tile(energy, (fourier.modulus, 1))
    full = sizes * (sizes - 1) // 2 > fourier.modulus // 2
    if full.all() or not full.any():
        kind = _DenseScores if full.all() else _PairScores
        return kind(level.residue, sizes, fourier)
    inside = np.repeat(full, sizes)
    dense = _DenseScores(level.residue[inside], sizes[full], fourier)
    pairs = _PairScores(level.residue[~inside], sizes[~full], fourier)
    return lambda values, energy: pairs(values[~inside], dense(values[inside], energy))


class _DenseScores:
    """|V[c]|^2 of every group, plus the energy of everything else."""

    def __init__(self, residue: np.ndarray, sizes: np.ndarray, fourier: _Fourier) -> None:
        self._residue, self._sizes, self._fourier = residue, sizes, fourier
        self._starts = np.concatenate([[0], np.cumsum(sizes)])
        self._step = max(1, fourier.rows // fourier.modulus)

    def __call__(self, values: np.ndarray, energy: np.ndarray) -> np.ndarray:
        inside = np.zeros((self._fourier.modulus, values.shape[1]))
        for first in range(0, len(self._sizes), self._step):
            inside += self._powers(values, first, min(first + self._step, len(self._sizes)))
        # By Parseval the mean over c is the energy of these groups; the rest is constant.
        return inside + np.maximum(energy - inside.mean(axis=0), 0.0)

    def _powers(self, values: np.ndarray, first: int, last: int) -> np.ndarray:
        modulus, groups, nodes = self._fourier.modulus, last - first, values.shape[1]
        children = slice(self._starts[first], self._starts[last])
        group = np.repeat(np.arange(groups), self._sizes[first:last])
        table = np.zeros((modulus, groups, nodes), dtype=complex)
        table[self._residue[children], group] = values[children]
        sums = self._fourier.forward(table.reshape(modulus, -1)).view(float)
        sums = sums.reshape(modulus, groups, nodes, 2)
        return np.einsum("pgnc,pgnc->pn", sums, sums)


class _PairScores:
    """The same marginals through products of the children of each group."""

    def __init__(self, residue: np.ndarray, sizes: np.ndarray, fourier: _Fourier) -> None:
        self._residue, self._fourier = residue, fourier
        # Child i pairs with every later child of its group.
        self._later = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(residue)) - 1
        number = np.cumsum(self._later) // fourier.rows
        bounds = [0, *(np.flatnonzero(np.diff(number)) + 1), len(residue)]
        self._bounds = list(itertools.pairwise(bounds))
        # The indices of a single piece are kept, those of several are made anew for every tile.
        self._single = self._indices(*self._bounds[0]) if len(self._bounds) == 1 else None

    def __call__(self, values: np.ndarray, energy: np.ndarray) -> np.ndarray:
        for bounds in self._bounds:
            left, right, start, real_sums = self._single or self._indices(*bounds)
            products = values[left]
            products *= values[right].conj()
            energy = energy + 2 * real_sums(np.add.reduceat(products, start, axis=0))
        return energy

    def _indices(
        self, first: int, last: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, Callable]:
        """Return left and right children of all pairs whose left one is among some.

        They are in the order of the gap between their residues. With them come where each gap
        begins, and the function from sums for the gaps to their part of the marginals.
        """
        later = self._later[first:last]
        left = np.repeat(np.arange(first, last), later)
        before = np.repeat(np.cumsum(later) - later, later)
        right = left + 1 + np.arange(len(left)) - before
        gap = self._residue[right] - self._residue[left]
        order = np.argsort(gap, kind="stable")
        gaps, start = np.unique(gap[order], return_index=True)
        return left[order], right[order], start, self._fourier.real_sums(gaps)
