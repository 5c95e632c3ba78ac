"""The numbers that the documents on the further questions state are those of the tables."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
FAMILIES = {"grid": "grid", "random": "random points", "subspace": "subspace"}
TARGETS = {
    "sines": "three sine modes",
    "labels": "random labels",
    "sine": "one sine mode",
    "parity": "odd or even",
}


def rows(document, heading):
    """Return the cells of the first table below a heading or sentence."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8").partition(heading)[2]
    table = re.search(r"(^\|.*\|\n)+", text, re.MULTILINE)[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    return [cells[0], *cells[2:]]


def table(name):
    """Return a table of the committed study: a run writes those in figures anew."""
    return pd.read_csv(ROOT / "workflow/reference/default" / f"{name}.csv")


def agrees(stated, value, digits=2):
    """Tell whether a stated number is a value rounded to some significant digits."""
    if stated.startswith("<"):
        return value < float(stated[1:])
    if float(stated) == 0:
        return value < 5e-4
    return abs(float(stated) - value) <= 0.51 * 10 ** (np.floor(np.log10(value)) + 1 - digits)


@pytest.fixture(scope="module")
def medians():
    ways = table("better_tickets")
    ways = ways[ways["control"].isna() & (ways["nodes"] == 64)]
    keys = ["family", "target", "way", "sampler", "candidates"]
    return ways.set_index(keys).sort_index()


def test_the_comparison_sees_a_stale_number():
    assert agrees("0.018", 0.0184) and agrees("0", 0.0) and agrees("< 0.0001", 3e-5)
    assert not agrees("0.018", 0.0186)
    assert not agrees("0", 0.01)


def test_risks_against_candidates_are_those_of_the_table(medians):
    head, *lines = rows("better_tickets.md", "## Sparse random data")
    factors = [int(re.sub(r"\D", "", name)) for name in head[1:]]
    for name, *stated in lines:
        way, _, source = name.partition(", ")
        sampler = "uniform" if source == "uniform" else "spectral"
        for factor, number in zip(factors, stated, strict=True):
            if number:
                place = ("random", "labels", way, sampler, factor)
                assert agrees(number, medians.loc[place, "relative_risk_median"]), (name, factor)


@pytest.mark.parametrize(
    ("heading", "column", "ways"),
    [
        (
            "## Every family",
            "relative_risk_median",
            (
                ("independent", "spectral", 1),
                ("independent", "uniform", 1),
                ("greedy", "spectral", 16),
                ("greedy", "uniform", 16),
            ),
        ),
        (
            "## On points held back",
            "test_risk_median",
            (("independent", "spectral", 1), ("greedy", "spectral", 16), ("greedy", "uniform", 16)),
        ),
    ],
)
def test_risks_of_every_family_are_those_of_the_table(medians, heading, column, ways):
    _, *lines = rows("better_tickets.md", heading)
    assert len(lines) == 8
    for data, target, *stated in lines:
        family = {words: name for name, words in FAMILIES.items()}.get(
            data.partition(",")[0], data.partition(",")[0]
        )
        chosen = {words: name for name, words in TARGETS.items()}[target]
        for way, number in zip(ways, stated, strict=True):
            assert agrees(number, medians.loc[(family, chosen, *way), column]), (data, target, way)


def cell_of(name):
    family = "grid" if name.startswith("full grid") else "random"
    return family, "labels" if name.endswith("labels") else "sines"


def test_risks_against_the_threshold_are_those_of_the_table():
    swept = table("threshold_sweep").query("sweep == 'threshold'")
    _, *lines = rows("soft_threshold.md", "Mean relative risk:")
    for name, *stated in lines:
        family, target = cell_of(name)
        cell = swept[(swept["family"] == family) & (swept["target"] == target)]
        softened = cell[cell["ticket"] == "optimized"].set_index("soft_threshold")["mean"]
        values = [softened[place] for place in (0.01, 0.1, 1.0, 10.0, 100.0, np.inf)]
        values = [cell.loc[cell["ticket"] == "uniform", "mean"].iloc[0], *values]
        for number, value in zip(stated, values, strict=True):
            assert agrees(number, value), (name, number, value)


def test_risks_against_the_ridge_parameter_are_those_of_the_table():
    swept = table("threshold_sweep").query("sweep == 'ridge' and repeats == 'uneven'")
    _, *lines = rows("soft_threshold.md", "the risk counts every example:")
    for name, *stated in lines:
        family, target = cell_of(name)
        cell = swept[(swept["family"] == family) & (swept["target"] == target)]
        values = cell.sort_values("ridge_relative")["mean"]
        for number, value in zip(stated, values, strict=True):
            assert abs(float(number) - value) <= 5.1e-4, (name, number, value)


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
