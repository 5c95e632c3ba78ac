"""Total variation of heavy at falling thresholds: predicted, bounded, and falling."""

import numpy as np
import pytest

from tests.experiments.heavy_budget.small import table
from winning_tickets.activations import make_activation
from winning_tickets.experiments.heavy_budget.theory import expected_variation, line_overlap


def test_it_is_what_is_missed_where_lines_are_apart():
    apart = table().query("lines == 'separate'")
    np.testing.assert_allclose(apart["total_variation"], apart["missed"], rtol=0.02, atol=2e-3)


def test_beside_found_modes_it_is_more_and_as_predicted():
    shared = table().query("lines == 'shared' and missed > 0.001 and missed < 0.1")
    assert len(shared)
    assert (shared["total_variation"] > 1.5 * shared["missed"]).all()
    np.testing.assert_allclose(shared["total_variation"], shared["predicted"], rtol=0.25)


def test_the_reported_bound_holds_and_queries_buy_accuracy():
    found = table()
    assert (found["total_variation"] <= found["bound"]).all()
    means = found.groupby("threshold")[["queries", "total_variation"]].mean()
    assert means["queries"].is_monotonic_decreasing
    assert means["total_variation"].is_monotonic_increasing


def test_the_prediction_sums_over_lines():
    assert expected_variation(np.array([0.9, 0.0]), np.array([0.0, 0.1]), 1.0) == 0.1
    one = expected_variation(np.array([0.96]), np.array([0.04]), 0.5)
    assert one == pytest.approx((2 / np.pi) ** 2 * np.sqrt(0.96 * 0.04))


def test_the_prediction_is_that_of_a_long_line():
    """Two angles spread evenly over many shifts, the weaker one to first order."""
    strong, weak = np.ogrid[0 : 2 * np.pi : 500j, 0 : 2 * np.pi : 501j]
    whole = (np.cos(strong) + 0.02 * np.cos(weak)) ** 2
    part = np.cos(strong) ** 2 + 0 * weak
    measured = np.abs(whole / whole.sum() - part / part.sum()).sum() / 2
    mass = 0.02**2 / (1 + 0.02**2)
    predicted = expected_variation(np.array([1 - mass]), np.array([mass]), 1.0)
    assert measured == pytest.approx(predicted, rel=0.02)


@pytest.mark.parametrize(("activation", "overlap"), [("sine", 0.0), ("relu", 0.9)])
def test_an_activation_of_one_frequency_keeps_modes_apart(activation, overlap):
    assert line_overlap(make_activation(activation, 5)) == pytest.approx(overlap, abs=0.12)
