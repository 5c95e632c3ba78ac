"""Generalization, soft thresholds and better tickets: scripts, settings and summaries."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from tests.extension_tables import (
    comparison_settings,
    comparison_table,
    generalization_settings,
    generalization_table,
    threshold_settings,
    threshold_table,
)
from winning_tickets.extension_summaries import (
    comparison_summary,
    control_summary,
    generalization_summary,
    threshold_summary,
)
from winning_tickets.extensions import (
    COMPARISON_COLUMNS,
    EXTENSION_CHECKS,
    GENERALIZATION_COLUMNS,
    THRESHOLD_COLUMNS,
    comparison_jobs,
    generalization_jobs,
    threshold_jobs,
)

from scripts import compare_tickets, measure_generalization, sweep_threshold

ROOT = Path(__file__).parents[2]
SECONDS = ["draw_seconds", "select_seconds", "fit_seconds"]


def config(**changes):
    values = yaml.safe_load((ROOT / "config.yaml").read_text())
    for key, change in changes.items():
        values[key] = values[key] | change if isinstance(change, dict) else change
    return values


def faults(**changes):
    values = config(**changes)
    return [fault for _, find in EXTENSION_CHECKS for fault in find(values)]


def test_generalization_has_a_row_for_every_ticket_and_for_every_size_left_out():
    table = generalization_table()
    assert tuple(table.columns) == GENERALIZATION_COLUMNS
    smallest = table[(table["dimension"] == 3) & (table["share"] == 0.05)]
    assert set(smallest["status"]) == {"skipped"}
    assert smallest["reason"].str.contains("12").all()
    measured = table[table["status"] == "ok"]
    assert (measured["points"] >= 24).all()
    # Two targets, three replicates and three kinds at 2 + 3 sizes.
    assert len(measured) == 2 * 3 * 3 * (2 + 3)
    assert (measured["kept_nodes"] <= 12).all()
    optimized = measured[measured["ticket"] == "optimized"]
    assert (
        optimized[["predicted_risk", "predicted_test_risk", "predicted_success"]]
        .notna()
        .all(axis=None)
    )


def test_the_transition_shows_and_greedy_tickets_are_past_it_first():
    summary = generalization_summary(generalization_table(), seed=1)
    largest = summary[(summary["share"] == 0.8) & (summary["target"] == "sine")]
    success = largest.groupby("ticket")["success"].mean()
    assert success["greedy"] == 1
    assert success["optimized"] > success["uniform"] == 0
    middle = summary[(summary["share"] == 0.3) & (summary["target"] == "sine")]
    success = middle.groupby("ticket")["success"].mean()
    assert success["greedy"] >= success["optimized"]


def test_rows_depend_on_their_names_alone():
    """A further target, share, replicate, threshold or c changes no other row."""
    whole = measure_generalization.measure(generalization_settings())
    fewer = generalization_settings(targets=["sines"], shares=[0.8], replicates=2)
    part = measure_generalization.measure(fewer)
    both = whole.merge(part, on=["target", "share", "replicate", "ticket"])
    assert len(both) == len(part) == 6
    assert both["test_risk_x"].tolist() == both["test_risk_y"].tolist()

    whole = sweep_threshold.sweep(threshold_settings())
    fewer = threshold_settings(targets=["labels"], thresholds=[10.0], ridges=[10.0], replicates=1)
    part = sweep_threshold.sweep(fewer)
    both = whole.merge(part[part["status"] == "ok"], on=["dataset_seed", "draw_seed", "sweep"])
    both = both[both["ridge_relative_x"].fillna(-1) == both["ridge_relative_y"].fillna(-1)]
    assert len(both) == len(part) == 8
    assert both["relative_risk_x"].tolist() == both["relative_risk_y"].tolist()

    whole = compare_tickets.compare(comparison_settings())
    part = compare_tickets.compare(comparison_settings(candidates=[4], replicates=1))
    both = whole.merge(part, on=["dataset_seed", "draw_seed"])
    assert len(both) == len(part)
    assert both["relative_risk_x"].tolist() == both["relative_risk_y"].tolist()


def test_measured_acceptance_agrees_with_the_rate_estimated_from_the_optimum():
    """Within five standard errors; the other proposal's rate is far outside."""
    table = threshold_table()
    assert tuple(table.columns) == THRESHOLD_COLUMNS
    softened = table[table["proposal"].notna()]
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
    ridges = threshold_table().query("sweep == 'ridge' and target == 'labels'")
    keys = ["dataset_seed", "draw"]
    for kind, spread in ridges.groupby("repeats"):
        ranges = spread.groupby(keys)["relative_risk"].agg(np.ptp)
        assert (ranges < 1e-9).all() if kind == "even" else (ranges > 1e-3).all()


