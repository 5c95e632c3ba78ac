"""The problem: merging, ridge solution, the transform's identities, scale, and bad input."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import (
    REFERENCES,
    activation_table,
    all_scaled_weights,
    assert_one_line,
    load_reference,
    random_case,
    ridge_targets,
)
from winning_tickets.field import InnerProducts
from winning_tickets.samplers.base import activation_shifts
from winning_tickets.samplers.enumeration import histogram

TINY = [(3, 1), (3, 2), (5, 1), (5, 2), (7, 1)]


def tiny_problem(modulus, dimension, seed=0, **options):
    """Return a problem on some points of a tiny domain, and all its nodes."""
    rng = np.random.default_rng([modulus, dimension, seed])
    grid = full_grid(modulus, dimension)
    points = grid[rng.integers(0, len(grid), size=len(grid))]
    problem = wt.Problem(points, rng.normal(size=len(points)), modulus=modulus, **options)
    nodes = full_grid(modulus, dimension + 1)
    return problem, nodes[:, :-1], nodes[:, -1]


def wide_features(problem, points, a, b):
    """Return P^(-D/2) g(a.x - b), one row a point: the wide network as a matrix."""
    table = problem.activation[(points.astype(int) @ a.T - b) % problem.modulus]
    return table * problem.modulus ** (-problem.dimension / 2)


def test_weights_and_probabilities_of_the_reference_cases(reference):
    case, numbers = reference
    problem = case.problem()
    nodes = full_grid(case.modulus, numbers["dimension"] + 1)
    weights = problem.optimal_weights(nodes[:, :-1], nodes[:, -1])
    np.testing.assert_allclose(weights, numbers["weights"], atol=1e-10)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    np.testing.assert_allclose(energy / energy.sum(), numbers["probabilities"], atol=1e-10)


def test_the_brute_force_of_these_tests_agrees_with_the_reference_cases(reference):
    case, numbers = reference
    np.testing.assert_allclose(case.probabilities(), numbers["probabilities"], atol=1e-10)


def test_kappa_of_the_reference_cases(reference):
    case, numbers = reference
    problem = case.problem()
    nodes = full_grid(case.modulus, numbers["dimension"] + 1)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    kappa = case.modulus * np.average(energy, weights=energy) / problem.norm_squared
    assert kappa == pytest.approx(numbers["kappa"], abs=1e-10)


@pytest.mark.parametrize("seed", range(12))
def test_scaled_weights_equal_brute_force(seed):
    _, case = random_case(seed)
    problem = case.problem()
    nodes = full_grid(case.modulus, problem.dimension + 1)
    u = problem.optimal_weights(nodes[:, :-1], nodes[:, -1], scaled=True)
    expected = all_scaled_weights(
        case.points, case.targets, case.modulus, case.activation, case.ridge
    )
    atol = 1e-11 * math.sqrt(problem.norm_squared)
    np.testing.assert_allclose(u.reshape(expected.shape), expected, atol=atol)
    assert u.shape == ((len(nodes),) if problem.outputs == 1 else (len(nodes), 3))


def test_weights_are_scaled_weights_over_the_root_of_the_domain():
    problem, a, b = tiny_problem(5, 2)
    np.testing.assert_allclose(
        problem.optimal_weights(a, b) * 5, problem.optimal_weights(a, b, scaled=True), rtol=1e-14
    )


def test_node_energy_sums_over_outputs_and_averages_to_the_norm():
    rng = np.random.default_rng(0)
    problem = wt.Problem(full_grid(3, 2), rng.normal(size=(9, 4)), modulus=3)
    nodes = full_grid(3, 3)
    u = problem.optimal_weights(nodes[:, :2], nodes[:, 2], scaled=True)
    energy = problem.node_energy(nodes[:, :2], nodes[:, 2])
    np.testing.assert_allclose(energy, np.sum(u**2, axis=1), rtol=1e-14)
    assert energy.mean() == pytest.approx(problem.norm_squared / 3, rel=1e-12)


@pytest.mark.parametrize("activation", wt.ACTIVATIONS)
@pytest.mark.parametrize(("modulus", "dimension"), TINY)
def test_the_network_undoes_the_transform_and_the_transform_keeps_norms(
    modulus, dimension, activation
):
    problem, a, b = tiny_problem(modulus, dimension, activation=activation)
    weights = problem.optimal_weights(a, b)
    grid = full_grid(modulus, dimension)
    h = {tuple(x): w for x, w in zip(problem.support_points, problem.support_weights, strict=True)}
    expected = [h.get(tuple(x), [0.0])[0] for x in grid]
    np.testing.assert_allclose(wide_features(problem, grid, a, b) @ weights, expected, atol=1e-12)
    assert weights @ weights == pytest.approx(problem.norm_squared, rel=1e-12)


def test_an_activation_with_a_mean_would_leave_a_defect():
    problem, a, b = tiny_problem(5, 1)
    problem.activation = problem.activation + 0.2
    weights = problem.optimal_weights(a, b)
    back = wide_features(problem, problem.support_points, a, b) @ weights
    assert np.abs(back - problem.support_weights[:, 0]).max() > 1e-2


@pytest.mark.parametrize("activation", wt.ACTIVATIONS)
@pytest.mark.parametrize(("modulus", "dimension"), TINY)
def test_the_fourier_slice_theorem(modulus, dimension, activation):
    problem, a, b = tiny_problem(modulus, dimension, activation=activation)
    u = problem.optimal_weights(a, b, scaled=True).reshape(-1, modulus)
    grid = np.zeros((modulus,) * dimension)
    grid[tuple(problem.support_points.T)] = problem.support_weights[:, 0]
    spectrum = np.fft.fftn(grid)
    g = np.fft.fft(problem.activation)
    v = np.arange(modulus)
    multiples = a[::modulus, None, :] * v[None, :, None] % modulus
    expected = spectrum[tuple(np.moveaxis(multiples, -1, 0))] * g.conj()
    np.testing.assert_allclose(np.fft.fft(u, axis=1), expected, atol=1e-11)
    energies = np.sum(np.abs(expected[:, 1:]) ** 2, axis=1) / modulus
    np.testing.assert_allclose(np.sum(u**2, axis=1), energies, atol=1e-11)


@pytest.mark.parametrize("ridge", [1e-4, 0.03, 2.0])
@pytest.mark.parametrize(("modulus", "dimension"), TINY)
def test_the_optimum_equals_a_direct_solve_of_the_wide_ridge_problem(modulus, dimension, ridge):
    problem, a, b = tiny_problem(modulus, dimension, ridge=ridge)
    rows = np.sqrt(problem.shares)[:, None] * wide_features(problem, problem.points, a, b)
    values = np.sqrt(problem.shares) * problem.values[:, 0]
    # Solved on the augmented rows, so that no square of the matrix is formed.
    augmented = np.vstack([rows, math.sqrt(ridge) * np.eye(len(a))])
    direct = np.linalg.lstsq(augmented, np.append(values, np.zeros(len(a))), rcond=None)[0]
    np.testing.assert_allclose(problem.optimal_weights(a, b), direct, atol=1e-10)


@pytest.mark.parametrize(("modulus", "dimension"), TINY)
def test_without_ridge_the_optimum_is_the_interpolation_of_least_norm(modulus, dimension):
    problem, a, b = tiny_problem(modulus, dimension)
    rows = wide_features(problem, problem.points, a, b)
    direct = np.linalg.lstsq(rows, problem.values[:, 0], rcond=1e-12)[0]
    np.testing.assert_allclose(problem.optimal_weights(a, b), direct, atol=1e-10)


@given(
    modulus=st.sampled_from([3, 5, 257]),
    dimension=st.integers(1, 3),
    outputs=st.integers(1, 3),
    ridge=st.sampled_from([0.0, 0.1, 3.0]),
    multiplicities=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    seed=st.integers(0, 2**32),
)
def test_repeats_merge_with_any_shares(modulus, dimension, outputs, ridge, multiplicities, seed):
    rng = np.random.default_rng(seed)
    distinct = rng.integers(0, modulus, (len(multiplicities), dimension))
    points = rng.permutation(np.repeat(distinct, multiplicities, axis=0))
    targets = rng.normal(size=(len(points), outputs))
    problem = wt.Problem(points, targets, modulus=modulus, ridge=ridge)
    expected = ridge_targets(points, targets, ridge)
    assert {tuple(x) for x in problem.support_points} == set(expected)
    for x, weight in zip(problem.support_points, problem.support_weights, strict=True):
        np.testing.assert_allclose(weight, expected[tuple(x)], rtol=1e-12, atol=1e-14)
    assert problem.shares.sum() == pytest.approx(1.0)
    for x, share in zip(problem.points, problem.shares, strict=True):
        assert share == pytest.approx(np.mean((points == x).all(axis=1)), rel=1e-14)


def test_the_order_of_the_examples_does_not_matter():
    rng = np.random.default_rng(1)
    points, targets = full_grid(5, 2), rng.normal(size=25)
    order = rng.permutation(25)
    first = wt.Problem(points, targets, modulus=5)
    second = wt.Problem(points[order], targets[order], modulus=5)
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.points, points)


def test_points_that_cancel_leave_the_support_but_not_the_data():
    problem = wt.Problem([[0], [0], [0], [1], [2], [2]], [0.1, 0.2, -0.3, 0.0, 1.0, 2.0], modulus=3)
    np.testing.assert_array_equal(problem.points, [[0], [1], [2]])
    np.testing.assert_array_equal(problem.values[:2], 0.0)
    np.testing.assert_array_equal(problem.support_points, [[2]])
    assert problem.support_size == 1
    assert problem.norm_squared == pytest.approx(1.5**2)


def test_a_small_mean_of_many_examples_is_no_rounding():
    targets = np.ones(300_000)
    targets[:149_999] = -1
    problem = wt.Problem(np.zeros((300_000, 1), dtype=int), targets, modulus=3)
    np.testing.assert_allclose(problem.values, [[2 / 300_000]], rtol=1e-9)


def test_attributes_and_their_types():
    points = np.array([[4, 0, 1], [0, 0, 0], [4, 0, 1]])
    problem = wt.Problem(points, [1, 2, 3], modulus=5, ridge=1)
    assert (problem.modulus, problem.dimension, problem.outputs) == (5, 3, 1)
    assert problem.ridge == 1.0
    assert problem.points.dtype == problem.support_points.dtype == np.uint8
    assert problem.points.shape == (2, 3)
    assert problem.values.shape == problem.support_weights.shape == (2, 1)
    assert problem.activation.shape == (5,)
    np.testing.assert_allclose(problem.shares, [1 / 3, 2 / 3])


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x.tolist(),
        np.asfortranarray,
        lambda x: np.repeat(x, 2, axis=1)[:, ::2],
        lambda x: x.astype(np.int8),
        lambda x: x.astype(np.uint64),
    ],
    ids=["lists", "columns first", "strided", "int8", "uint64"],
)
def test_points_come_in_any_form(convert):
    rng = np.random.default_rng(2)
    points, targets = rng.integers(0, 7, (9, 4)), rng.normal(size=9)
    before = points.copy()
    plain = wt.Problem(points.astype(np.uint8), targets, modulus=7)
    other = wt.Problem(convert(points), targets.tolist(), modulus=np.int16(7))
    np.testing.assert_array_equal(plain.points, other.points)
    np.testing.assert_array_equal(plain.support_weights, other.support_weights)
    np.testing.assert_array_equal(points, before)


def test_the_callers_arrays_stay_apart_from_the_problems():
    points, targets = np.array([[0], [1]], dtype=np.uint8), np.array([1.0, 2.0])
    problem = wt.Problem(points, targets, modulus=3)
    points[:], targets[:] = 2, 9.0
    np.testing.assert_array_equal(problem.points, [[0], [1]])
    np.testing.assert_array_equal(problem.values, [[1.0], [2.0]])


@pytest.mark.parametrize("modulus", [3, 127, 257, 65521])
def test_one_point_in_one_dimension(modulus):
    problem = wt.Problem([[modulus - 1]], [2.0], modulus=modulus)
    a = np.array([[0], [1], [modulus - 1], [2]])
    b = np.array([1, modulus - 1, 1, 0])
    expected = problem.activation[(a[:, 0] * (modulus - 1) - b) % modulus] * 2.0
    np.testing.assert_allclose(problem.optimal_weights(a, b, scaled=True), expected, atol=1e-15)


@pytest.mark.parametrize("modulus", [5, 7])
def test_nothing_underflows_in_ten_thousand_dimensions(modulus):
    rng = np.random.default_rng(modulus)
    points = rng.integers(0, modulus, (60, 10_000))
    targets = rng.normal(size=60)
    problem = wt.Problem(points, targets, modulus=modulus)
    a, b = rng.integers(0, modulus, (40, 10_000)), rng.integers(0, modulus, 40)
    table = activation_table("relu", modulus)
    expected = targets @ table[(points @ a.T - b) % modulus]
    u = problem.optimal_weights(a, b, scaled=True)
    np.testing.assert_allclose(u, expected, atol=1e-12)
    np.testing.assert_allclose(problem.node_energy(a, b), expected**2, atol=1e-11)
    assert np.count_nonzero(u) == 40
    with pytest.raises(ValueError) as error:
        problem.optimal_weights(a, b)
    assert_one_line(error, "scaled")


def test_unscaled_weights_exist_as_long_as_they_can():
    # 3^(-D/2) is the last normal number at D = 1,289.
    for dimension, exists in ((1_289, True), (1_290, False)):
        points = np.zeros((1, dimension), dtype=int)
        problem = wt.Problem(points, [1.0], modulus=3)
        if exists:
            assert problem.optimal_weights(points, [0])[0] != 0.0
        else:
            with pytest.raises(ValueError, match="scaled"):
                problem.optimal_weights(points, [0])


def test_unscaled_weights_of_small_targets_do_not_vanish():
    points = np.array([[0] * 800, [1] * 800])
    for size, exists in ((1e120, True), (1.0, True), (1e-120, False)):
        problem = wt.Problem(points, [size, -0.5 * size], modulus=3)
        if exists:
            weights = problem.optimal_weights(points, [0, 1]) / size
            expected = problem.optimal_weights(points, [0, 1], scaled=True) / size * 3.0**-400
            np.testing.assert_allclose(weights, expected, rtol=1e-12)
        else:
            with pytest.raises(ValueError) as error:
                problem.optimal_weights(points, [0, 1])
            assert_one_line(error, "scaled=True")


def test_rounding_is_snapped_to_zero_and_nothing_larger():
    # A mode on the whole grid has weight at the multiples of its frequency alone.
    grid = full_grid(5, 3)
    problem = wt.Problem(grid, np.cos(2 * np.pi * (grid @ [1, 2, 0]) / 5), modulus=5)
    nodes = full_grid(5, 4)
    energy = problem.node_energy(nodes[:, :3], nodes[:, 3]).reshape(-1, 5)
    multiples = {tuple(v * np.array([1, 2, 0]) % 5) for v in range(1, 5)}
    inside = [tuple(a) in multiples for a in grid]
    np.testing.assert_array_equal(energy.any(axis=1), inside)
    one = wt.Problem([[0], [1]], [1.0, 1e-11], modulus=3)
    assert one.optimal_weights([[0]], [0], scaled=True)[0] != 0.0


def test_many_nodes_are_handled_in_pieces(monkeypatch):
    problem, a, b = tiny_problem(5, 2)
    whole = problem.optimal_weights(a, b)
    monkeypatch.setattr("winning_tickets.problem._CHUNK_ENTRIES", 3 * problem.support_size)
    np.testing.assert_allclose(problem.optimal_weights(a, b), whole, atol=1e-14)


def test_no_nodes_have_no_weights():
    problem, _, _ = tiny_problem(5, 2)
    assert problem.optimal_weights(np.zeros((0, 2)), np.zeros(0)).shape == (0,)
    assert problem.node_energy(np.zeros((0, 2)), np.zeros(0)).shape == (0,)


def test_nodes_of_a_small_type_do_not_overflow():
    rng = np.random.default_rng(3)
    problem = wt.Problem(rng.integers(0, 251, (20, 30)), rng.normal(size=20), modulus=251)
    a, b = rng.integers(200, 251, (9, 30)), rng.integers(200, 251, 9)
    np.testing.assert_array_equal(
        problem.optimal_weights(a.astype(np.uint8), b.astype(np.uint8)),
        problem.optimal_weights(a, b),
    )


def test_single_outputs_share_the_norm_and_drop_outputs_without_target():
    rng = np.random.default_rng(4)
    targets = rng.normal(size=(9, 4))
    targets[:, 1] = 0.0
    targets[:, 3] *= 1e-14
    targets[:5, 2] = 0.0
    problem = wt.Problem(full_grid(3, 2), targets, modulus=3, ridge=0.1)
    parts = problem.single_outputs()
    assert [part.support_size for part in parts] == [9, 4]
    assert sum(part.norm_squared for part in parts) == pytest.approx(problem.norm_squared)
    assert all(part.outputs == 1 and part.ridge == 0.1 for part in parts)
    assert problem.outputs == 4
    nodes = full_grid(3, 3)
    whole = problem.optimal_weights(nodes[:, :2], nodes[:, 2])
    assert not whole[:, [1, 3]].any()
    np.testing.assert_allclose(
        parts[1].optimal_weights(nodes[:, :2], nodes[:, 2]), whole[:, 2], atol=1e-12
    )


def test_two_columns_of_targets_need_not_be_scaled_alike():
    problem = wt.Problem([[0], [1]], [[1.0, 0.0], [0.0, 1e-120]], modulus=3)
    nodes = wt.make_sampler("spectral", problem).sample(50, rng=0)
    assert len(nodes) == 50


def test_what_counts_as_zero_grows_with_the_number_of_points():
    for size in (1, 4, 9):
        problem = wt.Problem(full_grid(3, 2)[:size], np.full(size, 2.0), modulus=3)
        assert problem.negligible == pytest.approx(1e-12 * math.sqrt(size) * 2 * math.sqrt(size))


@pytest.mark.parametrize("offset", [0, 3])
def test_rounding_on_a_large_grid_stays_far_below_what_counts_as_zero(offset, monkeypatch):
    """Of 59,049 points, by products and by histograms; off the multiples of k all u are 0."""
    grid = full_grid(3, 10).astype(np.uint8)
    k = [1, 2, 1, 1, 0, 2, 2, 1, 0, 1]
    problem = wt.Problem(grid, np.sin(2 * np.pi * (grid @ k) / 3 + 0.3) + offset, modulus=3)
    limit = 1e-3 * problem.negligible
    a = grid[[1, 5, 30_000, 59_000]]
    products = InnerProducts(problem.support_points, 3).unreduced(a)
    sums = histogram(products, problem.support_weights[:, 0], 3)
    by_histograms = sums @ activation_shifts(problem.activation).T
    monkeypatch.setattr("winning_tickets.problem.NEGLIGIBLE", 0.0)
    by_products = problem.optimal_weights(np.repeat(a, 3, axis=0), [0, 1, 2] * 4, scaled=True)
    for u in (by_products, by_histograms):
        assert u.any()
        assert np.abs(u).max() < limit


@pytest.mark.parametrize("size", [1e-120, 1e120])
def test_any_scale_of_targets_gives_the_same_tickets(size):
    case, _ = load_reference(REFERENCES[-1])
    large = copy.copy(case)
    object.__setattr__(large, "targets", case.targets * size)
    with np.errstate(all="raise", under="ignore"):
        for name in ("enumeration", "fft", "rejection", "spectral"):
            plain = wt.make_sampler(name, case.problem()).sample(100, rng=3)
            scaled = wt.make_sampler(name, large.problem()).sample(100, rng=3)
            np.testing.assert_array_equal(plain.a, scaled.a)
            np.testing.assert_array_equal(plain.b, scaled.b)
        net = wt.fit_subnetwork(large.problem(), scaled)
    assert net.relative_risk == pytest.approx(
        wt.fit_subnetwork(case.problem(), scaled).relative_risk, rel=1e-9, abs=1e-20
    )


GOOD = {"points": [[0, 1], [2, 2], [1, 0]], "targets": [1.0, -2.0, 0.5], "modulus": 3}

BAD_INPUT = [
    ("modulus", 4, ValueError, "modulus"),
    ("modulus", 2, ValueError, "modulus"),
    ("modulus", 3.0, TypeError, "modulus"),
    ("modulus", True, TypeError, "modulus"),
    ("points", [[0, 1], [2, 3], [1, 0]], ValueError, "points"),
    ("points", [[0, 1], [2, -1], [1, 0]], ValueError, "points"),
    ("points", np.array([[0, 1], [2, 255], [1, 0]], dtype=np.uint8), ValueError, "points"),
    ("points", [[0, 1], [2, 2**70], [1, 0]], TypeError, "points"),
    ("points", [[0.0, 1], [2, 2], [1, 0]], TypeError, "points"),
    ("points", [[True, False]] * 3, TypeError, "points"),
    ("points", [["0", "1"]] * 3, TypeError, "points"),
    ("points", [], ValueError, "points"),
    ("points", np.zeros((3, 0), dtype=int), ValueError, "points"),
    ("points", np.zeros((0, 2), dtype=int), ValueError, "points"),
    ("points", [0, 1, 2], ValueError, "points"),
    ("points", [[[0, 1]]] * 3, ValueError, "points"),
    ("points", [[0, 1], [2], [1, 0]], ValueError, "points"),
    ("points", 1, ValueError, "points"),
    ("targets", [1.0, 2.0], ValueError, "targets"),
    ("targets", [[1.0, 2.0, 3.0]], ValueError, "targets"),
    ("targets", np.zeros((3, 0)), ValueError, "targets"),
    ("targets", np.ones((3, 1, 1)), ValueError, "targets"),
    ("targets", 1.0, ValueError, "targets"),
    ("targets", [[1.0], [2.0, 3.0], [1.0]], ValueError, "targets"),
    ("targets", [1.0, np.nan, 2.0], ValueError, "targets"),
    ("targets", [1.0, np.inf, 2.0], ValueError, "targets"),
    ("targets", [1.0, 1e200, 2.0], ValueError, "targets"),
    ("targets", [1e-200, 0.0, 0.0], ValueError, "targets"),
    ("targets", [1.0, 1j, 2.0], TypeError, "targets"),
    ("targets", ["1", "2", "3"], TypeError, "targets"),
    ("targets", [1.0, None, 2.0], TypeError, "targets"),
    ("targets", [0.0, 0.0, 0.0], ValueError, "targets: all zero"),
    ("targets", np.zeros((3, 2)), ValueError, "targets: all zero"),
    ("ridge", -1e-9, ValueError, "ridge"),
    ("ridge", np.nan, ValueError, "ridge"),
    ("ridge", np.inf, ValueError, "ridge"),
    ("ridge", "0.1", TypeError, "ridge"),
    ("ridge", None, TypeError, "ridge"),
    ("ridge", True, TypeError, "ridge"),
    ("ridge", 1j, TypeError, "ridge"),
    ("ridge", np.complex128(1), TypeError, "ridge"),
    ("ridge", np.timedelta64(1), TypeError, "ridge"),
    ("ridge", 10**400, ValueError, "ridge"),
    ("ridge", 1e200, ValueError, "ridge: 1e+200 makes h"),
    ("ridge", 1e308, ValueError, "ridge: 1e+308 makes h"),
    ("modulus", np.timedelta64(3), TypeError, "modulus"),
    ("activation", "rulu", ValueError, "relu"),
    ("activation", [1.0, 1.0, 1.0], ValueError, "activation"),
    ("activation", [1.0, 2.0], ValueError, "activation"),
    ("activation", [1.0, 2.0, np.nan], ValueError, "activation"),
]


@pytest.mark.parametrize(("key", "value", "kind", "words"), BAD_INPUT)
def test_bad_input_is_refused_in_one_line_that_names_it(key, value, kind, words):
    with np.errstate(all="raise", under="ignore"), pytest.raises(kind) as error:
        wt.Problem(**(GOOD | {key: value}))
    assert_one_line(error, words)


def test_targets_that_cancel_when_merged_are_refused():
    for targets in ([0.1, 0.2, -0.3], [1.0, -1.0, 0.0], [0.3, -0.1, -0.2]):
        with pytest.raises(ValueError) as error:
            wt.Problem([[1, 1]] * 3, targets, modulus=3)
        assert_one_line(error, "targets: all zero")


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ([[0, 1, 2]], [0], ValueError),
        ([[0, 1]], [0, 1], ValueError),
        ([0, 1], [0], ValueError),
        ([[0, 1]], 0, ValueError),
        ([[0, 3]], [0], ValueError),
        ([[0, -1]], [0], ValueError),
        ([[0, 1]], [3], ValueError),
        ([[0, 1], [2]], [0, 0], ValueError),
        ([[0.5, 1]], [0], TypeError),
        ([[0, 1]], [0.5], TypeError),
    ],
)
def test_bad_nodes_are_refused_in_one_line(a, b, kind):
    problem = wt.Problem(**GOOD)
    for method in (problem.optimal_weights, problem.node_energy):
        with pytest.raises(kind) as error:
            method(a, b)
        assert str(error.value)[0] in "ab"
        assert_one_line(error, ":")


def test_weights_of_examples_are_repeats():
    rng = np.random.default_rng(3)
    points, targets = rng.integers(0, 3, (20, 2)), rng.normal(size=(20, 2))
    weights = rng.integers(0, 4, 20)
    weighted = wt.Problem(points, targets, modulus=3, ridge=0.1, sample_weight=weights)
    rows = np.repeat(np.arange(20), weights)
    repeated = wt.Problem(points[rows], targets[rows], modulus=3, ridge=0.1)
    np.testing.assert_array_equal(weighted.points, repeated.points)
    np.testing.assert_allclose(weighted.shares, repeated.shares, rtol=1e-12)
    np.testing.assert_allclose(weighted.values, repeated.values, rtol=1e-12)
    halves = wt.Problem(points, targets, modulus=3, ridge=0.1, sample_weight=weights * 1e300)
    np.testing.assert_array_equal(halves.shares, weighted.shares)


@pytest.mark.parametrize("weights", [[1, -1], [0, 0], [1.0], [1, np.nan]], ids=str)
def test_weights_that_say_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="sample_weight: "):
        wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3, sample_weight=weights)
