"""Risk against the number of nodes for pruned, drawn and greedy tickets."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...plotting import style
from ...plotting.lines import draw_lines
from ...plotting.risk_axis import SQUEEZED, risk_axis
from ..better_tickets.panels import cells, name_ticks, study_line
from .summary import pruning_summary

_UNIFORM, _DRAWN = style.look("uniform").colour, style.look("spectral").colour
LOOKS = {
    "uniform": style.Look("uniform", _UNIFORM, "o", style.DOTTED),
    "drawn": style.Look("drawn from p*", _DRAWN, "o", style.DOTTED),
    "greedy": style.Look("greedy, of c N draws", _DRAWN, "^", style.SOLID),
    "pruned_draws": style.Look("largest |w*| of c N draws", style.PALETTE[4], "D", filled=False),
    "pruned_network": style.Look("largest |w*| of all nodes", style.PALETTE[3], "s"),
}
"""How each way looks, in the order of the legend."""

ACROSS = 3


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw a panel a family and target: measured risks as markers, predicted ones as lines.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``pruning``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary.
    """
    table = tables["pruning"]
    if not (table["status"] == "ok").any():
        return style.no_data("pruned tickets", settings)
    summary = pruning_summary(table)
    shown = cells(summary, style.Names(settings))
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.3 + 1.75 * down)
    axes = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    # The two targets of a family below each other, if each family has as many.
    order = axes.T.flat if len(shown) == axes.size else axes.flat
    for axis, (title, rows) in zip(order, shown, strict=False):
        _draw_cell(axis, title, rows)
    for axis in axes.flat[len(shown) :]:
        axis.set_visible(False)
    for axis in axes.flat:
        risk_axis(axis, style.RISK_FLOOR)
        name_ticks(axis, sorted(summary["nodes"].unique()), 2)
    for axis in axes[:, 0]:
        axis.set_ylabel("relative risk")
    for axis in axes[-1]:
        axis.set_xlabel("nodes N")
    handles = [style.handle(look) for way, look in LOOKS.items() if (summary["way"] == way).any()]
    known = summary.loc[summary["predicted_risk"].notna(), "target"].unique()
    predicted = Line2D([], [], color="0.35", lw=0.9, label=f"predicted ({', '.join(known)})")
    figure.legend(handles=[*handles, predicted], loc="outside upper center", ncols=3)
    words = "for" if "labels" in known else "as for"
    factor = summary.loc[summary["way"] == "pruned_draws", "candidates"].max()
    caption = [
        study_line(summary, settings, summary["nodes"]),
        f"c = {factor}. All tickets are refitted.",
        style.mean_line(summary["replicates"].max()),
        f"Thin grey lines: predicted {words} random labels from M, the span of the data and the "
        "numbers of nodes alone, in the order of the markers (none for greedy).",
        SQUEEZED,
        style.OUR_DERIVATION,
    ]
    style.footer(figure, caption)
    return figure, summary


def _draw_cell(axis: Axes, title: str, rows: pd.DataFrame) -> None:
    axis.set_title(title, fontsize=style.SMALLEST_FONT)
    predicted = rows[rows["predicted_risk"].notna()]
    for _, own in predicted.groupby("way"):
        axis.plot(own["nodes"], own["predicted_risk"], color="0.35", lw=0.9, zorder=1.5)
    ends = ["relative_risk", "low", "high"]
    known = rows.assign(**{end: np.maximum(rows[end], style.RISK_FLOOR) for end in ends})
    # Where there are predictions the lines are theirs.
    lines = {"lw": 0} if len(predicted) else {}
    draw_lines(axis, known, "nodes", "relative_risk", LOOKS, by="way", **lines)
