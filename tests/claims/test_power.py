"""Stated chances: those of the t-test where replicates are normal, and moved as they should be."""

import numpy as np
import pytest
import scipy

from winning_tickets.claims import power


@pytest.fixture(autouse=True)
def many(monkeypatch):
    monkeypatch.setattr(power, "SIMULATIONS", 20_000)


def test_the_power_of_a_one_sided_test_is_that_of_the_noncentral_t():
    values = np.random.default_rng(0).normal(0, 1, 400)
    values *= 1 / values.std(ddof=1)
    studies = power.simulate(values, level=0.05)
    for truth in (0.0, 0.05, 0.1, 0.15):
        limit = scipy.stats.t.ppf(0.95, 399)
        expected = scipy.stats.nct.sf(limit, 399, truth * 20)
        assert studies.passes(truth, low=0.0).mean() == pytest.approx(expected, abs=0.015)


def test_two_limits_are_two_tests_and_scatter_counts():
    values = np.random.default_rng(1).normal(3.0, 1, 20)
    studies = power.simulate(values, level=0.05)
    assert studies.passes(0.0, -2.0, 2.0).mean() > 0.99
    assert studies.passes(2.0, -2.0, 2.0).mean() < 0.1
    assert studies.passes(0.0, -0.2, 0.2).mean() < 0.02
    noisy = power.simulate(3 * values, level=0.05)
    assert noisy.errors.std() == pytest.approx(3 * studies.errors.std())
    assert studies.errors.std() == pytest.approx(values.std(ddof=1) / np.sqrt(20), rel=0.05)


def test_equal_numbers_have_no_width():
    studies = power.simulate(np.full(5, 0.3), level=0.05)
    assert studies.passes(0.0, -0.1, 0.1).all()
    assert not studies.passes(0.1, -0.1, 0.1).any()
