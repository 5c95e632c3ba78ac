"""Does a ticket generalize? Risks and successes against the share seen, with the prediction."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...plotting import style
from .summary import generalization_summary

_BAR = {"elinewidth": 0.7, "capsize": 1.2}

# Kinds of tickets in the figure of generalization: colour and name.
_TICKETS = {
    "uniform": (style.look("uniform").colour, "uniform nodes"),
    "optimized": (style.look("spectral").colour, "nodes from p*"),
    "greedy": ("#5B2A86", "greedy choice from p*"),
}

# Marker, line and the share by which markers stand aside, by ascending dimension.
_DIMENSION_MARKS = (("o", ":", 0.97), ("s", "--", 1.0), ("^", "-", 1.03), ("D", "-.", 1.06))


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Train and test risk, and the share of tickets that generalize, against M / P^D.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``generalization``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows, with the predictions.
    """
    table = tables.get("generalization")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("measurement of generalization", settings)
    summary = generalization_summary(table, settings["seed"])
    targets = list(dict.fromkeys(summary["target"]))
    figure = style.new_figure(style.DOUBLE_COLUMN, 6.4)
    axes = figure.subplots(3, len(targets), squeeze=False, sharex=True, sharey="row")
    values = (
        ("relative_risk", "predicted_risk", "risk on the examples"),
        ("test_risk", "predicted_test_risk", "risk on the rest"),
        ("success", "predicted_success", "share of tickets\nthat generalize"),
    )
    for row, (value, predicted, label) in zip(axes, values, strict=True):
        for axis, target in zip(row, targets, strict=True):
            _draw_shares(axis, summary[summary["target"] == target], value, predicted)
        row[0].set_ylabel(label)
    for axis, target in zip(axes[0], targets, strict=True):
        axis.set_title(style.Names(settings).target(target))
    for axis in axes[-1]:
        axis.set_xlabel("share of the domain seen, M / P^D")
    axes[1, 0].set_ylim(0, 2.2)
    handles = _handles(summary)
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    style.footer(figure, _caption(summary, settings))
    return figure, summary


def _draw_shares(axis: Axes, panel: pd.DataFrame, value: str, predicted: str) -> None:
    dimensions = sorted(panel["dimension"].unique())
    for ticket, (colour, _) in _TICKETS.items():
        for dimension, (marker, dashes, aside) in zip(dimensions, _DIMENSION_MARKS, strict=False):
            rows = panel[(panel["ticket"] == ticket) & (panel["dimension"] == dimension)]
            rows = rows.sort_values("share")
            axis.errorbar(
                aside * rows["share"],
                rows[value],
                # Bars of shares would cover each other; the caption says how wide they are.
                yerr=None if value == "success" else _bars(rows, value),
                color=colour,
                marker=marker,
                ls="",
                mec="white",
                mew=0.4,
                **_BAR,
            )
            axis.plot(rows["share"], rows[predicted], color=colour, ls=dashes, lw=0.9)
    axis.set_xscale("log")
    named = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    axis.xaxis.set_major_locator(FixedLocator(named))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.margins(x=0.06)


def _handles(summary: pd.DataFrame) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, lw=2.2, label=label)
        for ticket, (colour, label) in _TICKETS.items()
        if ticket in set(summary["ticket"])
    ]
    marks = zip(sorted(summary["dimension"].unique()), _DIMENSION_MARKS, strict=False)
    handles += [
        Line2D([], [], color="0.35", marker=marker, ls=dashes, lw=0.9, label=f"D = {dimension}")
        for dimension, (marker, dashes, _) in marks
    ]
    return handles


def _caption(summary: pd.DataFrame, settings: Mapping) -> list[str]:
    facts = {"modulus": summary["modulus"].iloc[0], "nodes": summary["nodes"].iloc[0]}
    facts |= {"replicates": summary["replicates"].max(), "draws": None}
    width = (summary["success_high"] - summary["success_low"]).max()
    return [
        style.study_line(settings, points=summary["points"], **facts),
        style.mean_line(facts["replicates"]),
        "Lines: predicted, nothing fitted (docs/generalization.md).",
        "A ticket generalizes when its risk on the points of Z_P^D it has not seen is below 1e-6; "
        "no uniform ticket is expected to.",
        "Of greedy tickets only that share is predicted. 95 % intervals of shares (not drawn) are "
        f"up to {width:.2f} wide.",
        "Sizes with fewer than 2 N examples are left out: there tickets interpolate.",
        style.OUR_DERIVATION,
    ]


def _bars(rows: pd.DataFrame, value: str = "mean") -> np.ndarray:
    low, high = ("low", "high") if value == "mean" else (f"{value}_low", f"{value}_high")
    return np.nan_to_num(np.maximum([rows[value] - rows[low], rows[high] - rows[value]], 0))
