"""The prior's width: what is learnt at either end, and the share of one mode as predicted."""

import numpy as np
import pytest

from tests.experiments.prior.small import table
from winning_tickets.experiments.prior.measure import alignment
from winning_tickets.experiments.prior.theory import mode_share


def test_modular_structure_is_learnt_by_the_uniform_prior_and_lost_by_a_narrow_one():
    found = table().query("data == 'grid_sines'").set_index("width")
    uniform = found[found.index.isna()].iloc[0]
    assert uniform["ticket_test_risk"] < 0.1 < 0.9 < uniform["wide_test_risk"]
    assert uniform["wide_risk"] < 1e-9
    assert found.loc[0.5, "ticket_test_risk"] > 0.5


def test_the_share_of_the_mode_is_as_predicted():
    found = table().query("data == 'mode'")
    error = np.sqrt(found["predicted_mode_share"] * (1 - found["predicted_mode_share"]) / 2000)
    difference = (found["mode_share"] - found["predicted_mode_share"]).abs()
    assert (difference < 4 * error + 0.02).all()
    # The prior itself holds far less there: what is predicted is the sharpening.
    assert (found["predicted_mode_share"] > 20 * found["prior_mode_share"]).all()


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_with_the_uniform_prior_it_is_the_share_of_points_seen(share):
    uniform = np.full(10_000, 1e-4)
    found = mode_share(round(share * 10_000), uniform, 1e-4, 1e-12)
    assert found == pytest.approx(share, rel=1e-3)


def test_alignment_is_one_for_the_targets_own_kernel_and_small_for_noise():
    rng = np.random.default_rng(0)
    values = rng.standard_normal(300)
    values -= values.mean()
    assert alignment(np.outer(values, values), values) == pytest.approx(1)
    assert alignment(np.eye(300), values) < 0.1
