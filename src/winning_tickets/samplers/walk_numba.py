"""The walk of `spectral` over the suffix trie, compiled; `walk.NumpyWalk` is its definition.

Arrays have one row a point or group and `LANES` columns, one a node: every inner loop runs over
the nodes of a tile and compiles to vector instructions.
"""

from __future__ import annotations

import itertools

import numpy as np

from ..backends import for_each
from ..compiled import compiled
from ..field import smallest_unsigned
from ..problem import Problem
from .base import activation_shifts
from .trie import Level

# Nodes of a tile: more of them spare calls while children's sums stay in the second-level cache.
# Read from the arrays inside the kernels: a constant would be unrolled before it is vectorised.
LANES, FEW_LANES = 64, 32
_MOST_CHILDREN = 1000
_JOINED = ("child", "first", "residue", "start")


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

    Notes
    -----
    A group that the next level uses at once needs its first point's phase neither taken off nor put
    back: its sum goes straight into its place among the children there.
    """

    def __init__(self, problem: Problem, weights: np.ndarray, levels: list[Level]) -> None:
        modulus = problem.modulus
        self._problem = problem
        self._weights = weights
        self._shifts = activation_shifts(problem.activation)
        angles = 2 * np.pi * np.arange(modulus) / modulus
        self._phases = np.stack([np.cos(angles), -np.sin(angles)], axis=1)
        self._lanes = LANES if len(weights) <= _MOST_CHILDREN else FEW_LANES
        self._inner = sum(len(level.start) - 1 for level in levels)
        self._widest = max((len(level.child) for level in levels), default=0)
        self._trie = _join_levels(levels, len(weights))

    def __call__(
        self, residues: np.ndarray, v: np.ndarray, uniforms: np.ndarray, threads: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Walk the trie for every column of ``residues``; see `walk.make_walk`."""
        count = residues.shape[1]
        c = np.empty((len(self._trie[0]), count), dtype=np.int64)
        b = np.empty(count, dtype=np.int64)
        share = -(-count // (self._lanes * threads)) * self._lanes

        def walk(nodes: slice) -> None:
            self._walk(residues, v, uniforms, nodes, c, b)

        shares = [slice(n, min(n + share, count)) for n in range(0, count, share)]
        for_each(walk, shares, threads)
        return c[::-1], b.astype(smallest_unsigned(self._problem.modulus))

    def _walk(
        self,
        residues: np.ndarray,
        v: np.ndarray,
        uniforms: np.ndarray,
        share: slice,
        c: np.ndarray,
        b: np.ndarray,
    ) -> None:
        """Set c and b of some nodes."""
        problem = self._problem
        _walk(
            residues,
            v,
            uniforms,
            share.start,
            share.stop,
            self._trie,
            self._weights,
            self._phases,
            self._shifts,
            problem.norm_squared,
            problem.negligible,
            np.zeros((len(residues), self._lanes), dtype=smallest_unsigned(problem.modulus)),
            np.empty((self._inner, 2, self._lanes)),
            np.empty((2, self._widest, 2, self._lanes)),
            c,
            b,
        )


def _join_levels(levels: list[Level], size: int) -> tuple[np.ndarray, ...]:
    """Return the arrays of all levels one after another, and where each level begins.

    Returns
    -------
    columns : numpy.ndarray of unsigned int, shape (r, M')
        The coordinate drawn at each level.
    bounds : numpy.ndarray of int64, shape (r + 1, 3)
        Where the level begins among the children, among ``start``, and among the groups.
    child, first, residue, start, place, fresh : numpy.ndarray
        Of the levels and of `_next_places`, joined.
    """
    children, groups = (
        np.array([len(part) for part in parts], dtype=np.int64)
        for parts in ([level.child for level in levels], [level.start for level in levels])
    )
    steps = np.stack([children, groups, groups - 1], axis=1)
    bounds = np.concatenate([np.zeros((1, 3), dtype=np.int64), np.cumsum(steps, axis=0)])
    kind = levels[0].column.dtype if levels else np.uint8
    columns = np.array([level.column for level in levels], dtype=kind).reshape(-1, size)
    parts = ([getattr(level, name) for level in levels] for name in _JOINED)
    joined = [np.concatenate([np.empty(0, dtype=np.int32), *part]) for part in parts]
    places, fresh = _next_places(levels, size)
    return (
        columns,
        bounds,
        *joined,
        np.concatenate([np.empty(0, dtype=np.int32), *places]),
        np.concatenate([np.empty(0, dtype=bool), *fresh]),
    )


def _next_places(levels: list[Level], size: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return each group's place among the children of the next level, and who is filled in so.

    Returns
    -------
    list of numpy.ndarray of int32, shape (G,)
        -1 for a group that the next level does not use.
    list of numpy.ndarray of bool, shape (C,)
        Marks the children that the level before fills in.
    """
    places, fresh = [], [np.zeros(len(level.child), dtype=bool) for level in levels[:1]]
    for level, after in itertools.zip_longest(levels, levels[1:]):
        groups = len(level.start) - 1
        place = np.full(groups, -1, dtype=np.int32)
        if after is not None:
            group = after.child - size - level.offset
            mine = (group >= 0) & (group < groups)
            place[group[mine]] = np.flatnonzero(mine)
            fresh.append(mine)
        places.append(place)
    return places, fresh


@compiled
def _start(residues, v, modulus, start, running):
    """Set the running inner products to v a.x_m mod P, of the nodes from ``start`` on."""
    inverse = np.float32(1.0 / modulus)
    wrap = np.float32(modulus)
    half = np.float32(0.5)
    factors = v.astype(np.float32)
    for m in range(residues.shape[0]):
        row, moved = residues[m][start : start + len(factors)], running[m]
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
    place,
    fresh,
    weights,
    phases,
    energy,
    running,
    sums,
    children,
    following,
):
    """Draw one entry of c for each node of the tile and move on by one level."""
    _children(child, first, fresh, weights, phases, running, sums, children)
    correlation = _pairs(residue, start, len(phases), children)
    c = _choose(correlation, phases, uniforms, energy)
    _advance(column, c, len(phases), running)
    _merge(first, residue, start, offset, place, c, phases, running, children, sums, following)
    return c


@compiled
def _children(child, first, fresh, weights, phases, running, sums, children):
    """Fill in the other children's partial sums with the phase of their first point."""
    lanes = children.shape[2]
    size = len(weights)
    for i in range(len(child)):
        if fresh[i]:
            continue
        base, value = running[first[i]], children[i]
        if child[i] < size:
            weight = weights[child[i]]
            for n in range(lanes):
                value[0, n] = weight * phases[base[n], 0]
                value[1, n] = weight * phases[base[n], 1]
        else:
            inner = sums[child[i] - size]
            for n in range(lanes):
                p, q = phases[base[n], 0], phases[base[n], 1]
                value[0, n] = inner[0, n] * p - inner[1, n] * q
                value[1, n] = inner[0, n] * q + inner[1, n] * p


@compiled
def _pairs(residue, start, modulus, children):
    """Sum the products of pairs of children of one group by the distance of their residues."""
    lanes = children.shape[2]
    correlation = np.zeros((modulus, 2, lanes))
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
    modulus = len(phases)
    chosen = np.zeros(len(uniforms), dtype=np.int64)
    cumulative = np.empty((modulus, lanes))
    marginal = np.empty((modulus, lanes))
    for c in range(modulus):
        for n in range(lanes):
            marginal[c, n] = energy[n]
        for gap in range(1, modulus):
            turn = c * gap % modulus
            p, q = 2 * phases[turn, 0], 2 * phases[turn, 1]
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
    steps = np.zeros((modulus, lanes), dtype=running.dtype)
    rest = np.full((modulus, lanes), modulus, dtype=running.dtype)
    for z in range(modulus):
        for n in range(len(c)):
            steps[z, n] = z * c[n] % modulus
            rest[z, n] = modulus - steps[z, n]
    for m in range(len(column)):
        row, step, left = running[m], steps[column[m]], rest[column[m]]
        for n in range(lanes):
            # Adding the step could leave the type; taking off what it lacks to P cannot.
            row[n] = row[n] - left[n] if row[n] >= left[n] else row[n] + step[n]


@compiled
def _merge(first, residue, start, offset, place, c, phases, running, children, sums, following):
    """Add up the children of each group, and take off the phase of its first point if it waits."""
    lanes = children.shape[2]
    modulus = len(phases)
    turns = np.ones((modulus, 2, lanes))
    for z in range(modulus):
        for n in range(len(c)):
            turns[z, 0, n] = phases[z * c[n] % modulus, 0]
            turns[z, 1, n] = phases[z * c[n] % modulus, 1]
    for g in range(len(start) - 1):
        waits = place[g] < 0
        total = sums[offset + g] if waits else following[place[g]]
        total[:] = 0.0
        for i in range(start[g], start[g + 1]):
            value, turn = children[i], turns[residue[i]]
            for n in range(lanes):
                total[0, n] += value[0, n] * turn[0, n] - value[1, n] * turn[1, n]
                total[1, n] += value[0, n] * turn[1, n] + value[1, n] * turn[0, n]
        if waits:
            base = running[first[start[g]]]
            for n in range(lanes):
                p, q = phases[base[n], 0], phases[base[n], 1]
                real = total[0, n] * p + total[1, n] * q
                total[1, n] = total[1, n] * p - total[0, n] * q
                total[0, n] = real


@compiled
def _choose_b(running, v, uniforms, weights, shifts, negligible):
    """Draw b from u(a, b)^2, u(a, .) the correlation of the points' histogram with g."""
    lanes = running.shape[1]
    modulus = len(shifts)
    histogram = np.zeros((modulus, lanes))
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


@compiled
def _walk(
    residues,
    v,
    uniforms,
    begin,
    end,
    trie,
    weights,
    phases,
    shifts,
    norm_squared,
    negligible,
    running,
    sums,
    pair,
    c,
    b,
):
    """Walk the trie for the nodes from ``begin`` to ``end``, a tile at a time."""
    columns, bounds, child, first, residue, start, place, fresh = trie
    lanes = running.shape[1]
    modulus = len(phases)
    energy = np.empty(lanes)
    for tile in range(begin, end, lanes):
        stop = min(tile + lanes, end)
        _start(residues, v[tile:stop], modulus, tile, running)
        energy[:] = norm_squared
        for row in range(len(columns)):
            # What one level makes is what the next one starts from.
            children, following = pair[row % 2], pair[(row + 1) % 2]
            members = slice(bounds[row, 0], bounds[row + 1, 0])
            starts = slice(bounds[row, 1], bounds[row + 1, 1])
            groups = slice(bounds[row, 2], bounds[row + 1, 2])
            c[row, tile:stop] = _level(
                uniforms[row, tile:stop],
                columns[row],
                child[members],
                first[members],
                residue[members],
                start[starts],
                bounds[row, 2],
                place[groups],
                fresh[members],
                weights,
                phases,
                energy,
                running,
                sums,
                children,
                following,
            )
        own = uniforms[len(columns), tile:stop]
        b[tile:stop] = _choose_b(running, v[tile:stop], own, weights, shifts, negligible)
