"""Problems with a prior: optimal weights, limits, scale, landmarks, and the paper's case."""

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import SmallCase, assert_one_line, smooth_prior
from winning_tickets import wide_network


def all_nodes(problem):
    nodes = full_grid(problem.modulus, problem.dimension + 1)
    return nodes[:, :-1], nodes[:, -1]


def random_problem(modulus=5, dimension=2, count=12, seed=0, outputs=None, **settings):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, modulus, (count, dimension))
    targets = rng.normal(size=count if outputs is None else (count, outputs))
    settings = {"ridge": 0.02, "prior": smooth_prior(modulus)} | settings
    return wt.Problem(points, targets, modulus=modulus, **settings)


def test_weights_and_probabilities_of_the_reference_cases(prior_reference):
    case, numbers = prior_reference
    problem = case.problem()
    a, b = all_nodes(problem)
    np.testing.assert_allclose(problem.optimal_weights(a, b), numbers["weights"], atol=1e-10)
    probabilities = wide_network.node_probabilities(problem)
    np.testing.assert_allclose(probabilities, numbers["probabilities"], atol=1e-12)
    # The norm of all weights, in logarithms.
    log_norm = np.log(problem.norm_squared) + problem.prior.log_energy
    assert log_norm == pytest.approx(np.log(np.sum(np.square(numbers["weights"]))), abs=1e-10)


