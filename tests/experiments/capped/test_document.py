"""Numbers of docs/capped.md and docs/limits.md are those of the committed table."""

import re

import pytest

from tests.experiments.documents import ROOT, agrees, rows, table
from winning_tickets.activations import ACTIVATIONS, make_activation

FOUND = table("capped", "figures/extended")
TEXT = " ".join((ROOT / "docs/capped.md").read_text(encoding="utf-8").split())
LIMITS = " ".join((ROOT / "docs/limits.md").read_text(encoding="utf-8").split())
SIZE = re.compile(r"(\w+), \$D = (\d+)\$, \$M = (\d+)\$")
AT_20 = FOUND[(FOUND["way"] == "capped") & (FOUND["given_cap"] == 20)]


def cell(family, dimension, points, target):
    """Return one row a way, `capped` at the cap of 20."""
    where = FOUND["family"].eq(family) & FOUND["dimension"].eq(int(dimension))
    where &= FOUND["points"].eq(int(points)) & FOUND["target"].eq(target)
    own = FOUND[where & FOUND["given_cap"].isin([20.0, float("nan")])]
    return own.set_index("way")


@pytest.mark.parametrize("row", rows("capped.md", "The table holds means")[1:], ids=str)
def test_the_table_is_that_of_the_study(row):
    data, target, *stated = row
    ways = cell(*SIZE.fullmatch(data).groups(), target)
    capped, spectral = ways.loc["capped"], ways.loc["spectral"]
    expected = [
        capped["total_variation"],
        capped["expected_proposals"],
        ways.loc["capped_enough", "expected_proposals"],
        ways.loc["rejection", "expected_proposals"],
        capped["operations"] / spectral["operations"],
        *ways.loc[["uniform", "capped", "spectral"], "relative_risk"],
    ]
    for text, value in zip(stated, expected, strict=True):
        assert agrees(text, value), (text, value)
    assert {*ways["replicates"]} == {5} and {*ways["nodes"]} == {64}


def number(pattern, text=TEXT):
    return re.search(pattern, text)[1]


def enough(target, *families):
    own = FOUND[(FOUND["way"] == "capped_enough") & (FOUND["target"] == target)]
    return own[own["family"].isin(families)] if families else own


def test_what_is_said_of_random_labels_is_what_was_found():
    distance = AT_20.loc[AT_20["target"] == "labels", "total_variation"].max()
    assert agrees(number(r"at most \$(\S+)\\cdot 10\^\{-5\}\$"), distance * 1e5)
    low, high = re.search(r"(\S+) to (\S+) proposals are enough", TEXT).groups()
    proposals = enough("labels")["expected_proposals"]
    assert agrees(low, proposals.min()) and agrees(high, proposals.max())
    far = AT_20[(AT_20["dimension"] == 64) & (AT_20["target"] == "labels")]
    assert (1 / far["acceptance_rate"]).between(17, 23).all()


def test_what_is_said_of_modes_is_what_was_found():
    structured = ("grid", "subspace")
    own = AT_20[(AT_20["target"] == "sine") & AT_20["family"].isin(structured)]
    low, high = re.search(r"distance is (\S+) to (\S+) for one sine", TEXT).groups()
    assert agrees(low, own["total_variation"].min()) and agrees(high, own["total_variation"].max())
    share = enough("sine", *structured)
    share = share["expected_proposals"] / share["support"]
    low, high = re.search(r"takes (\S+) to (\S+) \$M'\$ proposals", TEXT).groups()
    assert agrees(low, share.min()) and agrees(high, share.max())
    at_2 = FOUND[(FOUND["given_cap"] == 2) & FOUND["family"].isin(structured)]
    assert (at_2.loc[at_2["target"] != "labels", "relative_risk"].dropna() == 0).all()
    beyond = own[own["drawn"] == 0]
    assert set(zip(beyond["family"], beyond["dimension"], strict=True)) == {("grid", 5)}


def test_it_took_fewer_proposals_than_rejection_in_every_size():
    own = FOUND[FOUND["way"] == "capped_enough"]
    assert (own["expected_proposals"] < own["support"]).all()


def test_the_cap_that_always_does_is_as_stated():
    factors = {
        (name, modulus): modulus * max(make_activation(name, modulus) ** 2)
        for name in ACTIVATIONS
        for modulus in (3, 5, 7, 11, 17, 127, 1009, 65521)
    }
    assert agrees(number(r"at most (\S+) times those of `rejection`"), factors["relu", 5])
    assert agrees(number(r"and (\S+) times for all named"), max(factors.values()))
    assert agrees(
        number(r"at (\S+) times the proposals of `rejection`", LIMITS), factors["relu", 5]
    )
    own = FOUND[FOUND["way"] == "capped_certain"]
    assert (own["cap"] / own["support"]).tolist() == pytest.approx([3.0625] * len(own), rel=1e-5)


def test_the_limits_say_the_same():
    grid, dense = cell("grid", 4, 625, "sine"), cell("random", 6, 800, "sine")
    assert agrees(number(r"it is (\S+) away", LIMITS), grid.loc["capped", "total_variation"])
    needed = grid.loc["capped_enough", "expected_proposals"]
    assert agrees(number(r"only with (\S+) proposals", LIMITS), needed)
    capped, exact = re.search(r"risk (\S+) in place of (\S+)\. ", LIMITS).groups()
    assert agrees(capped, dense.loc["capped", "relative_risk"])
    assert agrees(exact, dense.loc["spectral", "relative_risk"])
    at_most = float(number(r"within \$(\S+)\\cdot 10\^\{-5\}\$", LIMITS)) * 1e-5
    assert AT_20.loc[AT_20["target"] == "labels", "total_variation"].max() < at_most
