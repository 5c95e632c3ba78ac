"""The walk of `spectral` over the suffix trie, compiled; `walk.NumpyWalk` is its definition.

Arrays have one row a point or group and `LANES` columns, one a node: every inner loop runs over
the nodes of a tile and compiles to vector instructions.
"""

from __future__ import annotations

import numpy as np

from ..compiled import compiled
from ..field import smallest_unsigned
from ..problem import Problem
from .base import activation_shifts
from .trie import Level

# Read from the arrays inside the kernels: a constant would be unrolled before it is vectorised.
LANES = 32


class NumbaWalk:
    """The compiled walk.

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
        modulus = problem.modulus
        self._problem = problem
        self._weights = weights
        self._shifts = activation_shifts(problem.activation)
        angles = 2 * np.pi * np.arange(modulus) / modulus
        self._phases = np.stack([np.cos(angles), -np.sin(angles)])
        self._levels = levels
        self._inner = sum(len(level.start) - 1 for level in levels)
        self._widest = max((len(level.child) for level in levels), default=0)

    def __call__(
        self, residues: np.ndarray, v: np.ndarray, uniforms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Walk the trie for every column of ``residues``; see `walk.make_walk`."""
        size, count = residues.shape
        modulus = self._problem.modulus
        c = np.empty((len(self._levels), count), dtype=np.int64)
        b = np.empty(count, dtype=np.int64)
        running = np.zeros((size, LANES), dtype=np.int32)
        sums = np.empty((self._inner, 2, LANES))
        children = np.empty((self._widest, 2, LANES))
        for start in range(0, count, LANES):
            nodes = slice(start, min(start + LANES, count))
            _start(residues[:, nodes], v[nodes], modulus, running)
            energy = np.full(LANES, self._problem.norm_squared)
            for row, level in enumerate(self._levels):
                c[row, nodes] = _level(
                    uniforms[row, nodes],
                    level.column,
                    level.child,
                    level.first,
                    level.residue,
                    level.start,
                    level.offset,
                    self._weights,
                    self._phases,
                    energy,
                    running,
                    sums,
                    children,
                )
            b[nodes] = _choose_b(
                running,
                v[nodes],
                uniforms[-1, nodes],
                self._weights,
                self._shifts,
                self._problem.negligible,
            )
        return c[::-1], b.astype(smallest_unsigned(modulus))


@compiled
def _start(residues, v, modulus, running):
    """Set the running inner products to v a.x_m mod P."""
    inverse = np.float32(1.0 / modulus)
    wrap = np.float32(modulus)
    half = np.float32(0.5)
    factors = v.astype(np.float32)
    for m in range(residues.shape[0]):
        row, moved = residues[m], running[m]
        for n in range(len(factors)):
            # Exact in 24 bits; half a step off the whole numbers, so that rounding crosses none.
            x = np.float32(row[n]) * factors[n]
            moved[n] = np.int32(x - wrap * np.floor((x + half) * inverse))


@compiled
def _level(
    uniforms,
    column,
    child,
    first,
    residue,
    start,
    offset,
    weights,
    phases,
    energy,
    running,
    sums,
    children,
):
    """Draw one entry of c for each node of the tile and move on by one level."""
    _children(child, first, weights, phases, running, sums, children)
    correlation = _pairs(residue, start, phases.shape[1], children)
    c = _choose(correlation, phases, uniforms, energy)
    _advance(column, c, phases.shape[1], running)
    _merge(first, residue, start, offset, c, phases, running, children, sums)
    return c


@compiled
def _children(child, first, weights, phases, running, sums, children):
    """Fill in every child's partial sum with the phase of its first point."""
    lanes = children.shape[2]
    size = len(weights)
    for i in range(len(child)):
        base, value = running[first[i]], children[i]
        if child[i] < size:
            weight = weights[child[i]]
            for n in range(lanes):
                value[0, n] = weight * phases[0, base[n]]
                value[1, n] = weight * phases[1, base[n]]
        else:
            inner = sums[child[i] - size]
            for n in range(lanes):
                p, q = phases[0, base[n]], phases[1, base[n]]
                value[0, n] = inner[0, n] * p - inner[1, n] * q
                value[1, n] = inner[0, n] * q + inner[1, n] * p


