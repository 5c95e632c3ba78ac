"""What the figures of generalization share: panels of tickets by target and dimension."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...plotting import style
from ...plotting.lines import draw_lines

TICKETS = {
    "uniform": style.Look("uniform nodes", style.PALETTE[1], "o"),
    "optimized": style.Look("nodes from p*", style.PALETTE[2], "v"),
    "greedy": style.Look("greedy choice from p*", "#5b2a86", "s"),
}
"""Kinds of tickets, in the order of the legend."""

PREDICTED = "Lines: predicted, nothing fitted (docs/generalization.md)."
LEFT_OUT = "Sizes with fewer than 2 N examples are left out: there tickets interpolate."

_SEEN = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def panels(
    figure: Figure,
    summary: pd.DataFrame,
    values: Mapping[str, str],
    names: style.Names,
    *,
    bars: bool = True,
) -> np.ndarray:
    """Draw a row of panels per target and value, a column per dimension.

    Parameters
    ----------
    figure : Figure
        Takes the panels and the legend above them.
    summary : DataFrame
        Of `winning_tickets.experiments.generalization.summary.generalization_summary`.
    values : mapping of str to str
        What the rows show, with its label; the prediction is beside it in the summary.
    names : Names
        Names of targets.
    bars : bool
        Whether to draw the intervals.

    Returns
    -------
    ndarray
        The panels.
    """
    dimensions = sorted(summary["dimension"].unique())
    rows = [(target, value) for target in summary["target"].unique() for value in values]
    axes = figure.subplots(len(rows), len(dimensions), squeeze=False, sharex=True, sharey="row")
    for row, (target, value) in zip(axes, rows, strict=True):
        for axis, dimension in zip(row, dimensions, strict=True):
            here = (summary["target"] == target) & (summary["dimension"] == dimension)
            _draw_tickets(axis, summary[here], value, bars)
        row[0].set_ylabel(f"{names.target(target)}\n{values[value]}")
    for axis, dimension in zip(axes[0], dimensions, strict=True):
        axis.set_title(f"D = {dimension}")
    for axis in axes[-1]:
        axis.set_xlabel("share of the domain seen, M / P^D")
    figure.legend(handles=_handles(summary["ticket"]), loc="outside upper center", ncols=4)
    return axes


def _draw_tickets(axis: Axes, panel: pd.DataFrame, value: str, bars: bool) -> None:
    """Draw what was measured as markers, and what was predicted as lines."""
    predicted = "predicted_" + value.removeprefix("relative_")
    for ticket, rows in panel.sort_values("share").groupby("ticket"):
        axis.plot(rows["share"], rows[predicted], color=TICKETS[ticket].colour, zorder=1.5)
    ends = (f"{value}_low", f"{value}_high") if bars else None
    draw_lines(axis, panel, "share", value, TICKETS, by="ticket", ends=ends, lw=0)
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(_SEEN))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.margins(x=0.06)


def _handles(tickets: Sequence[str]) -> list[Line2D]:
    marks = [
        Line2D([], [], label=look.label, **look.shown() | {"ls": ""})
        for ticket, look in TICKETS.items()
        if ticket in set(tickets)
    ]
    return [*marks, Line2D([], [], color="0.35", label="predicted")]


def study_line(summary: pd.DataFrame, settings: Mapping) -> str:
    """Return the sentence that states the sizes of what is shown."""
    facts = {"modulus": summary["modulus"].iloc[0], "nodes": summary["nodes"].iloc[0]}
    facts |= {"replicates": summary["replicates"].max(), "draws": None}
    return style.study_line(settings, points=summary["points"], **facts)
