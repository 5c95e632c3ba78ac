"""The walk of `spectral` over the suffix trie, compiled; `walk.NumpyWalk` is its definition.

Arrays have one row a point or group and `LANES` columns, one a node: every inner loop runs over
the nodes of a tile and compiles to vector instructions.
"""

from __future__ import annotations

import numba
import numpy as np

from ..field import smallest_unsigned
from ..problem import Problem
from .base import activation_shifts
from .trie import Level
from .walk import running_type

LANES = 16

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)


class NumbaWalk:
    """The compiled walk.

    Parameters
    ----------
    problem : Problem
        A problem with one output.
    levels : list of Level
        The trie, in the order of drawing.
    """

    def __init__(self, problem: Problem, levels: list[Level]) -> None:
        modulus = problem.modulus
        self._problem = problem
        self._weights = np.ascontiguousarray(problem.support_weights[:, 0])
        self._shifts = activation_shifts(problem.activation)
        angles = 2 * np.pi * np.arange(modulus) / modulus
        self._phases = np.stack([np.cos(angles), -np.sin(angles)])
        self._levels = levels
        self._inner = sum(len(level.start) - 1 for level in levels)
        self._widest = max((len(level.child) for level in levels), default=0)

    def __call__(
        self, products: np.ndarray, v: np.ndarray, uniforms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Walk the trie for every column of ``products``; see `walk.make_walk`."""
        size, count = products.shape
        modulus = self._problem.modulus
        c = np.empty((len(self._levels), count), dtype=np.int64)
        b = np.empty(count, dtype=np.int64)
        running = np.zeros((size, LANES), dtype=running_type(modulus))
        sums = np.empty((2, self._inner, LANES))
        children = np.empty((2, self._widest, LANES))
        for start in range(0, count, LANES):
            nodes = slice(start, min(start + LANES, count))
            _start(products[:, nodes], v[nodes], modulus, running)
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


@_compiled
def _start(products, v, modulus, running):
    """Set the running inner products to v a.x_m mod P."""
    inverse = 1.0 / modulus
    for m in range(products.shape[0]):
        for n in range(products.shape[1]):
            # Half a step off the whole numbers, so that rounding never crosses one.
            x = np.float64(products[m, n])
            x -= modulus * np.floor((x + 0.5) * inverse)
            x *= v[n]
            x -= modulus * np.floor((x + 0.5) * inverse)
            running[m, n] = np.int32(x)


@_compiled
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
    _merge(child, first, start, offset, weights, phases, running, sums)
    return c


@_compiled
def _children(child, first, weights, phases, running, sums, children):
    """Fill in every child's partial sum with the phase of its first point."""
    size = len(weights)
    for i in range(len(child)):
        m = first[i]
        if child[i] < size:
            weight = weights[child[i]]
            for n in range(LANES):
                s = running[m, n]
                children[0, i, n] = weight * phases[0, s]
                children[1, i, n] = weight * phases[1, s]
        else:
            g = child[i] - size
            for n in range(LANES):
                s = running[m, n]
                x, y = sums[0, g, n], sums[1, g, n]
                p, q = phases[0, s], phases[1, s]
                children[0, i, n] = x * p - y * q
                children[1, i, n] = x * q + y * p


@_compiled
def _pairs(residue, start, modulus, children):
    """Sum the products of pairs of children of one group by the distance of their residues."""
    correlation = np.zeros((2, modulus, LANES))
    for g in range(len(start) - 1):
        for i in range(start[g], start[g + 1]):
            for j in range(i + 1, start[g + 1]):
                gap = residue[j] - residue[i]
                for n in range(LANES):
                    x, y = children[0, i, n], children[1, i, n]
                    p, q = children[0, j, n], children[1, j, n]
                    correlation[0, gap, n] += x * p + y * q
                    correlation[1, gap, n] += y * p - x * q
    return correlation


@_compiled
def _choose(correlation, phases, uniforms, energy):
    """Draw c from its P marginals and leave the one drawn in ``energy``."""
    modulus = phases.shape[1]
    chosen = np.zeros(len(uniforms), dtype=np.int64)
    cumulative = np.empty((modulus, LANES))
    marginal = np.empty((modulus, LANES))
    for c in range(modulus):
        for n in range(LANES):
            marginal[c, n] = energy[n]
        for gap in range(1, modulus):
            turn = c * gap % modulus
            p, q = 2 * phases[0, turn], 2 * phases[1, turn]
            for n in range(LANES):
                marginal[c, n] += p * correlation[0, gap, n] + q * correlation[1, gap, n]
        for n in range(LANES):
            marginal[c, n] = max(marginal[c, n], 0.0)
            cumulative[c, n] = marginal[c, n] + (cumulative[c - 1, n] if c > 0 else 0.0)
    for n in range(len(uniforms)):
        chosen[n] = _find(cumulative[:, n], uniforms[n])
        energy[n] = marginal[chosen[n], n]
    return chosen


@_compiled
def _find(cumulative, uniform):
    """Return the index whose step of the cumulative sums holds ``uniform`` of the total."""
    total = cumulative[-1]
    index = 0
    while cumulative[index] <= uniform * total and cumulative[index] < total:
        index += 1
    return index


@_compiled
def _advance(column, c, modulus, running):
    """Add c times the level's coordinate to the running inner products."""
    steps = np.zeros((modulus, LANES), dtype=running.dtype)
    for z in range(modulus):
        for n in range(len(c)):
            steps[z, n] = z * c[n] % modulus
    for m in range(len(column)):
        z = column[m]
        for n in range(LANES):
            moved = running[m, n] + steps[z, n]
            running[m, n] = moved - modulus if moved >= modulus else moved


@_compiled
def _merge(child, first, start, offset, weights, phases, running, sums):
    """Add up the children of each group, relative to the phase of its first point."""
    size = len(weights)
    modulus = phases.shape[1]
    for g in range(len(start) - 1):
        base = first[start[g]]
        total = sums[:, offset + g]
        total[:] = 0.0
        for i in range(start[g], start[g + 1]):
            m = first[i]
            for n in range(LANES):
                turn = np.int32(running[m, n]) - np.int32(running[base, n])
                turn += modulus if turn < 0 else 0
                x, y = weights[min(child[i], size - 1)], 0.0
                if child[i] >= size:
                    x, y = sums[0, child[i] - size, n], sums[1, child[i] - size, n]
                total[0, n] += x * phases[0, turn] - y * phases[1, turn]
                total[1, n] += x * phases[1, turn] + y * phases[0, turn]


@_compiled
def _choose_b(running, v, uniforms, weights, shifts, negligible):
    """Draw b from u(a, b)^2, u(a, .) the correlation of the points' histogram with g."""
    modulus = len(shifts)
    histogram = np.zeros((modulus, LANES))
    for m in range(len(weights)):
        for n in range(LANES):
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
