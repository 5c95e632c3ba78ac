"""The numbers of docs/better_tickets.md are those of the table."""

import re
from pathlib import Path

import pytest

from tests.experiments.documents import agrees, rows, table

ROOT = Path(__file__).parents[3]
FAMILIES = {"grid": "grid", "random": "random points", "subspace": "subspace"}
TARGETS = {
    "sines": "three sine modes",
    "labels": "random labels",
    "sine": "one sine mode",
    "parity": "odd or even",
}


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


def test_means_on_the_line_are_those_of_the_table():
    ways = table("better_tickets")
    own = ways[(ways["family"] == "line") & (ways["way"] == "greedy") & (ways["candidates"] == 16)]
    own = own[own["sampler"] == "spectral"].set_index("nodes")
    text = (ROOT / "docs/better_tickets.md").read_text(encoding="utf-8")
    (most,) = re.findall(r"a median of at most ([\d.]+)\nat every", text)
    assert agrees(most, own["test_risk_median"].max())
    means = dict(re.findall(r"(\d+) at \$N = (\d+)\$", text))
    assert len(means) == 2
    for mean, nodes in means.items():
        assert agrees(mean, own.loc[int(nodes), "test_risk"])
