"""Spectral: one result from both backends, exact in ten thousand dimensions, few levels."""

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import chi_square, full_grid, node_counts
from tests.support import (
    POINT_KINDS,
    SmallCase,
    assert_one_line,
    is_rejected,
    random_case,
    uniform_fit,
)
from winning_tickets.samplers import enumeration, spectral, walk


def dense(rng, modulus, dimension, size):
    return rng.integers(0, modulus, (size, dimension))


def sparse(rng, modulus, dimension, size):
    return rng.integers(0, modulus, (size, dimension)) * (rng.random((size, dimension)) < 0.1)


def one_hot(rng, modulus, dimension, size):
    return np.eye(dimension, dtype=int)[:size] * rng.integers(1, modulus, (size, 1))


def two_columns(rng, modulus, dimension, size):
    # A square of points: full groups of children, and many of them.
    side = int(size**0.5)
    return np.indices((side, side)).reshape(2, -1).T * 7 % modulus


def everything(rng, modulus, dimension, size):
    return full_grid(modulus, dimension)


@pytest.mark.parametrize(
    ("modulus", "dimension", "size", "make"),
    [
        (3, 1, 1, dense),
        (3, 1, 3, everything),
        (3, 40, 300, dense),
        (3, 300, 300, one_hot),
        (3, 100, 200, sparse),
        (5, 6, 2, dense),
        (5, 3, 125, everything),
        (5, 1_000, 250, dense),
        (7, 60, 60, one_hot),
        (7, 3, 300, everything),
        (7, 50, 299, sparse),
        (11, 2, 121, everything),
        (17, 64, 300, sparse),
        (31, 5, 100, dense),
        (127, 1, 127, everything),
        (127, 9, 300, dense),
        (127, 5_000, 20, dense),
        (257, 3, 30, dense),
    ],
)
def test_numpy_and_numba_draws_are_equal_bit_for_bit(modulus, dimension, size, make):
    rng = np.random.default_rng([modulus, dimension, size])
    points = make(rng, modulus, dimension, size)
    problem = wt.Problem(points, rng.normal(size=len(points)), modulus=modulus)
    draws = [
        wt.make_sampler("spectral", problem, backend=backend).sample(300, rng=5)
        for backend in ("numba", "numpy", "auto")
    ]
    for other in draws[1:]:
        np.testing.assert_array_equal(draws[0].a, other.a)
        np.testing.assert_array_equal(draws[0].b, other.b)


@pytest.mark.parametrize("seed", range(len(POINT_KINDS)))
@pytest.mark.parametrize("name", ["spectral", "enumeration"])
def test_transforms_give_the_draws_of_tables(monkeypatch, name, seed):
    _, case = random_case(seed)

    def draw():
        sampler = wt.make_sampler(name, case.problem(), soft_threshold=case.soft_threshold)
        return sampler.sample(300, rng=seed)

    by_table = draw()
    monkeypatch.setattr(walk, "MAX_TABLE_MODULUS", 2)
    monkeypatch.setattr(enumeration, "MAX_TABLE_MODULUS", 2)
    by_transform = draw()
    np.testing.assert_array_equal(by_table.a, by_transform.a)
    np.testing.assert_array_equal(by_table.b, by_transform.b)


@pytest.mark.parametrize(
    ("modulus", "dimension", "size", "make"),
    [(521, 1, 521, everything), (521, 3, 400, dense), (1_021, 2, 900, two_columns)],
)
def test_either_side_of_the_limit_on_tables_draws_the_same(
    monkeypatch, modulus, dimension, size, make
):
    rng = np.random.default_rng([modulus, dimension, size])
    points = make(rng, modulus, dimension, size)
    problem = wt.Problem(points, rng.normal(size=len(points)), modulus=modulus)
    by_transform = wt.make_sampler("spectral", problem).sample(60, rng=5)
    monkeypatch.setattr(walk, "MAX_TABLE_MODULUS", modulus)
    for backend in ("numba", "numpy"):
        by_table = wt.make_sampler("spectral", problem, backend=backend).sample(60, rng=5)
        np.testing.assert_array_equal(by_table.a, by_transform.a)
        np.testing.assert_array_equal(by_table.b, by_transform.b)