@given(
    modulus=st.sampled_from([3, 5, 7]),
    activation=st.sampled_from(wt.ACTIVATIONS),
    ridge=st.sampled_from([0.0, 1e-3, 0.1, 2.0]),
    width=st.floats(0.4, 3.0),
    by_column=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_weights_are_the_direct_solution(modulus, activation, ridge, width, by_column, seed):
    rng = np.random.default_rng(seed)
    dimension = {3: 3, 5: 2, 7: 2}[modulus]
    count = int(rng.integers(2, 9))
    prior = smooth_prior(modulus, width)
    if by_column:
        prior = np.stack([smooth_prior(modulus, width * (1 + j), 0.5) for j in range(dimension)])
        prior[0, 1] = prior[0, -1] = 0.0
        prior[0] /= prior[0].sum()
    settings = {"ridge": ridge, "prior": prior, "activation": activation}
    problem = random_problem(modulus, dimension, count, seed, **settings)
    assert wide_network.wide_solution_error(problem, ridge) < 1e-7
    a, b = all_nodes(problem)
    u = problem.optimal_weights(a, b, scaled=True)
    factors = np.exp(problem.log_prior(a)) * modulus ** (-dimension / 2)
    np.testing.assert_allclose(problem.optimal_weights(a, b), factors * u, rtol=1e-12)
    energy = problem.node_energy(a, b)
    np.testing.assert_allclose(energy, u**2)
    # norm_squared is the mean over a from q of the sum over b.
    q = np.exp(2 * problem.log_prior(a))
    assert np.sum(q * energy) / np.sum(q) * modulus == pytest.approx(problem.norm_squared, rel=1e-6)


@pytest.mark.parametrize("ridge", [0.0, 0.3])
@pytest.mark.parametrize("outputs", [None, 2])
def test_a_uniform_prior_is_the_papers_case(ridge, outputs):
    plain = random_problem(prior=None, ridge=ridge, outputs=outputs)
    uniform = random_problem(prior=np.full(5, 0.2), ridge=ridge, outputs=outputs)
    a, b = all_nodes(plain)
    for scaled in (True, False):
        np.testing.assert_allclose(
            uniform.optimal_weights(a, b, scaled=scaled),
            plain.optimal_weights(a, b, scaled=scaled),
            atol=1e-13,
        )
    np.testing.assert_array_equal(uniform.log_prior(a), 0.0)
    np.testing.assert_array_equal(plain.log_prior(a), 0.0)
    assert uniform.norm_squared == pytest.approx(plain.norm_squared, rel=1e-12)
    np.testing.assert_allclose(uniform.energies, plain.energies, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        uniform.wide_outputs(uniform.points), plain.wide_outputs(plain.points), atol=1e-13
    )
    assert plain.prior is None
    assert plain.rank == plain.support_size == uniform.rank


def test_without_a_prior_the_wide_network_is_zero_off_the_data():
    problem = wt.Problem([[0, 1], [2, 2], [1, 0]], [1.0, -2.0, 0.0], modulus=3)
    np.testing.assert_allclose(
        problem.wide_outputs([[2, 2], [0, 1], [1, 0], [1, 1]]), [-2.0, 1.0, 0.0, 0.0], atol=1e-14
    )


def test_the_wide_network_is_the_sum_over_all_its_nodes():
    problem = random_problem(modulus=3, dimension=3, count=9, outputs=2)
    a, b = all_nodes(problem)
    everywhere = full_grid(3, 3)
    answers = problem.activation[(everywhere @ a.T - b) % 3] * 3 ** (-3 / 2)
    expected = answers @ problem.optimal_weights(a, b)
    np.testing.assert_allclose(problem.wide_outputs(everywhere), expected, atol=1e-12)
    with pytest.raises(ValueError) as error:
        problem.wide_outputs([[0, 1]])
    assert_one_line(error, "points")


def test_weights_averaged_over_targets_of_the_model_are_leverage_scores():
    # Targets of covariance K + lambda diag(1/p): the mean of pi u^2 is the node's leverage score.
    rng = np.random.default_rng(2)
    points = rng.integers(0, 5, (12, 2))
    points = np.concatenate([points, points[:3]])
    _, group = np.unique(points, axis=0, return_inverse=True)
    # One output a distinct point: u is then linear in the targets.
    targets = np.eye(group.max() + 1)[group.ravel()]
    prior = smooth_prior(5, 1.2)
    problem = wt.Problem(points, targets, modulus=5, prior=prior, ridge=0.05)
    a, b = all_nodes(problem)
    responses = problem.activation[(a @ problem.points.T.astype(int) - b[:, None]) % 5]
    chances = prior[a].prod(axis=1)
    kernel = responses.T @ (chances[:, None] * responses)
    covariance = kernel + 0.05 * np.diag(1 / problem.shares)
    u = problem.optimal_weights(a, b, scaled=True)
    mean_square = np.einsum("nc,cd,nd->n", u, covariance, u)
    leverage = np.einsum("nm,ml,nl->n", responses, np.linalg.inv(covariance), responses)
    np.testing.assert_allclose(chances * mean_square, chances * leverage, atol=1e-12)


def test_points_without_target_are_part_of_the_problem():
    points = full_grid(3, 2)
    targets = np.array([1.0, 0, 0, 2.0, 0, 0, 0, 0, -1.0])
    problem = wt.Problem(points, targets, modulus=3, prior=smooth_prior(3), ridge=0.1)
    assert problem.support_size == 9
    assert (problem.support_weights != 0).all()
    assert wide_network.wide_solution_error(problem, 0.1) < 1e-12


def test_the_order_and_repetition_of_examples_do_not_matter():
    rng = np.random.default_rng(1)
    points, targets = rng.integers(0, 5, (9, 2)), rng.normal(size=9)
    settings = {"modulus": 5, "prior": smooth_prior(5), "ridge": 0.01}
    first = wt.Problem(points, targets, **settings)
    order = rng.permutation(18) % 9
    second = wt.Problem(points[order], targets[order], **settings)
    np.testing.assert_allclose(first.support_weights, second.support_weights, rtol=1e-10)


@pytest.mark.parametrize("outputs", [None, 3])
def test_outputs_are_solved_alike_and_apart(outputs):
    problem = random_problem(outputs=outputs)
    targets = problem.values
    parts = problem.single_outputs()
    assert len(parts) == targets.shape[1]
    assert sum(part.norm_squared for part in parts) == pytest.approx(problem.norm_squared)
    a, b = all_nodes(problem)
    whole = problem.optimal_weights(a, b, scaled=True).reshape(len(b), -1)
    for column, part in enumerate(parts):
        assert part.outputs == 1
        np.testing.assert_allclose(part.optimal_weights(a, b, scaled=True), whole[:, column])
        assert part.norm_squared == pytest.approx(problem.energies[:, column].sum(), rel=1e-13)
        np.testing.assert_array_equal(part.values, targets[:, [column]])
    # Asking for the parts leaves the whole as it was.
    assert problem.energies.shape == (2, targets.shape[1])


def test_an_output_without_target_is_no_part():
    rng = np.random.default_rng(0)
    targets = rng.normal(size=(9, 2))
    targets[:, 0] = 0.0
    problem = wt.Problem(full_grid(3, 2), targets, modulus=3, prior=smooth_prior(3), ridge=0.1)
    (part,) = problem.single_outputs()
    np.testing.assert_array_equal(part.values, targets[:, 1:])


@pytest.mark.parametrize("shape", [(5,), (10_000, 5)], ids=["shared", "by column"])
def test_nothing_underflows_in_ten_thousand_dimensions(shape):
    rng = np.random.default_rng(0)
    points = rng.integers(0, 5, (20, 10_000))
    prior = np.broadcast_to(smooth_prior(5, 0.5, 0.9), shape)
    settings = {"modulus": 5, "prior": prior, "ridge": 1e-3, "activation": "sine"}
    problem = wt.Problem(points, rng.normal(size=20), **settings)
    a = np.zeros((3, 10_000), dtype=int)
    a[1, 7], a[2] = 1, 2
    expected = [10_000 * np.log(5 * prior.ravel()[c]) for c in (0, 2)]
    log_prior = problem.log_prior(a)
    np.testing.assert_allclose(log_prior[[0, 2]], expected, rtol=1e-12)
    assert log_prior[1] == pytest.approx(
        expected[0] + np.log(prior.ravel()[1] / prior.ravel()[0]), rel=1e-12
    )
    u = problem.optimal_weights(a, [1, 1, 2], scaled=True)
    assert np.isfinite(u).all()
    assert (u != 0).all()
    assert 0 < problem.norm_squared < np.inf
    for node in (a[:1], a[2:]):  # beyond the range of float64, above and below
        with pytest.raises(ValueError) as error:
            problem.optimal_weights(node, [1])
        assert_one_line(error, "scaled")


def test_nodes_where_the_prior_is_zero_do_not_exist():
    prior = [0.5, 0.25, 0.0, 0.0, 0.25]
    problem = random_problem(prior=prior)
    a, b = all_nodes(problem)
    absent = ((a == 2) | (a == 3)).any(axis=1)
    assert np.isneginf(problem.log_prior(a)[absent]).all()
    np.testing.assert_array_equal(problem.optimal_weights(a, b)[absent], 0.0)
    assert np.isfinite(problem.log_prior(a)[~absent]).all()


def test_log_prior_takes_any_number_of_nodes_and_refuses_bad_ones():
    problem = random_problem()
    assert problem.log_prior(np.zeros((0, 2))).shape == (0,)
    for bad, kind in (([[0, 5]], ValueError), ([[0.5, 1]], TypeError), ([0, 1], ValueError)):
        with pytest.raises(kind) as error:
            problem.log_prior(bad)
        assert_one_line(error, "a")
    for bad in ([[0, 1], [2]], 3):
        with pytest.raises(ValueError) as error:
            problem.log_prior(bad)
        assert_one_line(error, "a")


def test_a_singular_kernel_reports_its_rank():
    # Of a in {-1, 0, 1}^2 there are nine functions: a constant, four sines and four cosines.
    narrow = np.zeros(31)
    narrow[[0, 1, -1]] = 0.5, 0.25, 0.25
    rng = np.random.default_rng(0)
    points, targets = rng.integers(0, 31, (60, 2)), rng.normal(size=60)
    settings = {"modulus": 31, "prior": narrow, "activation": "sine"}
    singular = wt.Problem(points, targets, **settings)
    assert singular.rank == 9
    assert singular.support_size == 60
    assert wt.Problem(points, targets, ridge=1e-3, **settings).rank == 60
    fit = singular.wide_outputs(singular.points)
    # The solution is the least-squares fit in the directions that count.
    near = wt.Problem(points, targets, ridge=1e-9, **settings)
    np.testing.assert_allclose(fit, near.wide_outputs(near.points), atol=1e-5)


@pytest.mark.parametrize("method", ["farthest", "random"])
def test_landmarks_carry_the_solution(method):
    settings = {"modulus": 11, "dimension": 3, "count": 80, "ridge": 1e-3}
    full = random_problem(**settings)
    few = random_problem(landmarks=20, landmark_method=method, landmark_seed=1, **settings)
    assert few.support_size == 20
    assert few.rank <= 20
    rows = {tuple(row) for row in few.points}
    assert {tuple(row) for row in few.support_points} < rows
    everywhere = full_grid(11, 3)
    expected = full.wide_outputs(everywhere)
    error = np.linalg.norm(few.wide_outputs(everywhere) - expected) / np.linalg.norm(expected)
    assert few.landmark_error(everywhere) == pytest.approx(error, rel=1e-9)
    held_back = [row for row in few.points.tolist() if row not in few.support_points.tolist()]
    assert few.landmark_error() == pytest.approx(few.landmark_error(held_back), rel=1e-12)
    assert few.landmark_error() > 0.01


def test_all_points_as_landmarks_leave_no_error():
    problem = random_problem(landmarks=1_000)
    assert problem.support_size == len(problem.points)
    assert problem.landmark_error() < 1e-10


def test_landmarks_of_smooth_targets_need_be_few():
    grid = full_grid(31, 2)
    targets = np.sin(2 * np.pi * grid[:, 0] / 31)
    settings = {"modulus": 31, "activation": "sine", "ridge": 1e-6}
    problem = wt.Problem(grid, targets, prior=smooth_prior(31, 0.4), landmarks=60, **settings)
    assert problem.landmark_error() < 1e-3
    assert problem.rank <= 60


def test_landmarks_and_priors_that_do_not_fit_are_refused_in_one_line():
    with pytest.raises(ValueError) as error:
        random_problem(prior=None, landmarks=3)
    assert_one_line(error, "landmarks")
    with pytest.raises(ValueError) as error:
        random_problem(landmarks=0)
    assert_one_line(error, "landmarks")
    with pytest.raises(ValueError) as error:
        random_problem(landmarks=3, landmark_method="best")
    assert_one_line(error, "landmark_method")
    with pytest.raises(ValueError) as error:
        random_problem().landmark_error()
    assert_one_line(error, "landmark")
    with pytest.raises(ValueError) as error:
        random_problem(prior=smooth_prior(3))
    assert_one_line(error, "prior")


def test_a_prior_that_reaches_nothing_of_the_targets_is_refused_in_one_line():
    constant_nodes_only = np.eye(1, 5)[0]
    with pytest.raises(ValueError) as error:
        wt.Problem([[0], [1]], [1.0, -1.0], modulus=5, prior=constant_nodes_only)
    assert_one_line(error, "prior")
    reachable = wt.Problem([[0], [1]], [1.0, 2.0], modulus=5, prior=constant_nodes_only)
    np.testing.assert_allclose(reachable.wide_outputs([[0], [3]]), 1.5, rtol=1e-12)


def test_a_kernel_beyond_the_memory_is_refused_before_it_is_taken(monkeypatch):
    class Memory:
        total = 8 * 4 * 12**2 - 1

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory)
    rng = np.random.default_rng(0)
    points, targets = full_grid(5, 2)[:12], rng.normal(size=12)
    with pytest.raises(MemoryError) as error:
        wt.Problem(points, targets, modulus=5, prior=smooth_prior(5))
    assert_one_line(error, "landmarks")
    wt.Problem(points, targets, modulus=5, prior=smooth_prior(5), landmarks=5)


@pytest.mark.parametrize("size", [1e-100, 1e100])
def test_any_scale_of_targets_gives_the_same_tickets(size):
    rng = np.random.default_rng(5)
    case = SmallCase(rng.integers(0, 5, (10, 2)), rng.normal(size=10), 5, prior=smooth_prior(5))
    large = SmallCase(case.points, case.targets * size, 5, prior=case.prior)
    with np.errstate(all="raise", under="ignore"):
        for name in ("enumeration", "fft", "rejection", "ancestral"):
            plain = wt.make_sampler(name, case.problem()).sample(100, rng=3)
            scaled = wt.make_sampler(name, large.problem()).sample(100, rng=3)
            np.testing.assert_array_equal(plain.a, scaled.a)
            np.testing.assert_array_equal(plain.b, scaled.b)
