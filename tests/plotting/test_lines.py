"""Curves with given intervals: seaborn draws the numbers that it is given, none of its own."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from winning_tickets.plotting import style
from winning_tickets.plotting.lines import draw_lines

LOOKS = {
    "one": style.Look("one", "#0173b2", "o", style.DASHED),
    "two": style.Look("two", "#d55e00", "s", filled=False),
}
ROWS = pd.DataFrame(
    {
        "kind": ["one", "one", "two", "two", "none"],
        "x": [2.0, 1.0, 1.0, 2.0, 1.0],
        "mean": [0.3, 0.1, 0.0, 0.25, 9.0],
        # The mean of the first lies outside its interval, and the second has none.
        "low": [0.35, np.nan, 0.0, 0.2, 9.0],
        "high": [0.4, np.nan, 0.0, 0.5, 9.0],
    }
)


def drawn(**options):
    axis = style.new_figure(3.5, 2.0).subplots()
    draw_lines(axis, ROWS, "x", "mean", LOOKS, by="kind", **options)
    return axis


def curves(axis):
    """Return the marked curves by colour, without the bars."""
    return {line.get_color(): line for line in axis.lines if len(line.get_xdata())}


def test_curves_are_the_given_numbers_in_the_order_of_places():
    found = curves(drawn())
    assert found.keys() == {"#0173b2", "#d55e00"}
    assert found["#0173b2"].get_ydata().tolist() == [0.1, 0.3]
    assert found["#d55e00"].get_ydata().tolist() == [0.0, 0.25]


def test_bars_are_the_given_ends_and_reach_to_the_marker():
    bars = [bar[:, 1] for part in drawn().collections for bar in part.get_segments()]
    ends = sorted((bar.min(), bar.max()) for bar in bars if bar.min() < bar.max())
    assert ends == [pytest.approx((0.2, 0.5)), pytest.approx((0.3, 0.4))]


def test_open_and_filled_markers_keep_their_looks():
    found = curves(drawn(ends=None))
    assert found["#0173b2"].get_markerfacecolor() == "#0173b2"
    assert found["#d55e00"].get_markerfacecolor() == "white"
    assert found["#0173b2"].is_dashed() and not found["#d55e00"].is_dashed()


def test_no_rows_are_an_empty_panel():
    axis = style.new_figure(3.5, 2.0).subplots()
    draw_lines(axis, ROWS.iloc[:0], "x", "mean", LOOKS, by="kind")
    assert not axis.lines


def test_pyplot_holds_no_figure_and_the_settings_stay():
    before = dict(pyplot.rcParams, backend=None)
    drawn()
    assert pyplot.get_fignums() == []
    assert dict(pyplot.rcParams, backend=None) == before