def test_a_rate_too_low_to_wait_for_is_a_row_with_its_reason(monkeypatch):
    class Stuck:
        def sample(self, count, rng):
            raise RuntimeError("soft_threshold: hardly any proposal is accepted")

    original = sweep_threshold.make_sampler

    def make(name, problem, soft_threshold=None):
        stuck = soft_threshold == 0.1
        return Stuck() if stuck else original(name, problem, soft_threshold=soft_threshold)

    monkeypatch.setattr(sweep_threshold, "make_sampler", make)
    table = sweep_threshold.sweep(threshold_settings(targets=["sines"], replicates=1))
    failed = table[table["status"] == "failed"]
    assert set(failed["soft_threshold"]) == {0.1}
    assert failed["reason"].str.contains("hardly any").all()
    assert 0.1 not in set(threshold_summary(table, seed=1)["soft_threshold"])


def test_comparison_repeats_exactly_but_for_its_seconds():
    first = comparison_table()
    assert tuple(first.columns) == COMPARISON_COLUMNS
    random = first[first["family"] == "random"].reset_index(drop=True)
    second = compare_tickets.compare(comparison_settings())
    pd.testing.assert_frame_equal(random.drop(columns=SECONDS), second.drop(columns=SECONDS))
    assert (first[SECONDS] >= 0).all(axis=None)


def test_every_way_keeps_what_it_should():
    table = comparison_table()
    random = table[table["family"] == "random"]
    greedy = random[random["way"] == "greedy"]
    assert (greedy["drawn_nodes"] == greedy["candidates"] * greedy["nodes"]).all()
    assert (random["kept_nodes"] == random["nodes"]).all()
    assert set(random["points"]) == {40} and set(random["test_points"]) == {10}
    # Twice the largest c, for uniform candidates alone.
    assert set(greedy.loc[greedy["candidates"] == 8, "sampler"]) == {"uniform"}
    mean = random[random["nodes"] == 8].groupby(["way", "sampler", "candidates"])["relative_risk"]
    assert mean.mean()["greedy", "spectral", 4] < 0.5 * mean.mean()["independent", "spectral", 1]


def test_distinct_nodes_are_drawn_until_there_are_enough():
    """One sine on a plane has few nodes with a weight; independent draws repeat them."""
    settings = comparison_settings(family="grid", dimension=2, targets=["sine"], settings={})
    table = compare_tickets.compare(settings)
    distinct = table[(table["way"] == "distinct") & (table["nodes"] == 8)]
    assert (distinct["drawn_nodes"] >= distinct["kept_nodes"]).all()
    assert (distinct["drawn_nodes"] <= 4 * 8).all()


def test_training_and_test_examples_are_apart():
    settings = comparison_settings()
    (seen, values), (unseen, others) = compare_tickets.split_data(settings, "labels", 5, 6)
    assert (len(seen), len(unseen)) == (len(values), len(others)) == (40, 10)
    assert not {*map(bytes, seen)} & {*map(bytes, unseen)}


