"""Soft thresholds and ridge parameters: acceptance, failures as rows, independence of names."""

import numpy as np

from tests.experiments.threshold_sweep.small import measured, table
from winning_tickets.experiments.threshold_sweep import measure as module
from winning_tickets.experiments.threshold_sweep.measure import COLUMNS
from winning_tickets.experiments.threshold_sweep.summary import threshold_summary


def test_measured_acceptance_agrees_with_the_rate_estimated_from_the_optimum():
    """Within five standard errors; the other proposal's rate is far outside."""
    found = table()
    assert tuple(found.columns) == COLUMNS
    softened = found[found["proposal"].notna()]
    for _, row in softened.iterrows():
        expected = row[f"rate_{row['proposal']}"]
        proposals = row["nodes"] / row["acceptance_rate"]
        error = np.sqrt(expected * (1 - expected) / proposals) + 0.05 * expected
        assert abs(row["acceptance_rate"] - expected) < 5 * error
    far = softened[softened["soft_threshold"] == 10.0]
    assert (far["acceptance_rate"] > 4 * far["rate_uniform"]).all()
    by_kind = softened.groupby("soft_threshold")["proposal"].unique()
    assert {key: list(kinds) for key, kinds in by_kind.items()} == {
        0.1: ["uniform"],
        1.0: ["optimized"],
        10.0: ["optimized"],
    }


def test_the_ridge_parameter_acts_only_where_points_repeat_unevenly():
    ridges = table().query("sweep == 'ridge' and target == 'labels'")
    keys = ["dataset_seed", "draw"]
    for kind, spread in ridges.groupby("repeats"):
        ranges = spread.groupby(keys)["relative_risk"].agg(np.ptp)
        assert (ranges < 1e-9).all() if kind == "even" else (ranges > 1e-3).all()


def test_a_rate_too_low_to_wait_for_is_a_row_with_its_reason(monkeypatch):
    class Stuck:
        def sample(self, count, rng):
            raise RuntimeError("soft_threshold: hardly any proposal is accepted")

    original = module.make_sampler

    def make(name, problem, soft_threshold=None):
        stuck = soft_threshold == 0.1
        return Stuck() if stuck else original(name, problem, soft_threshold=soft_threshold)

    monkeypatch.setattr(module, "make_sampler", make)
    found = measured(targets=("sines",), replicates=1)
    failed = found[found["status"] == "failed"]
    assert set(failed["soft_threshold"]) == {0.1}
    assert failed["reason"].str.contains("hardly any").all()
    assert 0.1 not in set(threshold_summary(found)["soft_threshold"])


def test_rows_depend_on_their_names_alone():
    """A further target, threshold, ridge parameter or replicate changes no other row."""
    whole = table().query("family == 'grid'")
    part = measured(targets=("labels",), thresholds=(10.0,), ridges=(10.0,), replicates=1)
    both = whole.merge(part[part["status"] == "ok"], on=["dataset_seed", "draw_seed", "sweep"])
    both = both[both["ridge_relative_x"].fillna(-1) == both["ridge_relative_y"].fillna(-1)]
    assert len(both) == len(part) == 8
    assert both["relative_risk_x"].tolist() == both["relative_risk_y"].tolist()
