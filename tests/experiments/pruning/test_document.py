"""Numbers of docs/pruning.md are those of the committed table."""

import re

from tests.experiments.documents import ROOT, agrees, rows, table

DATA = {"grid": "grid", "random points": "random", "subspace": "subspace"}
TARGETS = {"three sine modes": "sines", "random labels": "labels"}
WAYS = ("uniform", "drawn", "pruned_draws", "pruned_network", "greedy")
SUMMARY = table("pruning")
TEXT = (ROOT / "docs/pruning.md").read_text(encoding="utf-8")


def test_the_table_of_risks_is_that_of_the_study():
    for data, target, *stated in rows("pruning.md", "Relative risk at")[1:]:
        of_family = SUMMARY["family"] == DATA[data.partition(",")[0]]
        cell = SUMMARY[of_family & (SUMMARY["target"] == TARGETS[target])]
        found = cell[cell["nodes"] == 64].set_index("way")["relative_risk"]
        assert all(agrees(value, found[way]) for value, way in zip(stated, WAYS, strict=True))


def test_the_largest_difference_from_the_prediction_is_as_stated():
    known = SUMMARY[SUMMARY["predicted_risk"].notna()]
    count, most = re.search(r"Over all (\d+) combinations.*?at most (\S+)\. ", TEXT, re.S).groups()
    assert len(known) == int(count)
    difference = (known["relative_risk"] - known["predicted_risk"]).abs()
    assert agrees(most, difference.max())
    assert known.loc[difference.idxmax(), "family"] == "grid"


def test_what_is_said_of_the_nodes_kept_is_what_was_kept():
    found = SUMMARY.query("nodes == 64 and target == 'labels'").set_index(["family", "way"])
    assert round(found.loc[("random", "pruned_network"), "kappa"]) == 19
    assert abs(found.loc[("random", "pruned_draws"), "kappa"] - 9.5) < 0.5
    assert abs(found.loc[("subspace", "pruned_draws"), "rank"] - 5) < 1