@compiled
def _pairs(residue, start, modulus, children):
    """Sum the products of pairs of children of one group by the distance of their residues."""
    lanes = children.shape[2]
    correlation = np.zeros((modulus, 2, LANES))
    for g in range(len(start) - 1):
        for i in range(start[g], start[g + 1]):
            left = children[i]
            for j in range(i + 1, start[g + 1]):
                right = children[j]
                total = correlation[residue[j] - residue[i]]
                for n in range(lanes):
                    total[0, n] += left[0, n] * right[0, n] + left[1, n] * right[1, n]
                    total[1, n] += left[1, n] * right[0, n] - left[0, n] * right[1, n]
    return correlation


@compiled
def _choose(correlation, phases, uniforms, energy):
    """Draw c from its P marginals and leave the one drawn in ``energy``."""
    lanes = correlation.shape[2]
    modulus = phases.shape[1]
    chosen = np.zeros(len(uniforms), dtype=np.int64)
    cumulative = np.empty((modulus, LANES))
    marginal = np.empty((modulus, LANES))
    for c in range(modulus):
        for n in range(lanes):
            marginal[c, n] = energy[n]
        for gap in range(1, modulus):
            turn = c * gap % modulus
            p, q = 2 * phases[0, turn], 2 * phases[1, turn]
            for n in range(lanes):
                marginal[c, n] += p * correlation[gap, 0, n] + q * correlation[gap, 1, n]
        for n in range(lanes):
            marginal[c, n] = max(marginal[c, n], 0.0)
            cumulative[c, n] = marginal[c, n] + (cumulative[c - 1, n] if c > 0 else 0.0)
    for n in range(len(uniforms)):
        chosen[n] = _find(cumulative[:, n], uniforms[n])
        energy[n] = marginal[chosen[n], n]
    return chosen


@compiled
def _find(cumulative, uniform):
    """Return the index whose step of the cumulative sums holds ``uniform`` of the total."""
    total = cumulative[-1]
    index = 0
    while cumulative[index] <= uniform * total and cumulative[index] < total:
        index += 1
    return index


@compiled
def _advance(column, c, modulus, running):
    """Add c times the level's coordinate to the running inner products."""
    lanes = running.shape[1]
    steps = np.zeros((modulus, LANES), dtype=running.dtype)
    for z in range(modulus):
        for n in range(len(c)):
            steps[z, n] = z * c[n] % modulus
    wrap = np.int32(modulus)
    for m in range(len(column)):
        row, step = running[m], steps[column[m]]
        for n in range(lanes):
            moved = row[n] + step[n]
            row[n] = moved - wrap if moved >= wrap else moved


@compiled
def _merge(first, residue, start, offset, c, phases, running, children, sums):
    """Add up the children of each group, then take off the phase of its first point."""
    lanes = children.shape[2]
    modulus = phases.shape[1]
    turns = np.ones((modulus, 2, LANES))
    for z in range(modulus):
        for n in range(len(c)):
            turns[z, 0, n] = phases[0, z * c[n] % modulus]
            turns[z, 1, n] = phases[1, z * c[n] % modulus]
    total = np.empty((2, LANES))
    for g in range(len(start) - 1):
        total[:] = 0.0
        for i in range(start[g], start[g + 1]):
            value, turn = children[i], turns[residue[i]]
            for n in range(lanes):
                total[0, n] += value[0, n] * turn[0, n] - value[1, n] * turn[1, n]
                total[1, n] += value[0, n] * turn[1, n] + value[1, n] * turn[0, n]
        merged, base = sums[offset + g], running[first[start[g]]]
        for n in range(lanes):
            p, q = phases[0, base[n]], phases[1, base[n]]
            merged[0, n] = total[0, n] * p + total[1, n] * q
            merged[1, n] = total[1, n] * p - total[0, n] * q


@compiled
def _choose_b(running, v, uniforms, weights, shifts, negligible):
    """Draw b from u(a, b)^2, u(a, .) the correlation of the points' histogram with g."""
    lanes = running.shape[1]
    modulus = len(shifts)
    histogram = np.zeros((modulus, LANES))
    for m in range(len(weights)):
        for n in range(lanes):
            histogram[running[m, n], n] += weights[m]
    b = np.empty(len(v), dtype=np.int64)
    cumulative = np.empty(modulus)
    for n in range(len(v)):
        total = 0.0
        for shift in range(modulus):
            scaled = 0.0
            for t in range(modulus):
                scaled += shifts[shift, t] * histogram[v[n] * t % modulus, n]
            total += scaled * scaled if abs(scaled) > negligible else 0.0
            cumulative[shift] = total
        b[n] = _find(cumulative, uniforms[n])
    return b
