"""Ratios of paired risks: the interval, its correction, lines compared at every N."""

import numpy as np
import pytest
from scipy import stats

from tests.experiments.peers.small import table
from winning_tickets.experiments.peers.summary import corrected_ratio, peers_summary


def test_without_overlap_and_a_constant_peer_the_interval_is_students():
    risks = np.array([0.2, 0.3, 0.25, 0.4])
    low, ratio, high = corrected_ratio(risks, np.full(4, 0.5), 0.0)
    expected = stats.t.interval(0.95, 3, risks.mean() / 0.5, stats.sem(risks / 0.5))
    assert (low, high) == pytest.approx(expected)
    assert ratio == pytest.approx(risks.mean() / 0.5)


def test_overlap_widens_it_as_nadeau_and_bengio_say():
    rng = np.random.default_rng(0)
    risks, others = rng.uniform(0.2, 0.4, (2, 10))
    plain, corrected = (corrected_ratio(risks, others, share) for share in (0.0, 0.5))
    widths = [(found[2] - found[0]) / 2 for found in (plain, corrected)]
    assert widths[1] / widths[0] == pytest.approx(np.sqrt((0.1 + 0.5) / 0.1))


def test_the_interval_covers_the_ratio_as_often_as_it_says():
    rng = np.random.default_rng(1)
    found = [
        corrected_ratio(common * rng.lognormal(0, 0.2, 10), 2 * common, 0.0)
        for common in rng.lognormal(0, 0.3, (1000, 10))
    ]
    true = np.exp(0.02) / 2
    covered = np.mean([low <= true <= high for low, _, high in found])
    assert 0.88 < covered < 0.98


def test_exact_fits_and_single_splits_have_no_interval():
    assert np.isnan(corrected_ratio(np.full(3, 1e-14), np.full(3, 1e-12), 0.0)).all()
    assert np.isnan(corrected_ratio(np.ones(3), np.zeros(3), 0.0)).all()
    low, ratio, high = corrected_ratio(np.array([0.1]), np.array([0.2]), 0.5)
    assert ratio == 0.5 and np.isnan([low, high]).all()


def test_the_ticket_is_compared_with_itself_and_with_lines():
    summary = peers_summary(table())
    assert (summary.loc[summary["peer"] == "prior", "ratio"].dropna() == 1).all()
    assert set(summary.loc[summary["peer"] == "linear", "nodes"]) == {8}
