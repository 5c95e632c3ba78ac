"""The parts of a ticket for tables, each against a plain computation of the same."""

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

import winning_tickets as wt
from winning_tickets.activations import make_activation
from winning_tickets.estimators.hidden import HiddenLayer, canonical, draw_nodes
from winning_tickets.estimators.readout import PENALTIES, Readout
from winning_tickets.estimators.wide import choose_wide, leave_one_out, smooth_prior
from winning_tickets.kernel import wide_kernel
from winning_tickets.prior import Prior
from winning_tickets.samplers.base import Nodes
from winning_tickets.subnetwork import features


def test_leave_one_out_is_what_fitting_without_each_point_gives():
    rng = np.random.default_rng(0)
    points = rng.integers(0, 4, (9, 3)).astype(np.uint8)
    values, shares = rng.normal(size=(9, 2)), rng.dirichlet(np.ones(9))
    prior = Prior(smooth_prior(7, 3, 2, 0.8), 7, 3)
    kernel = wide_kernel(points, points, prior, make_activation("sine", 7))
    ridges = np.array([1e-3, 0.1])
    expected = np.zeros(2)
    for place, ridge in enumerate(ridges):
        for out in range(9):
            kept = np.delete(np.arange(9), out)
            inner = kernel[np.ix_(kept, kept)] + np.diag(ridge / shares[kept])
            missed = values[out] - kernel[out, kept] @ np.linalg.solve(inner, values[kept])
            expected[place] += shares[out] * np.sum(missed**2)
    np.testing.assert_allclose(leave_one_out(kernel, shares, values, ridges), expected)


@given(
    st.sampled_from([3, 7, 61]),
    st.integers(1, 40),
    st.sampled_from([1.0, 2.0, None]),
    st.sampled_from([0.4, 2.0]),
)
def test_the_smooth_prior_is_a_prior_of_the_sparsity_asked_for(modulus, dimension, active, width):
    prior = smooth_prior(modulus, dimension, active, width)
    Prior(prior, modulus, dimension)  # refuses what is not symmetric or of another sum
    if active is not None:
        assert dimension * (1 - prior[0]) == pytest.approx(min(active, 0.95 * dimension))
    assert (np.diff(prior[1 : modulus // 2 + 1]) <= 0).all()


def test_the_choice_finds_the_prior_that_targets_were_made_with():
    rng = np.random.default_rng(1)
    points = rng.integers(0, 31, (120, 6)).astype(np.uint8)
    activation = make_activation("sine", 61)
    smooth, wiggly = (smooth_prior(61, 6, 1, width) for width in (0.4, 4.0))
    for made_with in (smooth, wiggly):
        kernel = wide_kernel(points, points, Prior(made_with, 61, 6), activation)
        values = np.linalg.cholesky(kernel + 1e-9 * np.eye(120)) @ rng.normal(size=(120, 3))
        found = choose_wide(points, values, np.ones(120), activation, [smooth, wiggly])
        assert found.prior is made_with


def test_features_on_residues_are_those_of_the_library():
    rng = np.random.default_rng(2)
    problem = wt.Problem(
        rng.integers(0, 7, (5, 3)), rng.normal(size=5), modulus=7, activation="sine"
    )
    nodes = Nodes(
        rng.integers(0, 7, (8, 3)).astype(np.uint8), rng.integers(0, 7, 8).astype(np.uint8)
    )
    expected = features(nodes, problem.points, problem)
    found = HiddenLayer.from_nodes(nodes, 7).features(problem.points.astype(float))
    np.testing.assert_allclose(found, expected, atol=1e-14)
    turned = HiddenLayer.from_nodes(canonical(nodes, 7), 7).features(problem.points.astype(float))
    signs = np.sign(np.sum(turned * expected, axis=0))
    np.testing.assert_allclose(turned * signs, expected, atol=1e-14)


def chi_square(problem, power):
    """Compare first nodes of tickets with p* given a != 0, its prior to some power."""
    points = np.indices((5,) * 3).reshape(3, -1).T.astype(np.uint8)
    a, b = points[:, :2], points[:, 2]
    weights = np.exp(power * problem.log_prior(a)) * problem.node_energy(a, b)
    weights[~a.any(axis=1)] = 0
    keys, codes = np.unique(canonical(Nodes(a, b), 5).row_keys(), return_inverse=True)
    expected = np.bincount(codes, weights) / weights.sum()
    drawn = [draw_nodes(problem, 1, "draw", np.random.default_rng(seed)) for seed in range(400)]
    counts = np.sum([keys == one.row_keys() for one in drawn], axis=0)
    assert counts.sum() == 400
    assert counts[expected == 0].sum() == 0
    likely = expected > 0.01
    cells = 400 * expected[likely]
    return scipy.stats.chi2.sf(np.sum((counts[likely] - cells) ** 2 / cells), likely.sum())


def test_the_first_node_of_a_ticket_follows_the_optimized_distribution():
    rng = np.random.default_rng(3)
    prior = smooth_prior(5, 2, 1, 1.0)
    data = rng.integers(0, 5, (12, 2)), rng.normal(size=12)
    problem = wt.Problem(*data, modulus=5, activation="sine", ridge=0.01, prior=prior)
    assert chi_square(problem, 2) > 1e-3
    assert chi_square(problem, 1) < 1e-6  # a square forgotten


def test_the_readout_is_weighted_ridge_regression_with_a_free_constant():
    rng = np.random.default_rng(4)
    rows, values = rng.normal(size=(30, 5)) + 3, rng.normal(size=(30, 2)) - 7
    weights = rng.random(30) + 0.1
    readout = Readout(rows, values, weights)
    shares = weights / weights.sum()
    centred = (rows - shares @ rows) * np.sqrt(shares)[:, None]
    penalty = np.linalg.svd(centred, compute_uv=False)[0] ** 2 * PENALTIES[9]
    expected = Ridge(penalty).fit(rows, values, sample_weight=shares)
    coefficients, constants = readout.solve(PENALTIES[9])
    np.testing.assert_allclose(coefficients, expected.coef_.T)
    np.testing.assert_allclose(constants, expected.intercept_)
    errors = readout.errors(rows, values, weights)
    missed = weights @ np.sum((values - expected.predict(rows)) ** 2, axis=1)
    assert errors[9] == pytest.approx(missed)
