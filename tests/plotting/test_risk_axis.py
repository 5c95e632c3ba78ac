"""The axis of risks: a scale squeezed below, zero at its foot."""

import numpy as np
import pytest

from tests.experiments.figures import drawn
from winning_tickets.plotting import style
from winning_tickets.plotting.risk_axis import risk_axis


def test_zero_risk_is_drawn_at_the_foot_of_the_axis():
    figure, table = drawn("risk_vs_dimension")
    assert (table["mean"] == 0).any()
    axis = figure.axes[0]
    foot = axis.get_ylim()[0]
    heights = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axis.lines])
    assert foot == style.RISK_FLOOR
    assert (heights == foot).any()
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels[0] == "0"


def test_the_risk_axis_is_monotone_and_its_two_parts_meet():
    figure = style.new_figure(3.5, 2.0)
    axis = figure.subplots()
    risk_axis(axis, 1e-20)
    scale = axis.yaxis.get_transform()
    risks = np.logspace(-20, 0, 200)
    heights = scale.transform(risks)
    assert (np.diff(heights) > 0).all()
    assert scale.inverted().transform(heights) == pytest.approx(risks, rel=1e-9)
    assert scale.transform(np.array([0.0]))[0] == heights[0]