@pytest.mark.parametrize("name", ["spectral", "rejection"])
def test_exact_at_a_large_modulus(name):
    # For two points all of p* is in the inner products: (h_0 g(a.x_0 - b) + h_1 g(a.x_1 - b))^2.
    modulus, cells = 2_003, 12
    case = SmallCase(np.array([[5, 70], [1_900, 333]]), np.array([1.0, -1.7]), modulus)
    nodes = wt.make_sampler(name, case.problem()).sample(6_000, rng=0)
    inner = (nodes.a.astype(int) @ case.points.T - nodes.b.astype(int)[:, None]) % modulus
    g = wt.make_activation("relu", modulus)
    exact = (g[:, None] - 1.7 * g) ** 2
    bins = np.arange(modulus) * cells // modulus
    index = bins[inner[:, 0]] * cells + bins[inner[:, 1]]
    every = (bins[:, None] * cells + bins).reshape(-1)
    probabilities = np.bincount(every, weights=exact.reshape(-1)) / exact.sum()
    assert not is_rejected(chi_square(np.bincount(index, minlength=cells**2), probabilities))
    swapped = bins[inner[:, 1]] * cells + bins[inner[:, 0]]
    assert is_rejected(chi_square(np.bincount(swapped, minlength=cells**2), probabilities))


@pytest.mark.parametrize("activation", wt.ACTIVATIONS)
def test_backends_are_equal_on_structured_targets_too(activation):
    grid = full_grid(5, 4)
    target = np.sin(2 * np.pi * (grid @ [1, 2, 0, 3]) / 5)
    problem = wt.Problem(grid, target, modulus=5, activation=activation)
    draws = [
        wt.make_sampler("spectral", problem, backend=backend).sample(500, rng=0)
        for backend in ("numba", "numpy")
    ]
    np.testing.assert_array_equal(draws[0].a, draws[1].a)
    np.testing.assert_array_equal(draws[0].b, draws[1].b)
    assert (problem.node_energy(draws[0].a, draws[0].b) > 0).all()


@pytest.mark.parametrize("size", [1e-120, 1e120])
def test_a_common_factor_of_the_targets_changes_no_draw(size):
    rng = np.random.default_rng(0)
    points, targets = dense(rng, 5, 30, 60), rng.normal(size=60)
    draws = [
        wt.make_sampler("spectral", wt.Problem(points, y, modulus=5)).sample(200, rng=0)
        for y in (targets, targets * size)
    ]
    np.testing.assert_array_equal(draws[0].a, draws[1].a)


