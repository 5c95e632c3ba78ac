"""Numbers of docs/prior.md are those of the committed table."""

import re

import numpy as np
import pytest

from tests.experiments.documents import agrees, extended, prose, rows

PAGE = "prior.md"
DATA = {
    "friedman1": "friedman1",
    "sparse": "sparse",
    "grid": "grid_sines",
    "random": "random_sines",
}
TABLE = extended("prior")
LEAST = 1e-3


def of(data):
    return TABLE[TABLE["data"] == data].sort_values("place")


def ratio(data):
    """Return the ticket's test risk over the wide network's, by width."""
    cell = of(data)
    return (cell["ticket_test_risk"] / cell["wide_test_risk"]).set_axis(cell["width"])


def test_the_table_of_risks_is_that_of_the_study():
    stated = rows(PAGE, "Means over three splits")[1:]
    assert TABLE["splits"].unique().tolist() == [3]
    assert len(stated) == len(DATA)
    for data, *numbers in stated:
        cell = of(DATA[data.partition(",")[0]])
        for name, risk, width, uniform in zip(
            ("ticket", "wide"), numbers[0:4:2], numbers[1:4:2], numbers[4:], strict=True
        ):
            known = cell[cell["width"].notna()].set_index("width")[f"{name}_test_risk"]
            # Of risks that are alike the narrowest width is named.
            best = known.index[np.flatnonzero(known <= max(known.min() * 1.001, LEAST))[0]]
            assert float(width) == best
            assert agrees(risk, known[best])
            assert agrees(uniform, cell.loc[cell["width"].isna(), f"{name}_test_risk"].iloc[0], 3)


def test_on_tables_the_ticket_is_ahead_up_to_the_width_named():
    assert "up to width 1.3 the ticket's test risk is well below" in prose(PAGE)
    assert (ratio("friedman1").loc[:1.3] < 2 / 3).all()
    assert (ratio("sparse").loc[:1.3] < 1 / 2).all()
    best = {name: of(name)[["ticket_test_risk", "wide_test_risk"]].min() for name in DATA}
    assert best["friedman1"].iloc[0] / best["friedman1"].iloc[1] == pytest.approx(1 / 2, rel=0.1)
    assert best["sparse"].iloc[0] / best["sparse"].iloc[1] == pytest.approx(1 / 14, rel=0.1)
    assert "half of it on friedman1, a fourteenth on 3 of 30" in prose(PAGE)
    assert (ratio("sparse").loc[2.0:4.0] > 0.9).all()


def test_on_the_grid_the_ticket_is_exact_from_the_width_named_and_the_wide_network_nowhere():
    assert "From there on, and with the paper's $p^\\star$, it is exact" in prose(PAGE)
    cell = of("grid_sines")
    exact = cell["ticket_test_risk"] < LEAST
    assert (exact == (cell["width"].fillna(np.inf) >= 2)).all()
    assert (cell["wide_test_risk"] > 0.8).all()


def test_on_sparse_points_no_width_helps():
    cell = of("random_sines")
    assert (cell[["ticket_test_risk", "wide_test_risk"]] > 0.99).all(axis=None)


def test_what_is_said_of_one_mode_is_what_was_drawn():
    text = prose(PAGE)
    cell = of("mode")
    pattern = r"width 1.3 this is (\S+) against a share of (\S+) measured .*? and (\S+) predicted"
    stated = re.search(pattern, text).groups()
    found = cell[cell["width"] == 1.3].mean(numeric_only=True)
    names = ("prior_mode_share", "mode_share", "predicted_mode_share")
    assert [f"{found[name]:.2f}" for name in names] == [*stated]
    most = float(re.search(r"the difference is at most (\S+)\. ", text)[1])
    assert (cell["mode_share"] - cell["predicted_mode_share"]).abs().max() <= most + 0.0005
