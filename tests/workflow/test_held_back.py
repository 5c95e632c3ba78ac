"""Risks on examples held back: rounding is 0, and where there is nothing to miss, no number."""

import dataclasses

import numpy as np
import pytest
from winning_tickets.datasets import make_dataset

from scripts import compare_tickets, measure_generalization, measure_risks
from tests.extension_tables import comparison_settings, generalization_settings
from winning_tickets.prefixes import PrefixTrainer
from winning_tickets.problem import Problem
from winning_tickets.samplers import make_sampler


def test_the_rows_of_a_ticket_write_rounding_as_zero_and_nothing_over_zero():
    data = make_dataset("line", "sine", dimension=1, modulus=7, seed=0)
    problem = Problem(data.points, data.targets, modulus=7)
    nodes = make_sampler("spectral", problem).sample(40, rng=0)
    example = {"test_points": data.points, "test_targets": data.targets}
    (row,) = measure_risks.ticket_rows(PrefixTrainer(problem), example, nodes, [40])
    assert row["test_risk"] == row["relative_risk"] == 0.0
    example["test_targets"] = np.zeros(7)
    (row,) = measure_risks.ticket_rows(PrefixTrainer(problem), example, nodes, [40])
    assert row["test_risk"] is None


def with_targets(targets_of):
    """Return `make_dataset` with other targets."""

    def make(*names, **settings):
        data = make_dataset(*names, **settings)
        return dataclasses.replace(data, targets=targets_of(data))

    return make


def test_generalization_skips_what_has_no_target(monkeypatch):
    table = measure_generalization.measure(generalization_settings())
    exact = (table["ticket"] == "greedy") & (table["share"] == 0.8) & (table["target"] == "sine")
    assert (table.loc[exact, "test_risk"] == 0).all()
    seen = np.random.default_rng(
        measure_generalization.seed(3, "generalization", 3, "sine", 0, "order")
    ).permutation(125)[:100]
    other = with_targets(lambda data: np.isin(np.arange(125), seen) * 1.0)
    monkeypatch.setattr(measure_generalization, "make_dataset", other)
    settings = generalization_settings(targets=["sine"], shares=[0.8], replicates=1)
    (row,) = measure_generalization.measure(settings).to_dict("records")
    assert row["status"] == "skipped"
    assert "0 on the examples or on the rest" in row["reason"]


def test_a_comparison_without_targets_held_back_leaves_the_cell_empty(monkeypatch):
    settings = comparison_settings(replicates=1)
    train, _ = compare_tickets.split_data(settings, "labels", 1, 2)
    monkeypatch.setattr(
        compare_tickets, "split_data", lambda *_: (train, (train[0], np.zeros(len(train[1]))))
    )
    table = compare_tickets.compare(settings)
    assert table["test_risk"].isna().all()
    assert table["relative_risk"].notna().all()


@pytest.mark.parametrize("way", ["greedy", "independent"])
def test_a_comparison_writes_rounding_as_zero(way):
    settings = comparison_settings(family="grid", dimension=2, targets=["sine"], settings={})
    table = compare_tickets.compare(settings | {"replicates": 1, "nodes": 16})
    exact = table[(table["way"] == way) & (table["nodes"] == 16) & (table["sampler"] == "spectral")]
    assert (exact["test_risk"] == 0).any()
