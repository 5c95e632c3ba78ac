"""scikit-learn's own checks of what calls itself an estimator."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import winning_tickets as wt


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@parametrize_with_checks([wt.TicketRegressor(8), wt.TicketClassifier(8)])
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)
