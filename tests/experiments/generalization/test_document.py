"""The counts of docs/generalization.md are those of the table."""

import re

import pytest

from tests.experiments.documents import ROOT, table


def test_counts_of_tickets_that_generalize_are_those_of_the_table():
    summary = table("generalization")
    text = (ROOT / "docs" / "generalization.md").read_text(encoding="utf-8")
    stated = [int(n) for n in re.findall(r"(\d+) (?:tickets|on three|three modes)", text)]
    expected = [float(n) for n in re.findall(r"(\d+\.\d) (?:were\s+)?expected", text)]
    found = []
    for ticket in ("optimized", "greedy"):
        for target in ("sine", "sines"):
            cell = summary[(summary["ticket"] == ticket) & (summary["target"] == target)]
            seen = (cell["success"] * cell["replicates"]).sum()
            found.append((round(seen), (cell["predicted_success"] * cell["replicates"]).sum()))
    assert stated == [seen for seen, _ in found]
    assert expected == pytest.approx([number for _, number in found], abs=0.051)
    uniform = summary[summary["ticket"] == "uniform"]
    assert uniform["success"].max() == 0