@pytest.mark.parametrize("name", ["spectral", "rejection"])
@pytest.mark.parametrize(("modulus", "dimension"), [(5, 10_000), (7, 300), (3, 1_000)])
def test_exact_in_many_dimensions(name, modulus, dimension):
    # Points z B of a plane: only B a matters, and it must follow p* of the points z alone.
    rng = np.random.default_rng([modulus, dimension])
    size = 6 if dimension == 10_000 else 12
    plane = full_grid(modulus, 2)
    z = plane[rng.choice(len(plane), size=min(size, len(plane)), replace=False)]
    basis = rng.integers(0, modulus, (2, dimension))
    case = SmallCase(z, rng.normal(size=len(z)), modulus)
    problem = wt.Problem(z @ basis % modulus, case.targets, modulus=modulus)
    nodes = wt.make_sampler(name, problem).sample(4_000, rng=0)
    seen = wt.Nodes(nodes.a.astype(np.float64) @ basis.T.astype(np.float64) % modulus, nodes.b)
    seen = wt.Nodes(seen.a.astype(np.int64), seen.b)
    assert not is_rejected(chi_square(node_counts(seen, modulus), case.probabilities()))
    shifted = wt.Nodes(seen.a, (seen.b.astype(int) + 1) % modulus)
    assert is_rejected(chi_square(node_counts(shifted, modulus), case.probabilities()))
    # Any other direction is uniform: coordinates, those the sampler chose, and a sum of all.
    chosen = [0, dimension // 2, dimension - 1]
    if name == "spectral":
        chosen += wt.make_sampler(name, problem)._directions.columns.tolist()
    for column in chosen:
        assert not is_rejected(uniform_fit(nodes.a[:, column], modulus))
    assert not is_rejected(uniform_fit(nodes.a.sum(axis=1, dtype=np.int64) % modulus, modulus))


@pytest.mark.parametrize("backend", ["numba", "numpy"])
def test_random_functionals_are_exact_on_unit_vectors_of_many_dimensions(backend):
    # With equal weights on e_1..e_D, coordinates are exchangeable, and the chance of
    # (a_1, a_2, b) follows from the moments of u over the other D - 2 coordinates.
    modulus, dimension = 5, 60
    weights = np.ones(dimension)
    weights[:2] = 6.0, -4.0
    problem = wt.Problem(np.eye(dimension, dtype=int), weights, modulus=modulus)
    sampler = wt.make_sampler("spectral", problem, backend=backend)
    assert sampler._directions.matrix is not None
    g = problem.activation
    cells = full_grid(modulus, 3)
    own = (
        6 * g[(cells[:, 0] - cells[:, 2]) % modulus] - 4 * g[(cells[:, 1] - cells[:, 2]) % modulus]
    )
    # The others are independent with mean sum_t g(t) = 0 and mean square 1/P each.
    probabilities = own**2 + (dimension - 2) / modulus
    nodes = sampler.sample(20_000, rng=0)
    seen = wt.Nodes(nodes.a[:, :2], nodes.b)
    p_value = chi_square(node_counts(seen, modulus), probabilities / probabilities.sum())
    assert not is_rejected(p_value)
    swapped = wt.Nodes(nodes.a[:, 1::-1], nodes.b)
    assert is_rejected(
        chi_square(node_counts(swapped, modulus), probabilities / probabilities.sum())
    )


def test_energies_of_draws_agree_with_weighted_uniform_nodes():
    rng = np.random.default_rng(3)
    problem = wt.Problem(dense(rng, 7, 50, 300), rng.normal(size=300), modulus=7)
    share = 7 / problem.norm_squared
    drawn = wt.make_sampler("spectral", problem).sample(4_000, rng=0)
    uniform = wt.make_sampler("uniform", problem).sample(8_000, rng=1)
    # E_p*[f(u)] = (P / ||h||^2) E_uniform[u^2 f(u)], here with f = P u^2 / ||h||^2.
    optimized = share * problem.node_energy(drawn.a, drawn.b)
    weighted = (share * problem.node_energy(uniform.a, uniform.b)) ** 2
    gap = optimized.mean() - weighted.mean()
    error = np.hypot(optimized.std() / 4_000**0.5, weighted.std() / 8_000**0.5)
    assert abs(gap) < 4 * error
    assert error < 0.2
    # Uniform draws posing as exact would be far off.
    assert optimized.mean() - np.sqrt(weighted).mean() > 10 * error


@pytest.mark.parametrize(
    ("modulus", "make", "dimension", "size", "most"),
    [
        (7, dense, 10_000, 1_000, 8),
        (3, dense, 500, 200, 12),
        (7, one_hot, 1_000, 1_000, 11),
        (5, one_hot, 60, 60, 9),
        (5, everything, 4, 625, 4),
        (127, everything, 1, 127, 1),
        (5, dense, 20, 1, 0),
    ],
)
def test_levels_are_few(modulus, make, dimension, size, most):
    rng = np.random.default_rng(0)
    points = make(rng, modulus, dimension, size)
    problem = wt.Problem(points, rng.normal(size=len(points)), modulus=modulus)
    sampler = wt.make_sampler("spectral", problem)
    assert sampler.report.levels <= most
    assert (sampler.report.levels == 0) == (len(points) == 1)


def test_ten_thousand_dimensions_and_a_thousand_points():
    rng = np.random.default_rng(0)
    problem = wt.Problem(dense(rng, 7, 10_000, 1_000), rng.normal(size=1_000), modulus=7)
    sampler = wt.make_sampler("spectral", problem)
    nodes = sampler.sample(100, rng=0)
    assert nodes.a.shape == (100, 10_000)
    assert nodes.a.dtype == np.uint8
    energy = problem.node_energy(nodes.a, nodes.b) * 7 / problem.norm_squared
    # kappa is near 3 for data like these, and 1 for uniform nodes.
    assert 2 < energy.mean() < 4.5
    net = wt.fit_subnetwork(problem, nodes)
    assert 0.5 < net.relative_risk < 0.9


def test_the_report():
    rng = np.random.default_rng(0)
    problem = wt.Problem(dense(rng, 5, 30, 40), rng.normal(size=40), modulus=5)
    sampler = wt.make_sampler("spectral", problem)
    sampler.sample(70, rng=0)
    sampler.sample(30, rng=0)
    report = sampler.report
    assert (report.nodes, report.proposals, report.acceptance_rate) == (100, 100, 1.0)
    assert report.weight_evaluations == 100 * 40
    assert report.array_entries == 0
    assert report.memory_bytes == spectral.SpectralSampler.memory_required(problem)
    assert all(seconds > 0 for seconds in sampler.step_seconds.values())


def test_more_nodes_than_one_batch():
    rng = np.random.default_rng(0)
    problem = wt.Problem(dense(rng, 5, 8, 20), rng.normal(size=20), modulus=5)
    sampler = wt.make_sampler("spectral", problem)
    count = 2 * sampler.batch_size + 3
    nodes = sampler.sample(count, rng=0)
    assert len(nodes) == count
    assert nodes.unique_count > 0.9 * count


@pytest.mark.parametrize(("modulus", "dimension", "size"), [(7, 64, 900), (5, 3, 40), (251, 5, 30)])
def test_any_number_of_threads_draws_the_same(modulus, dimension, size):
    rng = np.random.default_rng(size)
    points = rng.integers(0, modulus, (size, dimension))
    problem = wt.Problem(points, rng.normal(size=size), modulus=modulus)
    single = wt.make_sampler("spectral", problem)
    expected = single.sample(700, rng=3)
    for threads in (2, 3, 100):
        sampler = wt.make_sampler("spectral", problem, threads=threads)
        found = sampler.sample(700, rng=3)
        np.testing.assert_array_equal(found.a, expected.a)
        np.testing.assert_array_equal(found.b, expected.b)
        assert sampler.report.memory_bytes > single.report.memory_bytes


@pytest.mark.parametrize("backend", ["numba", "numpy"])
@pytest.mark.parametrize("threads", [2, 3, 10])
def test_batches_shared_out_are_those_of_one_thread_in_their_order(backend, threads):
    # Seven batches: whole rounds and a rest that is shared out within, or a rest alone.
    rng = np.random.default_rng(0)
    problem = wt.Problem(dense(rng, 7, 40, 90), rng.normal(size=90), modulus=7)
    single, shared = (
        wt.make_sampler("spectral", problem, backend=backend, threads=n) for n in (1, threads)
    )
    count = 6 * single.batch_size + 100
    expected, found = single.sample(count, rng=3), shared.sample(count, rng=3)
    np.testing.assert_array_equal(found.a, expected.a)
    np.testing.assert_array_equal(found.b, expected.b)
    assert shared.report.weight_evaluations == single.report.weight_evaluations == count * 90
    assert all(seconds > 0 for seconds in shared.step_seconds.values())


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", True])
def test_a_number_of_threads_is_a_whole_number(threads):
    problem = wt.Problem([[0], [1]], [1.0, 2.0], modulus=3)
    with pytest.raises(ValueError) as error:
        wt.make_sampler("spectral", problem, threads=threads)
    assert_one_line(error, "threads")
