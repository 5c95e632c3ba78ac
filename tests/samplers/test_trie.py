"""The suffix trie: functionals that separate the points, levels that hold every point once."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samplers.goodness import full_grid
from tests.support import POINT_KINDS, random_case
from winning_tickets.samplers import trie


def ordered(values):
    """Return the columns in lexicographic order, the first row most significant."""
    return values[:, np.lexsort(values[::-1])] if len(values) else values


def check_directions(points, modulus):
    """Check that few functionals tell all points apart, and that they are what they say."""
    directions = trie.choose_directions(points, modulus)
    values = directions.values
    assert values.shape[1] == len(points)
    assert len(np.unique(values, axis=1).T) == len(points)
    if directions.columns is not None:
        assert directions.matrix is None
        assert len(set(directions.columns.tolist())) == len(directions.columns)
        np.testing.assert_array_equal(values, points[:, directions.columns].T)
        limit = math.ceil(3 * math.log(len(points), modulus)) if len(points) > 1 else 0
    else:
        matrix = directions.matrix.astype(int)
        np.testing.assert_array_equal(values, matrix @ points.T % modulus)
        limit = math.ceil(2 * math.log(len(points), modulus)) + 3
    assert len(values) <= limit
    return directions


def check_levels(values, levels):
    """Walk the trie and check it against plain grouping of the points' suffixes."""
    count = values.shape[1]
    held = {m: {m} for m in range(count)}
    for depth, level in zip(range(len(values) - 1, -1, -1), levels, strict=True):
        np.testing.assert_array_equal(level.column, values[depth])
        groups = {}
        for m in range(count):
            groups.setdefault(tuple(values[:depth, m]), []).append(m)
        expected = {}
        for group in groups.values():
            residues = sorted({int(values[depth, m]) for m in group})
            if len(residues) > 1:
                expected[frozenset(group)] = residues
        seen = {}
        for g in range(len(level.start) - 1):
            children = range(level.start[g], level.start[g + 1])
            members = set()
            for i in children:
                inside = held[int(level.child[i])]
                assert {int(values[depth, m]) for m in inside} == {int(level.residue[i])}
                assert int(level.first[i]) in inside
                assert not members & inside
                members |= inside
            seen[frozenset(members)] = [int(level.residue[i]) for i in children]
            held[count + level.offset + g] = members
        assert seen == expected
    assert max(held.values(), key=len) == set(range(count))


@pytest.mark.parametrize("seed", range(2 * len(POINT_KINDS)))
def test_points_of_every_kind(seed):
    _, case = random_case(seed)
    points = case.problem().support_points
    directions = check_directions(points, case.modulus)
    values = ordered(directions.values)
    check_levels(values, trie.build_levels(values))


@given(
    modulus=st.sampled_from([3, 5, 257]),
    dimension=st.integers(1, 6),
    size=st.integers(1, 40),
    distinct=st.integers(1, 3),
    seed=st.integers(0, 2**32),
)
def test_any_points(modulus, dimension, size, distinct, seed):
    rng = np.random.default_rng(seed)
    points = np.unique(rng.integers(0, min(modulus, distinct + 1), (size, dimension)), axis=0)
    directions = check_directions(points, modulus)
    values = ordered(directions.values)
    check_levels(values, trie.build_levels(values))


def test_one_point_needs_no_level():
    directions = check_directions(np.array([[1, 2, 0]]), 3)
    assert len(directions.values) == 0
    assert trie.build_levels(directions.values) == []


@pytest.mark.parametrize("size", [50, 1_000])
def test_few_random_functionals_separate_unit_vectors(size):
    directions = check_directions(np.eye(size, dtype=np.uint8), 7)
    assert directions.matrix is not None
    assert len(directions.values) <= 11


def test_few_coordinates_separate_random_points():
    points = np.random.default_rng(0).integers(0, 7, (1_000, 5_000))
    directions = check_directions(points, 7)
    assert len(directions.columns) <= 8


def test_constant_and_repeated_columns_are_passed_over():
    points = np.zeros((49, 40), dtype=np.uint8)
    points[:, 7], points[:, 30] = full_grid(7, 2).T
    directions = check_directions(points, 7)
    assert len(directions.values) <= 7


def test_the_functionals_are_the_same_in_every_run():
    first = trie.choose_directions(np.eye(30, dtype=np.uint8), 5)
    again = trie.choose_directions(np.eye(30, dtype=np.uint8), 5)
    np.testing.assert_array_equal(first.matrix, again.matrix)
    np.testing.assert_array_equal(first.values, again.values)


def test_group_starts_mark_where_prefixes_change():
    values = np.array([[0, 0, 0, 1], [0, 0, 2, 0], [1, 2, 0, 0]])
    expected = [[1, 0, 0, 0], [1, 0, 0, 1], [1, 0, 1, 1], [1, 1, 1, 1]]
    np.testing.assert_array_equal(trie.group_starts(values), expected)


@pytest.mark.parametrize("modulus", [3, 5, 127, 65_521])
def test_counting_and_sorting_groups_choose_the_same_coordinates(monkeypatch, modulus):
    rng = np.random.default_rng(modulus)
    points = np.unique(rng.integers(0, min(modulus, 12), (400, 9)), axis=0).astype(np.uint16)
    chosen = trie.choose_directions(points, modulus).columns
    for cells in (0, modulus * len(points)):
        monkeypatch.setattr(trie, "_CELLS", cells)
        np.testing.assert_array_equal(trie.choose_directions(points, modulus).columns, chosen)


def test_many_groups_at_a_large_modulus_take_no_table():
    # Pairs that share a coordinate are 1,000 groups, each with 65,521 places for the other one.
    rng = np.random.default_rng(0)
    points = np.stack([np.arange(2_000) // 2, rng.integers(0, 700, 2_000)], axis=1)
    points[1::2, 1] = points[::2, 1] + 1
    points = points.astype(np.uint16)
    tracemalloc.start()
    directions = check_directions(points, 65_521)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(directions.columns, [0, 1])
    assert peak < trie.trie_memory(65_521, 2, 2_000) + (1 << 20)


def test_the_operations_of_a_walk_are_counted_by_hand():
    # Four points of Z_3^2, 00 01 10 22: the root has three children, the group of 0 has two.
    levels = trie.build_levels(np.array([[0, 0, 1, 2], [0, 1, 0, 2]]))
    assert [len(level.child) for level in levels] == [2, 3]
    # Two levels and b: every point, and nine for the residues. Children twice, pairs once.
    assert trie.walk_operations(levels, 4, 3) == 3 * (4 + 9) + (2 * 2 + 1) + (2 * 3 + 3)
    assert trie.walk_operations([], 1, 5) == 1 + 25
