"""Caps as they are measured: counts, distances, risks, and what is left out and why."""

import pandas as pd
import pytest

from tests.experiments.capped.small import COLUMNS, GRID, measured, table
from winning_tickets.experiments.capped import measure as measuring
from winning_tickets.experiments.capped.summary import capped_summary


def means(**cell):
    found = table().query(" and ".join(f"{name} == {value!r}" for name, value in cell.items()))
    values = ["total_variation", "expected_proposals", "proposals", "relative_risk", "operations"]
    return found.groupby("way")[values].mean()


def test_the_rows_repeat_exactly_but_for_their_seconds():
    found = table()
    assert tuple(found.columns) == COLUMNS
    again = measured().drop(columns="seconds")
    first = found[found["family"] == "random"].drop(columns="seconds")
    pd.testing.assert_frame_equal(first.reset_index(drop=True), again)


def test_rows_depend_on_their_names_alone():
    """A further cap, replicate or target changes no other row."""
    part = measured(caps=(20.0,), replicates=1, targets=("sine",))
    both = table().merge(part, on=["dataset_seed", "draw_seed", "way"])
    assert len(both) == len(part)
    assert both["relative_risk_x"].tolist() == both["relative_risk_y"].tolist()


def test_measured_proposals_are_the_expected_ones():
    found = table()
    drawn = found[found["status"] == "ok"].groupby(["family", "target", "way"])
    ratio = drawn["proposals"].sum() / drawn["expected_proposals"].sum()
    # 48 nodes or more: a standard error of 0.15 at most.
    assert (ratio - 1).abs().max() < 0.5
    assert abs(ratio.mean() - 1) < 0.1


def test_operations_are_proposals_times_points():
    found = table().query("way == 'capped_certain' and family == 'random' and status == 'ok'")
    assert (found["operations"] >= found["proposals"] * found["support"]).all()
    assert (found["cap"] == found["expected_proposals"]).all()
    ways = means(family="random", target="labels")
    assert ways.loc["spectral", "operations"] < ways.loc["rejection", "operations"] / 4


def test_enough_is_within_the_tolerance_and_exact_ways_are_exact():
    found = table()
    enough = found[found["way"] == "capped_enough"]
    assert enough["total_variation"].tolist() == pytest.approx([0.01] * len(enough), abs=1e-6)
    exact = found[found["way"].isin(["capped_certain", "rejection", "spectral"])]
    assert (exact["total_variation"] == 0).all()


def test_where_it_does_and_where_it_fails():
    """20 proposals a node on random labels; far from p* on the grid, where few nodes carry all."""
    at_20 = table().query("way == 'capped' and cap == 20").groupby(["family", "target"])
    distance = at_20["total_variation"].mean()
    assert distance["random", "labels"] < 1e-3
    assert distance["grid", "sine"] > 0.2
    assert means(family="grid", target="sine").loc["uniform", "relative_risk"] > 0.3
    # The ticket is none the worse for it: any node on the mode serves.
    assert at_20["relative_risk"].mean()["grid", "sine"] < 1e-20


def test_what_takes_too_long_is_left_out_with_its_reason_and_keeps_what_is_known():
    found = measured(evaluations_most=16 * 100 * 30, targets=("labels",), replicates=1)
    skipped = found[found["status"] == "skipped"].set_index("way")
    assert [*skipped.index] == ["capped_certain", "rejection"]
    reason = skipped.loc["rejection", "reason"]
    assert reason == "a ticket needs 160,000 weight evaluations; capped.evaluations_most is 48,000"
    assert skipped["relative_risk"].isna().all() and skipped["total_variation"].eq(0).all()


def test_without_all_nodes_there_is_no_distance_and_the_rate_is_estimated():
    found = measured(enumerable=False, targets=("labels",), replicates=1).set_index("way")
    assert "capped_enough" not in found.index
    assert found.loc[["uniform", "capped"], "total_variation"].isna().all()
    assert found.loc["capped", "expected_proposals"].tolist() == pytest.approx([5.2, 20], rel=0.1)


def test_where_no_probe_finds_a_node_the_row_says_so(monkeypatch):
    estimated = measuring.make_sampler

    def blind(name, problem, **options):
        sampler = estimated(name, problem, **options)
        sampler.rate = 0.0
        return sampler

    monkeypatch.setattr(measuring, "make_sampler", blind)
    found = measured(**GRID, enumerable=False, targets=("sine",), replicates=1)
    reasons = found[found["way"] == "capped"]["reason"]
    assert set(reasons) == {"none of 4,096 uniform nodes is accepted with any probability"}


def test_the_summary_counts_what_was_drawn():
    found = capped_summary(table()).set_index(["family", "target", "way", "given_cap"])
    assert (found["replicates"] == 3).all()
    at_20 = found.loc[("random", "labels", "capped", 20.0)]
    rows = table().query("family == 'random' and target == 'labels' and cap == 20")
    assert at_20["relative_risk"] == pytest.approx(rows["relative_risk"].mean())
    assert at_20["low"] <= at_20["relative_risk"] <= at_20["high"]
    assert at_20["drawn"] == 3
