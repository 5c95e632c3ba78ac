"""Curves with intervals that tables already hold."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .style import Look


def draw_lines(
    axis: Axes,
    rows: pd.DataFrame,
    along: str,
    value: str,
    looks: Mapping[str, Look],
    *,
    by: str = "sampler",
    ends: tuple[str, str] | None = ("low", "high"),
    **shown: object,
) -> None:
    """Draw a curve per kind of row, with bars where the interval is known.

    Parameters
    ----------
    axis : Axes
        The panel.
    rows : DataFrame
        One row per kind and place.
    along, value : str
        Columns of places and of heights.
    looks : mapping of str to Look
        How each kind looks; others are not drawn. Open markers come last, on top of filled ones.
    by : str
        The column of kinds.
    ends : tuple of str or None
        Columns of both ends of the interval; None draws no bars.
    **shown
        Further options of the line, such as ``lw=0`` for markers alone.
    """
    for kind in sorted(looks, key=lambda kind: not looks[kind].filled):
        curve = rows[rows[by] == kind].dropna(subset=[along, value])
        if curve.empty:
            continue
        if ends:
            curve = curve.sort_values(along)
            _draw_bars(axis, curve, along, value, ends, looks[kind].colour)
        axis.plot(curve[along], curve[value], clip_on=False, **looks[kind].shown() | shown)


def _draw_bars(
    axis: Axes, curve: pd.DataFrame, along: str, value: str, ends: tuple[str, str], colour: str
) -> None:
    """Draw the intervals of one curve, behind it; those that are not known have no length."""
    # A corrected bootstrap interval need not hold the mean.
    below = curve[value] - np.fmin(curve[ends[0]], curve[value])
    above = np.fmax(curve[ends[1]], curve[value]) - curve[value]
    bars = axis.errorbar(
        curve[along],
        curve[value],
        yerr=[below, above],
        ls="",
        color=colour,
        elinewidth=0.8,
        clip_on=False,
        zorder=1.9,
    )
    bars.lines[2][0].set_capstyle("round")
