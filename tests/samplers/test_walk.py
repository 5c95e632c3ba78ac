"""The walk over the trie: its marginals against plain sums, and one result from both backends."""

import importlib.util

import numpy as np
import pytest

import winning_tickets as wt
from tests.support import POINT_KINDS, random_case
from winning_tickets.field import smallest_unsigned
from winning_tickets.samplers import walk, walk_numba
from winning_tickets.samplers.trie import build_levels, choose_directions


def prepare(problem):
    """Return points, weights and levels in the order of the trie."""
    values = choose_directions(problem.support_points, problem.modulus).values
    order = np.lexsort(values[::-1]) if len(values) else np.arange(problem.support_size)
    points = problem.support_points[order].astype(int)
    return (
        points,
        problem.support_weights[order, 0],
        values[:, order],
        build_levels(values[:, order]),
    )


def walk_inputs(problem, points, levels, count, seed=0):
    """Return vectors a, their residues, v and uniforms of some nodes."""
    rng = np.random.default_rng(seed)
    modulus = problem.modulus
    a = rng.integers(0, modulus, (count, problem.dimension))
    residues = points @ a.T % modulus
    v = rng.integers(1, modulus, count)
    return a, residues.astype(smallest_unsigned(modulus)), v, rng.random((len(levels) + 1, count))


def plain_walk(problem, points, weights, values, a, v, uniforms):
    """Draw c and b of one node by sums over groups of points that share their suffix."""
    modulus = problem.modulus
    s = (points @ a) * v % modulus
    depth = len(values)
    c = np.zeros(depth, dtype=int)
    for row, column in enumerate(range(depth - 1, -1, -1)):
        groups = {}
        for m in range(len(points)):
            groups.setdefault(tuple(values[:column, m]), []).append(m)
        marginal = np.zeros(modulus)
        for candidate in range(modulus):
            phases = np.exp(-2j * np.pi * (s + candidate * values[column].astype(int)) / modulus)
            marginal[candidate] = sum(
                abs(np.sum(weights[group] * phases[group])) ** 2 for group in groups.values()
            )
        cumulative = np.cumsum(marginal)
        c[column] = np.searchsorted(cumulative, uniforms[row] * cumulative[-1], side="right")
        s = (s + c[column] * values[column].astype(int)) % modulus
    # s = k.x = v a.x at the end.
    inner = s * pow(int(v), -1, modulus) % modulus
    u = [weights @ problem.activation[(inner - b) % modulus] for b in range(modulus)]
    cumulative = np.cumsum(np.square(u))
    return c, int(np.searchsorted(cumulative, uniforms[-1] * cumulative[-1], side="right"))


@pytest.mark.parametrize("backend", ["numba", "numpy"])
@pytest.mark.parametrize("seed", range(len(POINT_KINDS)))
def test_every_draw_equals_that_of_plain_sums(seed, backend):
    _, case = random_case(seed)
    problem = case.problem().single_outputs()[0]
    points, weights, values, levels = prepare(problem)
    a, residues, v, uniforms = walk_inputs(problem, points, levels, 40, seed)
    c, b = walk.make_walk(problem, weights, levels, backend)(residues, v, uniforms)
    assert c.shape == (len(levels), 40)
    for n in range(40):
        expected = plain_walk(problem, points, weights, values, a[n], v[n], uniforms[:, n])
        np.testing.assert_array_equal(c[:, n], expected[0])
        assert b[n] == expected[1]


@pytest.mark.parametrize("backend", ["numba", "numpy"])
def test_the_number_of_nodes_in_a_batch_changes_no_draw(backend):
    _, case = random_case(0)
    problem = case.problem()
    points, weights, _, levels = prepare(problem)
    _, residues, v, uniforms = walk_inputs(problem, points, levels, 600)
    step = walk.make_walk(problem, weights, levels, backend)
    c, b = step(residues, v, uniforms)
    for part in (slice(0, 1), slice(0, 33), slice(31, 300), slice(599, 600)):
        c_part, b_part = step(residues[:, part], v[part], uniforms[:, part])
        np.testing.assert_array_equal(c_part, c[:, part])
        np.testing.assert_array_equal(b_part, b[part])


def test_the_residues_are_left_alone():
    _, case = random_case(0)
    problem = case.problem()
    points, weights, _, levels = prepare(problem)
    _, residues, v, uniforms = walk_inputs(problem, points, levels, 50)
    before = residues.copy()
    for backend in ("numba", "numpy"):
        walk.make_walk(problem, weights, levels, backend)(residues, v, uniforms)
        np.testing.assert_array_equal(residues, before)


@pytest.mark.parametrize("rows", [1, 20, 10_000])
@pytest.mark.parametrize("kind", [walk._FourierTable, walk._FourierTransform])
@pytest.mark.parametrize("modulus", [3, 7, 17])
def test_all_ways_to_score_a_level_agree(modulus, kind, rows):
    rng = np.random.default_rng(modulus)
    # A full group last, so that groups of both sorts lie next to each other.
    sizes = np.append(rng.integers(2, modulus + 1, 9), modulus)
    residue = np.concatenate([np.sort(rng.permutation(modulus)[:size]) for size in sizes])
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    level = walk.Level(residue, np.arange(len(residue)), np.arange(len(residue)), residue, start, 0)
    fourier = np.exp(-2j * np.pi * np.outer(np.arange(modulus), np.arange(modulus)) / modulus)
    values = rng.normal(size=(len(residue), 5)) + 1j * rng.normal(size=(len(residue), 5))
    alone = rng.random(5)
    energy = alone + np.sum(np.abs(values) ** 2, axis=0)
    group = np.repeat(np.arange(10), sizes)
    expected = np.tile(alone, (modulus, 1))
    for c in range(modulus):
        for g in range(10):
            inside = group == g
            expected[c] += np.abs(fourier[c, residue[inside]] @ values[inside]) ** 2
    transform = kind(modulus, rows)
    for scores in (
        walk._DenseScores(residue, sizes, transform),
        walk._PairScores(residue, sizes, transform),
        walk._make_scores(level, transform),
    ):
        np.testing.assert_allclose(scores(values.copy(), energy), expected, rtol=1e-10)


@pytest.mark.parametrize("modulus", [3, 127, 128, 251, 32749, 65521])
def test_sums_of_two_residues_fit_in_the_running_type(modulus):
    assert np.iinfo(walk.running_type(modulus)).max >= 2 * (modulus - 1)


def test_numba_is_taken_where_it_is_installed_and_numpy_elsewhere(monkeypatch):
    problem = wt.Problem([[0], [1]], [1.0, 2.0], modulus=3)
    _, weights, _, levels = prepare(problem)
    kinds = {
        backend: type(walk.make_walk(problem, weights, levels, backend))
        for backend in ("auto", "numba", "numpy")
    }
    assert kinds["auto"] is kinds["numba"] is walk_numba.NumbaWalk
    assert kinds["numpy"] is walk.NumpyWalk
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert type(walk.make_walk(problem, weights, levels, "auto")) is walk.NumpyWalk
