"""Both figures of generalization: layout, captions, and a column a dimension."""

import pytest

from tests.experiments.generalization.small import table
from tests.plotting.layout import caption, faults
from winning_tickets.experiments.base import labels
from winning_tickets.experiments.generalization import figure, risks

SETTINGS = {"seed": 7, "modulus": 5} | labels()
DRAWS = {"figure": figure.draw, "risks": risks.draw}


@pytest.fixture(scope="module")
def drawn():
    return {name: draw({"generalization": table()}, SETTINGS) for name, draw in DRAWS.items()}


@pytest.mark.parametrize("name", DRAWS)
def test_layout_and_caption(drawn, name):
    picture, rows = drawn[name]
    assert faults(picture) == []
    words = caption(picture)
    assert "P = 5, N = 12, M = " in words and "3 replicates" in words and "seed 7" in words
    assert "not the paper's figures" in words
    assert len(rows)


@pytest.mark.parametrize("name", DRAWS)
def test_a_study_without_the_data_gets_a_figure_that_says_so(name):
    for tables in ({}, {"generalization": table().iloc[:0]}):
        assert "holds no" in DRAWS[name](tables, SETTINGS)[0].texts[0].get_text()


def test_panels_show_one_dimension_and_target_each(drawn):
    summary = drawn["figure"][1]
    cells = summary.groupby(["target", "dimension"]).ngroups
    assert [len(drawn[name][0].axes) for name in DRAWS] == [cells, 2 * cells]
    for picture, _ in drawn.values():
        titles = [axis.get_title() for axis in picture.axes if axis.get_title()]
        assert titles == ["D = 3", "D = 4"]


def test_risks_have_a_table_of_their_own_without_successes(drawn):
    risk, whole = drawn["risks"][1], drawn["figure"][1]
    assert set(whole) - set(risk) == {
        "success",
        "success_low",
        "success_high",
        "predicted_success",
    }
    assert len(risk) == len(whole)
