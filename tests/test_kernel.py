"""The wide network's kernel under a prior, its ridge solutions and energies, by brute force."""

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samplers.goodness import full_grid
from tests.support import activation_table, assert_one_line, smooth_prior
from winning_tickets import kernel
from winning_tickets.prior import Prior


def random_setting(modulus, dimension, count, activation="relu", seed=0):
    rng = np.random.default_rng(seed)
    index = rng.choice(modulus**dimension, size=count, replace=False)
    rows = np.stack([smooth_prior(modulus, rng.uniform(0.5, 2)) for _ in range(dimension)])
    return (
        full_grid(modulus, dimension)[index].astype(np.uint8),
        Prior(rows, modulus, dimension),
        activation_table(activation, modulus),
    )


def node_features(points, activation, prior):
    """Return g(a.x - b) of all nodes, shape (M, P^D, P), and pi(a), by plain sums."""
    modulus = prior.modulus
    a = full_grid(modulus, prior.dimension)
    phase = points.astype(int) @ a.T
    rows = np.broadcast_to(prior.rows, (prior.dimension, modulus))
    chances = np.prod([rows[j, a[:, j]] for j in range(prior.dimension)], axis=0)
    return activation[(phase[:, :, None] - np.arange(modulus)) % modulus], chances


@pytest.mark.parametrize("activation", ["relu", "sine", "tanh"])
@pytest.mark.parametrize(("modulus", "dimension"), [(3, 4), (5, 2), (7, 2), (11, 1)])
def test_the_kernel_is_the_covariance_of_nodes_of_the_prior(modulus, dimension, activation):
    points, prior, g = random_setting(modulus, dimension, 9, activation)
    features, chances = node_features(points, g, prior)
    expected = np.einsum("mab,a,lab->ml", features, chances, features)
    found = kernel.wide_kernel(points, points, prior, g)
    np.testing.assert_allclose(found, expected, atol=1e-14)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(
        kernel.wide_kernel(points[:4], points[2:7], prior, g), found[:4, 2:7]
    )


@pytest.mark.parametrize("modulus", [3, 61, 257])
def test_the_kernel_of_the_uniform_prior_is_the_identity(modulus):
    rng = np.random.default_rng(0)
    points = np.unique(rng.integers(0, modulus, (30, 3)), axis=0).astype(np.uint16)
    found = kernel.wide_kernel(
        points, points, Prior.uniform(modulus, 3), activation_table("relu", modulus)
    )
    np.testing.assert_allclose(found, np.eye(len(points)), atol=1e-15)
    assert np.count_nonzero(found) == len(points)


def test_blocks_and_both_ways_to_look_factors_up_agree(monkeypatch):
    points, prior, g = random_setting(11, 2, 9)
    whole = kernel.wide_kernel(points, points, prior, g)
    monkeypatch.setattr(kernel, "_BLOCK_ENTRIES", 20)
    np.testing.assert_array_equal(kernel.wide_kernel(points, points, prior, g), whole)
    many = np.concatenate([points, points])  # more points than residues
    np.testing.assert_array_equal(kernel.wide_kernel(many, points, prior, g)[:9], whole)


