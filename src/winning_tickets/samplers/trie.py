"""The suffix trie of the points: what the ancestral sampler of `spectral` walks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..field import inner_products, smallest_unsigned, uniform_residues

# Columns looked at for each level: enough to pass over a constant or a repeated one.
_CANDIDATES = 8
# Groups are counted in tables of at most this many numbers a point; beyond, they are sorted.
_CELLS = 8
# The random functionals need no secrecy, only a fixed stream of their own.
_FUNCTIONAL_SEED = 20260513


@dataclass(frozen=True)
class Level:
    """One level of the trie.

    Attributes
    ----------
    column : numpy.ndarray of unsigned int, shape (M,)
        The coordinate drawn at this level, at every point.
    child : numpy.ndarray of int32, shape (C,)
        Children of the groups that have more than one: a point m for m < M, else M + its place
        among the inner groups of all levels.
    first : numpy.ndarray of int32, shape (C,)
        A point of each child, whose running inner product gives the child's phase.
    residue : numpy.ndarray of int32, shape (C,)
        The coordinate all points of the child share.
    start : numpy.ndarray of int32, shape (G + 1,)
        Children of group g are start[g]..start[g+1]-1, in increasing order of residue.
    offset : int
        The group's place among the inner groups is ``offset`` plus g.
    """

    column: np.ndarray
    child: np.ndarray
    first: np.ndarray
    residue: np.ndarray
    start: np.ndarray
    offset: int


@dataclass(frozen=True)
class Directions:
    """Linear functionals that tell all points apart, in the order from the root.

    Attributes
    ----------
    columns : numpy.ndarray of int64, shape (r,), or None
        Coordinates, if some few of them suffice.
    matrix : numpy.ndarray of unsigned int, shape (r, D), or None
        Random functionals otherwise.
    values : numpy.ndarray of unsigned int, shape (r, M)
        The functionals at the points.
    """

    columns: np.ndarray | None
    matrix: np.ndarray | None
    values: np.ndarray


def choose_directions(points: np.ndarray, modulus: int) -> Directions:
    """Find few functionals that tell all points apart.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Distinct points.
    modulus : int
        The modulus P.

    Returns
    -------
    Directions
        At most 3 log_P M coordinates where these suffice, else 2 log_P M + 3 random functionals.
    """
    limit = math.ceil(3 * math.log(len(points), modulus))
    columns = _separating_columns(points, modulus, limit)
    if columns is not None:
        values = np.ascontiguousarray(points[:, columns].T)
        return Directions(columns, None, values)
    count = _functionals(modulus, len(points))
    rng = np.random.default_rng(_FUNCTIONAL_SEED)
    while True:
        matrix = uniform_residues(rng, (count, points.shape[1]), modulus)
        values = inner_products(matrix, points, modulus).astype(smallest_unsigned(modulus))
        if group_starts(values[:, np.lexsort(values[::-1])])[-1].all():
            return Directions(None, matrix, values)


def _functionals(modulus: int, size: int) -> int:
    """Return how many random functionals are used."""
    return math.ceil(2 * math.log(size, modulus)) + 3


def trie_memory(modulus: int, dimension: int, size: int) -> int:
    """Return the bytes that choosing functionals, and the trie of M' points, take at most.

    Parameters
    ----------
    modulus, dimension, size : int
        P, D and M'.

    Returns
    -------
    int
        An upper bound; inner products of the functionals with the points come on top.
    """
    item = smallest_unsigned(modulus).itemsize
    levels = max(math.ceil(3 * math.log(size, modulus)), _functionals(modulus, size))
    # The functionals and their values, as they come and in order; labels and tables of groups.
    return levels * (item * dimension + (3 * item + 1) * size) + 24 * dimension + 192 * size


def walk_operations(levels: list[Level], size: int, modulus: int) -> int:
    """Count the operations of one node's walk over the trie, on every machine the same.

    Parameters
    ----------
    levels : list of Level
        The trie.
    size, modulus : int
        M' and P.

    Returns
    -------
    int
        At each level one for every point that moves on, two for every child (its phase, and its
        share of the merged sum), one for every pair of children of a group, and P^2 for the
        marginals of P residues; for b one for every point, P^2 for the correlation with g.
    """
    total = (len(levels) + 1) * (size + modulus**2)
    for level in levels:
        children = np.diff(level.start.astype(np.int64))
        total += int(np.sum(2 * children + children * (children - 1) // 2))
    return total


def _separating_columns(points: np.ndarray, modulus: int, limit: int) -> np.ndarray | None:
    """Return coordinates that tell the points apart, best first, or None if ``limit`` are too few.

    Greedy: of a few columns, spread over all that are left, take the one that makes most groups.
    Points already alone in their group are looked at no more.
    """
    chosen: list[int] = []
    left = np.arange(points.shape[1])
    rows = np.arange(len(points))
    labels = np.zeros(len(points), dtype=np.int64)
    while len(rows) > 1:
        if len(chosen) == limit or len(left) == 0:
            return None
        places = np.unique(np.linspace(0, len(left) - 1, _CANDIDATES).astype(np.int64))
        counts = [
            np.count_nonzero(np.bincount(_refine(labels, points[rows, left[place]], modulus)))
            for place in places
        ]
        best = places[int(np.argmax(counts))]
        refined = _refine(labels, points[rows, left[best]], modulus)
        chosen.append(int(left[best]))
        left = np.delete(left, best)
        sizes = np.bincount(refined)
        crowded = sizes[refined] > 1
        rows = rows[crowded]
        labels = (np.cumsum(sizes > 1) - 1)[refined[crowded]]
    return np.array(chosen, dtype=np.int64)


def _refine(labels: np.ndarray, column: np.ndarray, modulus: int) -> np.ndarray:
    """Return a number for each pair of a label and a coordinate, in their order.

    Numbers may be left out while there are at most `_CELLS` a point: to number them without gaps
    takes sorting, but with many groups times P a table of all would hold far more than the points.
    """
    refined = labels * modulus + column
    if (int(labels.max()) + 1) * modulus <= _CELLS * len(labels):
        return refined
    return np.unique(refined, return_inverse=True)[1]


def group_starts(values: np.ndarray) -> np.ndarray:
    """Mark where groups of points begin, for points in lexicographic order.

    Parameters
    ----------
    values : numpy.ndarray of unsigned int, shape (r, M)
        Coordinates, columns in lexicographic order, the first row most significant.

    Returns
    -------
    numpy.ndarray of bool, shape (r + 1, M)
        Row d marks the points that differ from the one before in the first d coordinates.
    """
    marks = np.zeros((len(values) + 1, values.shape[1]), dtype=bool)
    marks[:, 0] = True
    marks[1:, 1:] = np.logical_or.accumulate(values[:, 1:] != values[:, :-1], axis=0)
    return marks


def build_levels(values: np.ndarray) -> list[Level]:
    """Build the trie of the points' coordinates, only of groups with more than one child.

    Parameters
    ----------
    values : numpy.ndarray of unsigned int, shape (r, M)
        Coordinates that tell all points apart, the one nearest the root first; the points in
        lexicographic order, so that children and points are read in sequence.

    Returns
    -------
    list of Level
        In the order of drawing: from the leaves to the root.
    """
    count = values.shape[1]
    marks = group_starts(values)
    first = np.arange(count)
    handle = first
    levels: list[Level] = []
    inner = 0
    for depth in range(len(values) - 1, -1, -1):
        start = np.flatnonzero(marks[depth][first])
        sizes = np.diff(start, append=len(first))
        several = sizes > 1
        members = np.repeat(several, sizes)
        bounds = np.concatenate([[0], np.cumsum(sizes[several])])
        levels.append(
            Level(
                column=values[depth],
                child=handle[members].astype(np.int32),
                first=first[members].astype(np.int32),
                residue=values[depth][first[members]].astype(np.int32),
                start=bounds.astype(np.int32),
                offset=inner,
            )
        )
        handle, first = handle[start], first[start]
        handle[several] = count + inner + np.arange(several.sum())
        inner += int(several.sum())
    return levels