def made_up(spectral_risk, *, replicates=6):
    """Uniform candidates: c seconds and risk 1 / c; those from p* take twice as long."""
    rows = []
    for sampler, pace in (("uniform", 1.0), ("spectral", 2.0)):
        for factor in (2, 4, 8, 16):
            for replicate in range(replicates):
                own = 1 + 0.1 * np.cos(replicate)
                risk = own * (spectral_risk(factor) if sampler == "spectral" else 1 / factor)
                rows.append(
                    {
                        "family": "random",
                        "target": "labels",
                        "dimension": 12,
                        "modulus": 5,
                        "points": 200,
                        "way": "greedy",
                        "sampler": sampler,
                        "nodes": 64,
                        "candidates": factor,
                        "kept_nodes": 64,
                        "replicate": replicate,
                        "relative_risk": risk,
                        "test_risk": np.nan,
                        "draw_seconds": 0.5 * pace * factor,
                        "select_seconds": 0.5 * pace * factor,
                    }
                )
    return pd.DataFrame(rows)


def test_the_control_is_read_off_at_as_many_candidates_and_at_the_same_seconds():
    found = control_summary(made_up(lambda c: 1 / (4 * c)), 64, seed=1)
    at_four = found[found["candidates"] == 4].set_index("control")
    assert at_four["control_candidates"].tolist() == pytest.approx([4, 8])
    assert at_four["ratio"].tolist() == pytest.approx([0.25, 0.5])
    assert set(at_four["verdict"]) == {"lower"}


@pytest.mark.parametrize(
    ("risk", "verdict"),
    [
        (lambda c: 1 / c, "no difference"),
        (lambda c: 2 / c, "higher"),
        (lambda c: 0.0, "lower"),
    ],
)
def test_uniform_candidates_posing_as_optimized_flip_the_verdict(risk, verdict):
    found = control_summary(made_up(risk), 64, seed=1)
    same = found[(found["control"] == "candidates") & (found["candidates"] == 8)]
    assert same["verdict"].tolist() == [verdict]


def test_exact_fits_on_both_sides_have_no_ratio():
    table = made_up(lambda c: 0.0).assign(relative_risk=0.0)
    found = control_summary(table, 64, seed=1)
    assert set(found["verdict"]) == {"both exact"}
    assert found["ratio"].isna().all()


def test_comparison_summary_keeps_every_way_apart():
    summary = comparison_summary(comparison_table(), seed=1)
    assert not summary.duplicated(["family", "way", "sampler", "nodes", "candidates"]).any()
    assert (summary["relative_risk_low"] <= summary["relative_risk"]).all()


def test_jobs_of_the_default_study_hold_plain_values_and_fit():
    assert faults() == []
    jobs = generalization_jobs(config()), threshold_jobs(config()), comparison_jobs(config())
    assert [*jobs[0]] == ["grid_D4", "grid_D5", "grid_D6"]
    assert [*jobs[1]] == ["grid_D4", "random_D12"]
    assert [*jobs[2]] == ["grid_D4", "random_D12", "subspace_D12", "line_D1", "digits_D64"]
    assert jobs[2]["digits_D64"]["problem"]["modulus"] == 17


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("generalization.targets[0]", {"generalization": {"targets": ["label"]}}),
        ("generalization.dimensions[0]", {"generalization": {"dimensions": [12]}}),
        ("generalization.dimensions[0]", {"generalization": {"dimensions": [2]}}),
        ("threshold_sweep.families[0]", {"threshold_sweep": {"families": ["gird"]}}),
        ("threshold_sweep.grid_dimension", {"threshold_sweep": {"grid_dimension": 12}}),
        ("better_tickets.targets[1]", {"better_tickets": {"targets": ["sines", "noise"]}}),
        ("better_tickets.dimension", {"better_tickets": {"dimension": 3, "points": 126}}),
        ("better_tickets.dimension", {"better_tickets": {"dimension": 2, "points": 9}}),
        ("better_tickets.nodes", {"better_tickets": {"families": ["digits"], "nodes": 10_000}}),
        ("better_tickets.families", {"activation": [0.0, 1.0, 2.0, 0.0, 0.0]}),
    ],
)
def test_settings_that_cannot_be_run_are_named(key, change):
    found = faults(**change)
    assert found and {fault.partition(":")[0] for fault in found} == {key}