def test_products_of_many_factors_vanish_instead_of_underflowing():
    rng = np.random.default_rng(0)
    points = rng.integers(0, 5, (6, 4_000)).astype(np.uint8)
    prior = Prior(smooth_prior(5, 2.0, 0.1), 5, 4_000)
    ((columns, block),) = kernel.product_blocks(points, points, prior.transforms, 1)
    assert columns == slice(0, 6)
    np.testing.assert_array_equal(np.diag(block), 1.0)
    off = block[~np.eye(6, dtype=bool)]
    assert ((off == 0) | (np.abs(off) > 1e-300)).all()
    assert (off == 0).any()


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 3), (5, 2), (7, 1)])
def test_energies_are_means_over_nodes_of_the_squared_prior(modulus, dimension):
    points, prior, g = random_setting(modulus, dimension, 6, seed=1)
    weights = np.random.default_rng(2).normal(size=(6, 2))
    features, chances = node_features(points, g, prior)
    q = chances**2 / np.sum(chances**2)
    u = np.einsum("mab,mc->abc", features, weights)
    found = kernel.energies(points, weights, prior, g)
    assert found.shape == (modulus // 2, 2)
    np.testing.assert_allclose(found.sum(axis=0), np.einsum("a,abc->c", q, u**2), rtol=1e-12)
    # By frequency: Parseval over b, v and -v together.
    power = np.abs(np.fft.fft(u, axis=1)) ** 2 / modulus
    by_frequency = 2 * np.einsum("a,avc->vc", q, power)[1 : modulus // 2 + 1]
    np.testing.assert_allclose(found, by_frequency, rtol=1e-11)


def test_one_frequency_is_enough_for_a_sine():
    shares = kernel.frequency_shares(activation_table("sine", 7))
    np.testing.assert_array_equal(shares, [1.0, 0.0, 0.0])
    assert kernel.frequency_shares(activation_table("relu", 7)).sum() == pytest.approx(1.0)


@given(
    ridge=st.sampled_from([0.0, 1e-14, 1e-11, 1e-6, 0.1, 3.0]),
    count=st.integers(1, 12),
    seed=st.integers(0, 1_000),
)
def test_the_ridge_solution_solves_its_equations(ridge, count, seed):
    points, prior, g = random_setting(5, 2, count, seed=seed)
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(count))
    values = rng.normal(size=(count, 2))
    matrix = kernel.wide_kernel(points, points, prior, g)
    alpha, rank = kernel.ridge_solution(matrix.copy(), shares, values, ridge)
    left = shares[:, None] * (matrix @ alpha) + ridge * alpha
    scale = 1 + np.abs(alpha).max()
    np.testing.assert_allclose(left, shares[:, None] * values, atol=1e-10 * scale)
    assert rank <= count


def test_the_ridge_solution_has_a_limit_where_the_kernel_is_singular():
    # All points answer alike to a prior that allows a = 0 only.
    shares, values = np.array([0.5, 0.3, 0.2]), np.array([[1.0], [2.0], [6.0]])
    mean = float(shares @ values[:, 0])
    for ridge, expected_rank in ((0.0, 1), (1e-13, 1), (1e-9, 3)):
        alpha, rank = kernel.ridge_solution(np.ones((3, 3)), shares, values, ridge)
        assert rank == expected_rank
        np.testing.assert_allclose(np.ones(3) @ alpha, [mean], rtol=1e-6)
    limit = kernel.ridge_solution(np.ones((3, 3)), shares, values, 0.0)[0]
    np.testing.assert_allclose(limit[:, 0], shares * mean, rtol=1e-12)


def test_targets_out_of_reach_are_refused():
    shares = np.full(2, 0.5)
    with pytest.raises(ValueError) as error:
        kernel.ridge_solution(np.ones((2, 2)), shares, np.array([[1.0], [-1.0]]), 0.0)
    assert_one_line(error, "prior:")


@pytest.mark.parametrize("ridge", [0.0, 1e-3, 0.1])
def test_landmarks_solve_the_normal_equations(ridge):
    points, prior, g = random_setting(5, 2, 20, seed=3)
    rng = np.random.default_rng(3)
    shares, values = rng.dirichlet(np.ones(20)), rng.normal(size=(20, 2))
    whole = kernel.wide_kernel(points, points, prior, g)
    chosen = np.array([0, 3, 4, 11, 17])
    cross, inner = whole[:, chosen], whole[np.ix_(chosen, chosen)]
    alpha, rank = kernel.landmark_solution(cross.copy(), inner.copy(), shares, values, ridge)
    normal = cross.T @ (shares[:, None] * cross) + ridge * inner
    np.testing.assert_allclose(
        normal @ alpha, cross.T @ (shares[:, None] * values), atol=1e-12, rtol=1e-9
    )
    assert rank == 5


@pytest.mark.parametrize("ridge", [0.0, 1e-3, 0.1])
def test_all_points_as_landmarks_are_the_full_solution(ridge):
    points, prior, g = random_setting(5, 2, 12, seed=4)
    rng = np.random.default_rng(4)
    shares, values = rng.dirichlet(np.ones(12)), rng.normal(size=(12, 1))
    whole = kernel.wide_kernel(points, points, prior, g)
    full, _ = kernel.ridge_solution(whole.copy(), shares, values, ridge)
    landmarks, _ = kernel.landmark_solution(whole.copy(), whole.copy(), shares, values, ridge)
    np.testing.assert_allclose(whole @ landmarks, whole @ full, rtol=1e-7, atol=1e-9)


def test_landmarks_that_answer_alike_count_once():
    alpha, rank = kernel.landmark_solution(
        np.ones((4, 3)), np.ones((3, 3)), np.full(4, 0.25), np.arange(4.0)[:, None], 0.0
    )
    assert rank == 1
    np.testing.assert_allclose(alpha.sum(), 1.5, rtol=1e-12)


def test_a_kernel_beyond_the_memory_is_refused_in_one_line(monkeypatch):
    class Memory:
        total = 8 * (100 * 50 + 3 * 50**2)

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory)
    kernel.check_kernel_memory(100, 50)
    with pytest.raises(MemoryError) as error:
        kernel.check_kernel_memory(100, 51)
    assert_one_line(error, "landmarks")
