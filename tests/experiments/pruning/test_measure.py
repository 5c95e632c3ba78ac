"""Pruning as it is measured: where it wins, where it collapses, what depends on what."""

import pandas as pd

from tests.experiments.pruning.small import COLUMNS, measured, table


def means(**cell):
    found = table().query(" and ".join(f"{name} == {value!r}" for name, value in cell.items()))
    return found.groupby("way")[["relative_risk", "rank", "kappa"]].mean()


def test_the_rows_repeat_exactly_but_for_their_seconds():
    found = table()
    assert tuple(found.columns) == COLUMNS
    again = measured().drop(columns="seconds")
    first = found[(found["family"] == "random") & (found["target"] == "labels")]
    pd.testing.assert_frame_equal(first.drop(columns="seconds").reset_index(drop=True), again)


def test_rows_depend_on_their_names_alone():
    """A further size or replicate changes no other row."""
    part = measured(nodes=(8,), replicates=1)
    both = table().merge(part, on=["dataset_seed", "draw_seed", "way"])
    assert len(both) == len(part)
    assert both["relative_risk_x"].tolist() == both["relative_risk_y"].tolist()


def test_without_structure_the_largest_weights_beat_draws():
    risks = means(family="random", target="labels", nodes=16)["relative_risk"]
    assert risks["pruned_network"] < risks["pruned_draws"] < risks["drawn"] < risks["uniform"]


def test_where_nodes_share_functions_pruning_keeps_one_of_them():
    found = means(family="subspace", nodes=16)
    # 5^2 vectors a compute each function, so 16 of the largest weights compute one or, rarely, two.
    assert found.loc["pruned_network", "rank"] <= 2
    risks = found["relative_risk"]
    assert risks["pruned_network"] > 1.1 * risks["drawn"]


def test_predictions_come_for_labels_alone():
    found = table()
    known = found["predicted_risk"].notna()
    assert (known == ((found["target"] == "labels") & (found["way"] != "greedy"))).all()


def test_a_network_that_is_too_wide_is_not_pruned():
    assert "pruned_network" not in set(measured(enumerable=False, replicates=1)["way"])
