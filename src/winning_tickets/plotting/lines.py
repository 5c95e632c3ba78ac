"""Curves with intervals that tables already hold, drawn by seaborn."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from .style import Look

# Edges of markers, filled or open: white between those that touch, or as the line.
_EDGES = {True: {"mec": "white", "mew": 0.4}, False: {"mfc": "white", "mec": "auto", "mew": 0.8}}


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
        The panel; its scales are set afterwards, as seaborn works on the scale that it finds.
    rows : DataFrame
        One row per kind and place.
    along, value : str
        Columns of places and of heights.
    looks : mapping of str to Look
        How each kind looks; others are not drawn.
    by : str
        The column of kinds.
    ends : tuple of str or None
        Columns of both ends of the interval; None draws no bars.
    **shown
        Further options of the line, such as ``lw=0`` for markers alone.
    """
    heights = [rows[value]]
    if ends:
        # Without an interval the bar has no length.
        heights += [np.fmin(rows[ends[0]], rows[value]), np.fmax(rows[ends[1]], rows[value])]
    # Seaborn has no bars of given ends: it aggregates these three numbers to themselves.
    stacked = pd.concat([rows.assign(**{value: height}) for height in heights], ignore_index=True)
    for filled, edge in _EDGES.items():
        present = {
            kind: look
            for kind, look in looks.items()
            if look.filled == filled and (rows[by] == kind).any()
        }
        if present:
            sns.lineplot(
                stacked[stacked[by].isin(present)],
                x=along,
                y=value,
                hue=by,
                style=by,
                hue_order=list(present),
                style_order=list(present),
                palette={kind: look.colour for kind, look in present.items()},
                markers={kind: look.marker for kind, look in present.items()},
                dashes={kind: _dashes(look) for kind, look in present.items()},
                estimator=_given if ends else None,
                errorbar=_given_ends if ends else None,
                err_style="bars",
                err_kws={"elinewidth": 0.8, "capsize": 0, "clip_on": False, "zorder": 1.9},
                sort=ends is not None,
                clip_on=False,
                legend=False,
                ax=axis,
                **edge | shown,
            )
    axis.set(xlabel="", ylabel="")


def _dashes(look: Look) -> tuple | str:
    return "" if isinstance(look.line, str) else look.line[1]


def _given(numbers: pd.Series) -> float:
    return numbers.sort_index().iloc[0]


def _given_ends(numbers: pd.Series) -> tuple[float, float]:
    _, low, high = numbers.sort_index()
    return low, high
