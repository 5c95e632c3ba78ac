"""The prior on hidden weights: what it accepts, its logarithms, its transforms, its draws."""

import numpy as np
import pytest

from tests.samplers.goodness import chi_square, full_grid
from tests.support import assert_one_line, smooth_prior
from winning_tickets.prior import Prior, cosine_transforms


def by_column(modulus, dimension):
    return np.stack([smooth_prior(modulus, 1 + j, 0.1 * j) for j in range(dimension)])


def test_one_row_serves_all_coordinates_and_rows_come_in_many_forms():
    shared = Prior(smooth_prior(5), 5, 3)
    repeated = Prior(np.tile(smooth_prior(5), (3, 1)).tolist(), 5, 3)
    assert shared.rows.shape == (1, 5)
    assert repeated.rows.shape == (3, 5)
    a = full_grid(5, 3).astype(np.uint8)
    np.testing.assert_array_equal(shared.log_ratio(a), repeated.log_ratio(a))
    assert shared.log_energy == pytest.approx(repeated.log_energy, rel=1e-14)
    np.testing.assert_array_equal(Prior([1, 0, 0], 3, 2).rows, [[1.0, 0.0, 0.0]])


def test_logarithms_add_up_over_coordinates(monkeypatch):
    rows = by_column(5, 3)
    rows[1] = [0.5, 0.25, 0.0, 0.0, 0.25]
    prior = Prior(rows, 5, 3)
    a = full_grid(5, 3).astype(np.uint8)
    products = np.prod([5 * rows[j, a[:, j]] for j in range(3)], axis=0)
    with np.errstate(divide="ignore"):
        expected = np.log(products)
    np.testing.assert_allclose(prior.log_ratio(a), expected, atol=1e-13)
    assert np.isneginf(prior.log_ratio(a)[a[:, 1] == 2]).all()
    monkeypatch.setattr("winning_tickets.prior._CHUNK_ENTRIES", 10)
    np.testing.assert_allclose(prior.log_ratio(a), expected, atol=1e-13)
    energy = np.log(np.prod(5 * np.sum(rows**2, axis=1)))
    assert prior.log_energy == pytest.approx(energy, rel=1e-13)


@pytest.mark.parametrize("modulus", [3, 49_999])
def test_uniform_logarithms_are_exactly_zero(modulus):
    a = np.arange(40).reshape(2, 20) % modulus
    prior = Prior.uniform(modulus, 20)
    np.testing.assert_array_equal(prior.log_ratio(a), 0.0)
    assert prior.log_energy == pytest.approx(0.0, abs=1e-12)


def test_what_is_left_of_asymmetry_and_of_the_sum_is_evened_out():
    row = smooth_prior(7)
    row[1] += 4e-10
    prior = Prior(row, 7, 1).rows[0]
    assert prior.sum() == pytest.approx(1.0, abs=1e-15)
    np.testing.assert_array_equal(prior[1:], prior[:0:-1])


def test_squares_that_would_underflow_keep_their_proportions():
    row = np.array([1e-200, 0.5, 0.5])
    np.testing.assert_allclose(Prior(row, 3, 1).squared_rows, [[0.0, 0.5, 0.5]])
    q = Prior(smooth_prior(5), 5, 1).squared_rows[0]
    np.testing.assert_allclose(q, smooth_prior(5) ** 2 / np.sum(smooth_prior(5) ** 2), rtol=1e-14)


def test_transforms_are_cosine_sums_exactly_symmetric_and_one_at_zero():
    rows = by_column(11, 4)
    angles = 2 * np.pi * np.outer(np.arange(11), np.arange(11)) / 11
    found = cosine_transforms(rows)
    np.testing.assert_allclose(found, rows @ np.cos(angles), atol=1e-15)
    np.testing.assert_array_equal(found[:, 0], 1.0)
    np.testing.assert_array_equal(found[:, 1:], found[:, :0:-1])


@pytest.mark.parametrize("modulus", [3, 61, 257, 4_093])
def test_transforms_of_the_uniform_prior_are_exactly_the_identity(modulus):
    identity = np.eye(1, modulus)
    np.testing.assert_array_equal(Prior.uniform(modulus, 2).transforms, identity)
    np.testing.assert_array_equal(Prior.uniform(modulus, 2).squared_transforms, identity)


@pytest.mark.parametrize("rows", [smooth_prior(5), by_column(5, 2)], ids=["shared", "by column"])
def test_draws_follow_the_squared_prior(rows):
    prior = Prior(rows, 5, 2)
    probabilities = prior.all_squared()
    first, second = np.broadcast_to(prior.squared_rows, (2, 5))
    np.testing.assert_allclose(probabilities, np.outer(first, second).ravel(), rtol=1e-14)
    a = prior.draw_squared(np.random.default_rng(0), 20_000)
    assert a.dtype == np.uint8
    counts = np.bincount(a[:, 0] * np.int64(5) + a[:, 1], minlength=25)
    assert chi_square(counts, probabilities) > 1e-4
    unsquared = np.outer(*np.broadcast_to(prior.rows, (2, 5))).ravel()
    assert chi_square(counts, unsquared) < 1e-4


def test_no_draw_has_probability_zero():
    prior = Prior([0.0, 0.5, 0.0, 0.0, 0.5], 5, 30)
    a = prior.draw_squared(np.random.default_rng(0), 1_000)
    assert set(np.unique(a)) == {1, 4}


BAD_PRIORS = [
    ("smooth", TypeError, "real numbers"),
    ([1j, 0, 0], TypeError, "real numbers"),
    (None, TypeError, "real numbers"),
    ([0.5, 0.5], ValueError, "shape"),
    (1.0, ValueError, "shape"),
    ([[1.0, 0.0, 0.0]], ValueError, "shape"),
    ([[1.0, 0.0, 0.0]] * 3, ValueError, "shape"),
    ([[1.0, 0.0, 0.0], [1.0]], ValueError, "same length"),
    ([0.5, 0.25, 0.25 + 2e-9], ValueError, "sum"),
    ([2.0, 1.0, 1.0], ValueError, "sum to 4"),
    ([[1.0, 0.0, 0.0], [0.9, 0.0, 0.0]], ValueError, "coordinate 1"),
    ([0.5, 0.3, 0.2], ValueError, "symmetric"),
    ([[1.0, 0.0, 0.0], [0.5, 0.3, 0.2]], ValueError, "coordinate 1"),
    ([1.2, -0.1, -0.1], ValueError, "at least 0"),
    ([[1.0, 0.0, 0.0], [1.2, -0.1, -0.1]], ValueError, "coordinate 1"),
    ([np.nan, 0.5, 0.5], ValueError, "finite"),
    ([np.inf, 0.0, 0.0], ValueError, "finite"),
    ([0.0, 0.0, 0.0], ValueError, "sum"),
]


@pytest.mark.parametrize(("values", "kind", "words"), BAD_PRIORS)
def test_bad_priors_are_refused_in_one_line(values, kind, words):
    with np.errstate(all="raise"), pytest.raises(kind) as error:
        Prior(values, 3, 2)
    assert_one_line(error, words)
    assert str(error.value).startswith("prior:")
