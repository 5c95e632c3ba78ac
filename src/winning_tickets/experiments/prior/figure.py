"""Risk on seen and unseen points against the prior's width; the sharpening of one mode."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from ...plotting import style
from ..better_tickets.panels import name_ticks
from ..peers.data import SOURCES
from .measure import MODE

ACROSS = 3
_TICKET, _WIDE = style.PALETTE[2], style.PALETTE[0]
_CURVES = {
    "ticket_test_risk": style.Look("ticket, unseen", _TICKET, "o"),
    "ticket_risk": style.Look("ticket, seen", _TICKET, "o", style.DOTTED, False),
    "wide_test_risk": style.Look("wide network, unseen", _WIDE, "s"),
    "wide_risk": style.Look("wide network, seen", _WIDE, "s", style.DOTTED, False),
}
_LEAST = 1e-3


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw a panel a kind of data; the uniform prior stands at the right edge.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``prior``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and means over splits.
    """
    table = tables["prior"]
    table = table[table["status"] == "ok"]
    if table.empty:
        return style.no_data("prior of varied width", settings)
    widest = table["width"].max()
    table = table.assign(place=table["width"].fillna(3 * widest))
    cell = ["data", "modulus", "points", "nodes", "place"]
    left_out = ["split", "split_seed", "status", "reason"]
    summary = table.drop(columns=left_out).groupby(cell, sort=False).mean(numeric_only=True)
    summary = summary.reset_index().assign(splits=table["split"].nunique())
    kinds = list(dict.fromkeys(summary["data"]))
    down = -(-len(kinds) // ACROSS)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.3 + 1.9 * down)
    axes = figure.subplots(down, min(ACROSS, len(kinds)), squeeze=False)
    for axis, kind in zip(axes.flat, kinds, strict=False):
        rows = summary[summary["data"] == kind].sort_values("place")
        (_draw_mode if kind == MODE else _draw_risks)(axis, rows)
        name_ticks(axis, rows["place"].tolist(), 10)
        ends = [f"{place:g}" for place in rows["place"][:-1]]
        axis.set_xticks(rows["place"], [*ends, "unif."], fontsize=style.SMALLEST_FONT)
        axis.yaxis.set_minor_formatter(NullFormatter())
    for axis in axes.flat[len(kinds) :]:
        axis.set_axis_off()
    for axis in axes[-1]:
        axis.set_xlabel("width of the prior")
    handles = [style.handle(look) for look in _CURVES.values()]
    handles.append(Line2D([], [], color="0.3", lw=0.9, label="predicted share"))
    figure.legend(handles=handles, loc="outside upper center", ncols=5)
    nodes = int(summary["nodes"].iloc[0])
    facts = {name: summary[name].astype(int).unique() for name in ("modulus", "points")}
    study = style.study_line(settings, nodes=nodes, replicates=None, draws=None, **facts)
    sentences = [
        study,
        f"Splits: {summary['splits'].iloc[0]}, means over them; the ridge is the one of least "
        "leave-one-out error at each width. Risks below 0.001 stand at the lower edge.",
        "One mode: share of draws on the target's two frequencies, under p* (measured and "
        "predicted) and under the prior itself (dashed).",
        "The prior is our own, not the paper's.",
    ]
    style.footer(figure, sentences)
    return figure, summary


def _draw_risks(axis: Axes, rows: pd.DataFrame) -> None:
    for value, look in _CURVES.items():
        axis.plot(rows["place"], np.maximum(rows[value], _LEAST), **look.shown())
    axis.set_yscale("log")
    axis.set_ylim(_LEAST, 2)
    axis.set_title(SOURCES[rows["data"].iloc[0]].label)
    axis.set_ylabel("relative risk")


def _draw_mode(axis: Axes, rows: pd.DataFrame) -> None:
    look = style.Look("drawn", _TICKET, "o")
    axis.plot(rows["place"], rows["mode_share"], **look.shown() | {"ls": ""})
    axis.plot(rows["place"], rows["predicted_mode_share"], color="0.3", lw=0.9)
    axis.plot(rows["place"], rows["prior_mode_share"], color="0.3", lw=0.9, ls=style.DASHED)
    axis.set_yscale("log")
    axis.set_title("one mode")
    axis.set_ylabel("share on the mode")
