"""Break-even: from how many nodes on a kept table is worth what it takes."""

import numpy as np
import pytest

from tests.experiments.figures import draw, drawn
from tests.plotting.checks import caption
from tests.tables import timing_table
from winning_tickets.experiments.timings.amortised import break_even, cost_a_node, kept_tables


@pytest.fixture(scope="module")
def rows():
    rows = kept_tables(timing_table())
    return rows[rows["modulus"] == 5]


def test_break_even_is_where_the_costs_of_both_ways_meet(rows):
    even = break_even(rows, "enumeration", "rejection").set_index("dimension")
    # Below D = 6 the made-up table takes less than preparing rejection does.
    assert list(even.index) == list(range(6, 11))
    for dimension in (8, 10):
        here = rows[rows["dimension"] == dimension]
        nodes = round(even.loc[dimension, "nodes"])
        cost = cost_a_node(here, np.array([nodes // 2, nodes, nodes * 2]))
        table, none = (
            cost[cost["sampler"] == name]["seconds"].to_numpy()
            for name in ("enumeration", "rejection")
        )
        assert table[1] == pytest.approx(none[1], rel=0.2)
        assert table[0] > none[0] and table[2] < none[2]


def test_break_even_grows_like_the_table_and_lies_in_its_interval(rows):
    even = break_even(rows, "enumeration", "rejection")
    large = even[even["dimension"] >= 8]
    slope = np.polyfit(large["dimension"], np.log(large["nodes"]), 1)[0]
    assert np.exp(slope) == pytest.approx(5.6, rel=0.1)
    assert (even["low"] < even["nodes"]).all() and (even["nodes"] < even["high"]).all()


def test_a_table_whose_nodes_are_no_cheaper_never_pays(rows):
    dear = rows["sampler"].eq("fft")
    costly = rows.assign(per_node=rows["per_node"].where(~dear, 1.0))
    assert break_even(costly, "fft", "rejection").empty


def test_three_passes_give_no_break_even(rows):
    assert break_even(rows[rows["pass"] < 3], "fft", "rejection").empty


def test_the_streamed_way_keeps_nothing():
    assert set(kept_tables(timing_table())["mode"]) == {"", "table"}


def test_the_figure_marks_break_even_in_a_panel_a_dimension():
    figure, table = drawn("amortised_cost")
    *panels, below = figure.axes
    assert [axis.get_title() for axis in panels] == [f"D = {d}" for d in (7, 8, 9, 10)]
    for axis, dimension in zip(panels, (7, 8, 9, 10), strict=True):
        marked = sorted(line.get_xdata()[0] for line in axis.lines if line.get_linestyle() == ":")
        here = table[(table["dimension"] == dimension) & (table["modulus"] == 5)]
        assert marked == pytest.approx(sorted(here["nodes"]))
    assert set(table["modulus"]) == {3, 5}
    assert below.get_yscale() == "log"
    assert "tickets of 64" in caption(figure)


def test_without_rejection_there_is_nothing_to_hold_tables_against():
    timings = timing_table()
    figure, _ = draw("amortised_cost", timings=timings[timings["sampler"] != "rejection"])
    assert figure.texts[0].get_text().startswith("This study holds no")
