"""The three figures of better tickets: layout, captions, and the tables behind them."""

import pandas as pd
import pytest

from tests.experiments.better_tickets.small import table
from tests.plotting.layout import caption, faults
from winning_tickets.experiments.base import labels
from winning_tickets.experiments.better_tickets import control, figure, panels, seconds

SETTINGS = {"seed": 7, "modulus": 5} | labels()
DRAWS = {part.__name__.rpartition(".")[2]: part.draw for part in (figure, seconds, control)}


@pytest.fixture(scope="module")
def drawn():
    return {name: draw({"better_tickets": table()}, SETTINGS) for name, draw in DRAWS.items()}


@pytest.mark.parametrize("name", DRAWS)
def test_layout_and_caption(drawn, name):
    picture, rows = drawn[name]
    assert faults(picture) == []
    words = caption(picture)
    assert "P = 5, N = " in words and "replicates" in words and "seed 7" in words
    assert "not the paper's figures" in words
    assert len(rows)


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("tables", [{}, {"better_tickets": None}])
def test_a_study_without_the_data_gets_a_figure_that_says_so(name, tables):
    tables = {key: table().iloc[:0] for key in tables}
    assert "holds no" in DRAWS[name](tables, SETTINGS)[0].texts[0].get_text()


def test_the_parts_are_what_the_whole_table_holds(drawn):
    whole = drawn["figure"][1]
    ratios = whole[whole["control"].notna()].reset_index(drop=True)
    ours = drawn["control"][1].reset_index(drop=True)
    pd.testing.assert_frame_equal(ratios[list(ours)], ours, check_dtype=False)
    assert set(ours["control"]) == {"candidates", "seconds"}
    assert drawn["seconds"][1]["nodes"].nunique() == 1


def test_every_cell_has_its_panels_and_the_legend_tells_ways_apart(drawn):
    cells = table().groupby(["family", "target"]).ngroups
    for name, high in {"figure": 2, "seconds": 2, "control": 1}.items():
        assert len(drawn[name][0].axes) == high * cells
    (legend,) = drawn["figure"][0].legends
    looks = [(mark.get_color(), mark.get_marker()) for mark in legend.legend_handles]
    assert len(set(looks)) == len(looks) == 5


def test_a_further_way_that_chooses_is_drawn_at_one_c(monkeypatch):
    """The greedy rows under another name, as a way from outside would add them."""
    measured = table()
    greedy = measured[measured["way"] == "greedy"]
    wider = pd.concat([measured, greedy.assign(way="other")])
    for module in (panels, figure, seconds):
        monkeypatch.setattr(module, "CHOOSING", ("greedy", "other"))
    looks = panels.METHODS | {"other": panels.METHODS["greedy"]}
    monkeypatch.setattr(panels, "METHODS", looks)
    picture, _ = figure.draw({"better_tickets": wider}, SETTINGS)
    for axis in picture.axes:
        for line in axis.lines:
            places = line.get_xdata()
            assert len(set(places)) == len(places)
