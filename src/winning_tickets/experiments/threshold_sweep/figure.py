"""Risk and acceptance against the soft threshold, and risk against the ridge parameter."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...plotting import style
from .summary import threshold_summary

_BAR = {"elinewidth": 0.7, "capsize": 1.2}


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Risk and acceptance rate against the soft threshold, and risk against the ridge parameter.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``threshold_sweep``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows.
    """
    table = tables.get("threshold_sweep")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("sweep of the soft threshold", settings)
    summary = threshold_summary(table, settings["seed"])
    softened = summary[summary["sweep"] == "threshold"]
    ridges = summary[summary["sweep"] == "ridge"]
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.9)
    axes = figure.subplots(1, 3, width_ratios=(1.15, 1.15, 1.0))
    cells = _cells(summary, style.Names(settings))
    looks = _cell_looks(cells)
    _draw_threshold_risk(axes[0], softened, looks)
    _draw_acceptance(axes[1], softened, looks)
    _draw_ridge(axes[2], ridges, looks)
    style.label_panels(axes)
    handles = [
        Line2D([], [], label=label, **look)
        for (_, label), look in zip(cells, looks.values(), strict=True)
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    style.footer(figure, _caption(summary, table, settings))
    return figure, summary


def _cells(summary: pd.DataFrame, names: style.Names) -> list[tuple[tuple[str, str], str]]:
    """Return family and target of every cell with its name."""
    firsts = summary.drop_duplicates(["family", "target"])
    return [
        (
            (row["family"], row["target"]),
            f"{names.family(row['family'])}, "
            f"{names.target(row['target'])}: "
            f"D = {row['dimension']}, M = {row['points']:,}",
        )
        for _, row in firsts.iterrows()
    ]


def _cell_looks(cells: Sequence[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], dict]:
    """Give each cell a colour and marker that are no sampler's."""
    kinds = (("#332288", "o", "-"), ("#6699CC", "s", "--"), ("#882255", "^", "-"))
    kinds += (("#999933", "v", "--"), ("#555555", "D", "-."), ("#AA4499", "P", ":"))
    return {
        cell: {"color": colour, "marker": marker, "ls": line, "mec": "white", "mew": 0.4}
        for (cell, _), (colour, marker, line) in zip(cells, kinds * len(cells), strict=False)
    }


def _places(softened: pd.DataFrame) -> list[float]:
    """Return the thresholds in order: 0 stands for uniform nodes, infinity for p*."""
    return [
        0.0,
        *sorted(softened.loc[softened["ticket"] == "optimized", "soft_threshold"].unique()),
    ]


def _threshold_ticks(axis: Axes, places: Sequence[float], *, ends: bool) -> None:
    # Both ends have a name, and every other threshold between them.
    unnamed = int(ends)
    names = ["" if turn % 2 == unnamed else f"{p:g}" for turn, p in enumerate(places)]
    names[0] = "uniform" if ends else ""
    names = ["p*" if np.isinf(p) else name for p, name in zip(places, names, strict=True)]
    axis.set_xticks(range(len(places)), names)
    axis.set_xlim(-0.5 if ends else 0.5, len(places) - 0.5)
    axis.set_xlabel("soft threshold \u03ba\u0394")


def _draw_threshold_risk(axis: Axes, softened: pd.DataFrame, looks: Mapping) -> None:
    places = _places(softened)
    for cell, look in looks.items():
        rows = _of_cell(softened, cell)
        rows = rows.assign(
            soft_threshold=rows["soft_threshold"].where(rows["ticket"] == "optimized", 0.0)
        ).sort_values("soft_threshold")
        at = [places.index(value) for value in rows["soft_threshold"]]
        axis.errorbar(at, rows["mean"], yerr=_bars(rows), clip_on=False, **look, **_BAR)
    _threshold_ticks(axis, places, ends=True)
    axis.set_ylim(0, 1.02)
    axis.set_ylabel("relative risk")


def _draw_acceptance(axis: Axes, softened: pd.DataFrame, looks: Mapping) -> None:
    places = _places(softened)
    for cell, look in looks.items():
        rows = _of_cell(softened, cell)
        rows = rows[rows["ticket"] == "optimized"].sort_values("soft_threshold")
        at = [places.index(value) for value in rows["soft_threshold"]]
        axis.plot(at, rows["acceptance_rate"], clip_on=False, **look | {"ls": ""})
        for rate, dashes in (("rate_uniform", (0, (1, 1.5))), ("rate_optimized", "-")):
            axis.plot(at, rows[rate], color=look["color"], ls=dashes, lw=0.8, zorder=1)
    axis.set_yscale("log")
    axis.set_ylim(1e-4, 1.6)
    if 1.0 in places:
        axis.axvline(places.index(1.0), color="0.4", lw=0.8, ls=(0, (4, 2)), zorder=0)
    _threshold_ticks(axis, places, ends=False)
    axis.set_ylabel("acceptance rate")


def _draw_ridge(axis: Axes, ridges: pd.DataFrame, looks: Mapping) -> None:
    places = sorted(ridges["ridge_relative"].unique())
    for cell, look in looks.items():
        for repeats, dashes in (("even", ":"), ("uneven", "-")):
            rows = _of_cell(ridges[ridges["repeats"] == repeats], cell)
            rows = rows.sort_values("ridge_relative")
            at = [places.index(value) for value in rows["ridge_relative"]]
            look_here = look | {"ls": dashes, "lw": 1.0}
            axis.errorbar(at, rows["mean"], yerr=_bars(rows), clip_on=False, **look_here, **_BAR)
    axis.set_xticks(range(len(places)), [f"{place:g}" for place in places])
    axis.set_ylim(0, 1.02)
    axis.set_xlabel("ridge parameter \u03bbM'")
    axis.set_ylabel("relative risk")


def _of_cell(summary: pd.DataFrame, cell: tuple[str, str]) -> pd.DataFrame:
    return summary[(summary["family"] == cell[0]) & (summary["target"] == cell[1])]


def _bars(rows: pd.DataFrame, value: str = "mean") -> np.ndarray:
    low, high = ("low", "high") if value == "mean" else (f"{value}_low", f"{value}_high")
    return np.nan_to_num(np.maximum([rows[value] - rows[low], rows[high] - rows[value]], 0))


def _caption(summary: pd.DataFrame, table: pd.DataFrame, settings: Mapping) -> list[str]:
    facts = {name: summary[name].iloc[0] for name in ("modulus", "nodes")}
    facts |= {"replicates": table["replicate"].nunique(), "draws": table["draw"].nunique()}
    failed = int((table["status"] == "failed").sum())
    return [
        style.study_line(settings, points=summary["points"], **facts),
        "(a) From uniform nodes to p*.",
        "(b) Markers: measured; lines: expected rate of proposals from p* (solid) and of uniform "
        "ones (dotted), \u03ba\u0394 times lower; the sampler changes from one to the other at "
        "\u03ba\u0394 = 1 (dashed).",
        "(c) Tickets from p*; points occur once (dotted) or 1 to 64 times (solid).",
        "Thresholds and ridge parameters are evenly spaced.",
        style.mean_line(facts["replicates"]),
        f"Left out: {failed} tickets whose proposals are hardly ever accepted." if failed else "",
        style.OUR_DERIVATION,
    ]
