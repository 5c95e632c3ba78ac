"""The relative risk: shares, the floor, any scale, and no number where there is none."""

import numpy as np
import pytest

from tests.support import assert_one_line
from winning_tickets.risk import RISK_FLOOR, relative_risk, share_missed

WANTED = np.array([3.0, -1.0, 0.5, 0.0])
PREDICTED = np.array([2.5, -1.25, 0.0, 0.25])


def test_it_is_the_sum_of_squares_missed_over_that_wanted():
    missed = 0.5**2 + 0.25**2 + 0.5**2 + 0.25**2
    assert relative_risk(WANTED, PREDICTED) == missed / (9 + 1 + 0.25)
    columns = [np.column_stack([part, 2 * part]) for part in (WANTED, PREDICTED)]
    assert relative_risk(*columns) == missed / (9 + 1 + 0.25)
    shares = np.array([0.5, 0.125, 0.25, 0.125])
    weighted = shares @ (WANTED - PREDICTED) ** 2 / (shares @ WANTED**2)
    assert relative_risk(WANTED, PREDICTED, shares) == weighted
    assert relative_risk(*columns, shares) == pytest.approx(weighted, rel=1e-15)


@pytest.mark.parametrize("size", [1e-307, 1e-125, 1e125, 1e300])
def test_the_scale_of_the_targets_does_not_matter(size):
    with np.errstate(all="raise", under="ignore"):
        found = relative_risk(WANTED * size, PREDICTED * size)
    assert found == pytest.approx(relative_risk(WANTED, PREDICTED), rel=1e-14)


def test_a_prediction_far_from_the_targets_has_its_true_risk():
    assert relative_risk(np.array([1e-120]), np.array([1e20])) == pytest.approx(1e280)


def test_what_lies_below_the_floor_is_zero():
    assert share_missed(RISK_FLOOR, 1.0) == RISK_FLOOR
    assert share_missed(0.9 * RISK_FLOOR, 1.0) == 0.0
    assert relative_risk(WANTED, WANTED * (1 + 1e-13)) == 0.0


@pytest.mark.parametrize("predicted", [np.nan, np.inf, 1e200])
def test_a_risk_that_is_no_number_is_an_error_and_never_zero(predicted):
    with pytest.raises(ValueError) as error:
        relative_risk(np.array([1.0, 2.0]), np.array([1.0, predicted]))
    assert_one_line(error, "risk")


def test_nothing_is_relative_to_targets_that_are_all_zero():
    for wanted in (np.zeros(3), np.empty(0)):
        with pytest.raises(ValueError) as error:
            relative_risk(wanted, wanted + 1)
        assert_one_line(error, "all zero")
