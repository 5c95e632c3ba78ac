"""Numbers of docs/pruning.md are those of the committed table."""

import re

from tests.experiments.documents import ROOT, agrees, extended, rows, table

DATA = {"grid": "grid", "random points": "random", "subspace": "subspace"}
TARGETS = {"three sine modes": "sines", "random labels": "labels"}
WAYS = ("uniform", "drawn", "pruned_draws", "pruned_network", "greedy")
SUMMARY = table("pruning")
FURTHER = extended("pruning")
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


def further(family):
    """Return the risks on a family of the extended study, by N and way."""
    found = FURTHER[FURTHER["family"] == family].set_index(["nodes", "way"])
    return found["relative_risk"]


def test_the_table_of_the_line_and_the_digits_is_that_of_the_extended_study():
    stated = rows("pruning.md", "## On the line and on the digits")[1:]
    assert [line[0].partition(",")[0] for line in stated] == ["line", "digits"]
    for data, _, *risks in stated:
        found = further(data.partition(",")[0])[64]
        for value, way in zip(risks, WAYS, strict=True):
            assert agrees(value, found[way]) if way in found else value == "not enumerable"


def test_digits_are_predicted_as_well_as_stated():
    known = FURTHER[FURTHER["predicted_risk"].notna()]
    assert set(known["family"]) == {"digits"}
    most = float(re.search(r"within (\S+) for uniform", TEXT)[1])
    difference = (known["relative_risk"] - known["predicted_risk"]).abs().max()
    assert difference <= most < difference + 0.0005


def test_on_the_line_pruning_falls_behind_draws_and_greedy_leads():
    found = further("line")
    for nodes in (16, 32, 64):
        assert found[nodes, "greedy"] < found[nodes, "drawn"] / 10
    assert found[16, "pruned_network"] < found[16, "drawn"]
    for nodes in (32, 64):
        assert 1.5 < found[nodes, "pruned_network"] / found[nodes, "drawn"] < 2.5
