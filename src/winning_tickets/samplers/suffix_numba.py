"""The steps of the walk of `ancestral`, compiled; those of `suffix` are their definition.

A group of several points is one matrix product and one pass over its result; for groups of few
points that pass would be most of the work, so they are added on the fly.
"""

from __future__ import annotations

import numpy as np

from ..compiled import compiled
from ..kernel import TINY
from .suffix import Groups

# Groups from this size on are worth a matrix product.
_PRODUCT_SIZE = 8


def multiply(kernel: np.ndarray, column: np.ndarray, table: np.ndarray, out: np.ndarray) -> None:
    """Put kernel[m, l] table[x_m - x_l] into ``out``, for l <= m; see `suffix.multiply`."""
    _multiply(kernel, column.astype(np.int64), table, TINY, out)


def arrange(kernel: np.ndarray, groups: Groups, out: np.ndarray) -> None:
    """Put the kernel in the order of groups, up to each one's end; see `suffix.arrange`."""
    _arrange(kernel, groups.order, groups.starts, out)


def correlate(kernel: np.ndarray, groups: Groups, z: np.ndarray, sums: np.ndarray) -> None:
    """Fill in A_d; see `suffix.correlate`."""
    _correlate(kernel, groups.order, groups.starts, groups.residues, z, sums)


def choose(scores: np.ndarray, chances: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Draw c of each node; see `suffix.choose`."""
    return _choose(scores, chances, uniforms)


def advance(
    groups: Groups,
    steps: np.ndarray,
    phases: np.ndarray,
    weights: np.ndarray,
    running: np.ndarray,
    z: np.ndarray,
) -> None:
    """Move on by one drawn coordinate; see `suffix.advance`."""
    _advance(groups.order, groups.starts, groups.residues, steps, phases, weights, running, z)


@compiled
def _multiply(kernel, column, table, tiny, out):
    modulus, size = len(table), len(column)
    # One row a residue that occurs, so that the product reads memory in sequence.
    place = np.full(modulus, -1)
    rows = np.empty((min(modulus, size), size))
    found = 0
    for m in range(size):
        residue = column[m]
        if place[residue] < 0:
            place[residue] = found
            for other in range(size):
                gap = residue - column[other]
                rows[found, other] = table[gap if gap >= 0 else gap + modulus]
            found += 1
        factors = rows[place[residue]]
        for other in range(m + 1):
            product = kernel[m, other] * factors[other]
            out[m, other] = product if abs(product) >= tiny else 0.0


@compiled
def _arrange(kernel, order, starts, out):
    for group in range(len(starts) - 1):
        for row in range(starts[group], starts[group + 1]):
            m = order[row]
            for column in range(starts[group + 1]):
                other = order[column]
                out[row, column] = kernel[m, other] if m > other else kernel[other, m]


@compiled
def _correlate(kernel, order, starts, residues, z, sums):
    sums[:] = 0.0
    for group in range(len(residues)):
        if starts[group + 1] - starts[group] < _PRODUCT_SIZE:
            _add_few(kernel, order, starts, residues, group, z, sums)
        else:
            _add_many(kernel, order, starts, residues, group, z, sums)


@compiled
def _add_many(kernel, order, starts, residues, group, z, sums):
    """Add the products of a group with all from it on, by one matrix product."""
    nodes = z.shape[2]
    low, high = starts[group], starts[group + 1]
    parts = np.empty((high - low, 2 * nodes))
    for place in range(low, high):
        parts[place - low] = z[order[place]].reshape(-1)
    product = np.dot(np.ascontiguousarray(kernel[low:, low:high]), parts)
    for other in range(group, len(residues)):
        total = sums[residues[other] - residues[group]]
        for row in range(starts[other], starts[other + 1]):
            own, part = z[order[row]], product[row - low]
            for n in range(nodes):
                total[0, n] += own[0, n] * part[n] + own[1, n] * part[nodes + n]
                total[1, n] += own[0, n] * part[nodes + n] - own[1, n] * part[n]


@compiled
def _add_few(kernel, order, starts, residues, group, z, sums):
    """Add the same products on the fly, four points of the group at a time."""
    nodes = z.shape[2]
    last = starts[group + 1] - 1
    for first in range(starts[group], last + 1, 4):
        count = min(4, last + 1 - first)
        z0, z1 = z[order[first]], z[order[min(first + 1, last)]]
        z2, z3 = z[order[min(first + 2, last)]], z[order[min(first + 3, last)]]
        for other in range(group, len(residues)):
            total = sums[residues[other] - residues[group]]
            for row in range(starts[other], starts[other + 1]):
                own, t = z[order[row]], kernel[row, first:]
                # Loops of their own, so that each keeps its factors in registers.
                if count == 1:
                    t0 = t[0]
                    for n in range(nodes):
                        p, q = t0 * z0[0, n], t0 * z0[1, n]
                        total[0, n] += own[0, n] * p + own[1, n] * q
                        total[1, n] += own[0, n] * q - own[1, n] * p
                elif count == 2:
                    t0, t1 = t[0], t[1]
                    for n in range(nodes):
                        p = t0 * z0[0, n] + t1 * z1[0, n]
                        q = t0 * z0[1, n] + t1 * z1[1, n]
                        total[0, n] += own[0, n] * p + own[1, n] * q
                        total[1, n] += own[0, n] * q - own[1, n] * p
                else:
                    t0, t1, t2 = t[0], t[1], t[2]
                    t3 = t[3] if count == 4 else 0.0
                    for n in range(nodes):
                        p = t0 * z0[0, n] + t1 * z1[0, n] + t2 * z2[0, n] + t3 * z3[0, n]
                        q = t0 * z0[1, n] + t1 * z1[1, n] + t2 * z2[1, n] + t3 * z3[1, n]
                        total[0, n] += own[0, n] * p + own[1, n] * q
                        total[1, n] += own[0, n] * q - own[1, n] * p


@compiled
def _choose(scores, chances, uniforms):
    count, nodes = scores.shape
    total = np.zeros(nodes)
    for c in range(count):
        for n in range(nodes):
            total[n] += max(scores[c, n], 0.0) * chances[c]
            scores[c, n] = total[n]
    chosen = np.zeros(nodes, dtype=np.int64)
    for c in range(count):
        for n in range(nodes):
            # u times the total can round up to the total: then the last positive one is meant.
            passed = scores[c, n] <= uniforms[n] * total[n] and scores[c, n] < total[n]
            chosen[n] += 1 if passed else 0
    return chosen


@compiled
def _advance(order, starts, residues, steps, phases, weights, running, z):
    modulus, nodes = phases.shape[1], running.shape[1]
    moves = np.empty(nodes, dtype=np.int32)
    for group in range(len(residues)):
        for n in range(nodes):
            moves[n] = residues[group] * steps[n] % modulus
        for place in range(starts[group], starts[group + 1]):
            m = order[place]
            for n in range(nodes):
                moved = running[m, n] + moves[n]
                moved -= modulus if moved >= modulus else 0
                running[m, n] = moved
                z[m, 0, n] = weights[m, n] * phases[0, moved]
                z[m, 1, n] = weights[m, n] * phases[1, moved]
