"""Generalization: rows, the transition, independence of names."""

import dataclasses

import numpy as np

from tests.experiments.generalization.small import measured, table
from winning_tickets.experiments.generalization import measure as generalization
from winning_tickets.experiments.generalization.measure import COLUMNS
from winning_tickets.experiments.generalization.summary import generalization_summary


def test_every_ticket_has_a_row_and_every_size_left_out_too():
    found = table()
    assert tuple(found.columns) == COLUMNS
    smallest = found[(found["dimension"] == 3) & (found["share"] == 0.05)]
    assert set(smallest["status"]) == {"skipped"}
    assert smallest["reason"].str.contains("12").all()
    tickets = found[found["status"] == "ok"]
    assert (tickets["points"] >= 24).all()
    # Two targets, three replicates and three kinds at 2 + 3 sizes.
    assert len(tickets) == 2 * 3 * 3 * (2 + 3)
    assert (tickets["kept_nodes"] <= 12).all()
    optimized = tickets[tickets["ticket"] == "optimized"]
    assert (
        optimized[["predicted_risk", "predicted_test_risk", "predicted_success"]]
        .notna()
        .all(axis=None)
    )


def test_the_transition_shows_and_greedy_tickets_are_past_it_first():
    summary = generalization_summary(table())
    largest = summary[(summary["share"] == 0.8) & (summary["target"] == "sine")]
    success = largest.groupby("ticket")["success"].mean()
    assert success["greedy"] == 1
    assert success["optimized"] > success["uniform"] == 0
    middle = summary[(summary["share"] == 0.3) & (summary["target"] == "sine")]
    success = middle.groupby("ticket")["success"].mean()
    assert success["greedy"] >= success["optimized"]


def test_rows_depend_on_their_names_alone():
    """A further target, share or replicate changes no other row."""
    whole = table().query("dimension == 3")
    part = measured(targets=("sines",), shares=(0.8,), replicates=2)
    both = whole.merge(part, on=["target", "share", "replicate", "ticket"])
    assert len(both) == len(part) == 6
    assert both["test_risk_x"].tolist() == both["test_risk_y"].tolist()


def test_what_has_no_target_is_left_out(monkeypatch):
    exact = table().query("ticket == 'greedy' and share == 0.8 and target == 'sine'")
    assert (exact["test_risk"] == 0).all()
    order = generalization.seed(3, "generalization", 3, "sine", 0, "order")
    seen = np.random.default_rng(order).permutation(125)[:100]
    original = generalization.make_dataset

    def make(*names, **settings):
        data = original(*names, **settings)
        return dataclasses.replace(data, targets=np.isin(np.arange(125), seen) * 1.0)

    monkeypatch.setattr(generalization, "make_dataset", make)
    (row,) = measured(targets=("sine",), shares=(0.8,), replicates=1).to_dict("records")
    assert row["status"] == "skipped"
    assert "0 on the examples or on the rest" in row["reason"]
