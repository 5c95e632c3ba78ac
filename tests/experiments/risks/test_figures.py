"""Figures of the risks: where samplers stop, intervals, fewer draws."""

from tests.experiments.figures import draw, drawn
from tests.plotting.checks import caption
from tests.tables import SETTINGS, risk_table
from winning_tickets.experiments.risks.panels import fewer_draws


def test_risk_figures_say_where_samplers_stop():
    found = caption(drawn("risk_vs_dimension")[0])
    assert "enumeration from random points, D = 32 (needs 7,451 MiB)" in found
    assert "full grid, D = 6 and beyond (too many)" in found


def test_two_replicates_have_no_bars_and_the_caption_says_so():
    figure, summary = draw("risk_vs_dimension", risks=risk_table(replicates=2))
    assert (summary["low"].isna() | (summary["low"] == summary["mean"])).all()
    assert summary["low"].isna().any()
    assert "too few of them for an interval" in caption(figure)


def test_captions_say_which_samplers_drew_fewer_tickets():
    risks = risk_table()
    assert fewer_draws(risks, SETTINGS) == []
    fewer = risks[(risks["sampler"] != "rejection") | (risks["draw"] == 0)]
    (sentence,) = fewer_draws(fewer, SETTINGS)
    assert sentence.endswith("quantum-inspired (rejection) 1.")
    assert "Fewer draws" in caption(draw("risk_vs_dimension", risks=fewer)[0])


def test_a_place_without_a_panel_is_empty():
    axes = drawn("risk_vs_nodes")[0].axes
    shown = [axis for axis in axes if axis.get_visible()]
    assert len(shown) < len(axes)
    assert all(axis.get_title() for axis in shown)
