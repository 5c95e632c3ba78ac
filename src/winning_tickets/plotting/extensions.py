"""Figures of three further questions: generalization, the soft threshold, better tickets."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ..extension_summaries import (
    COMPARED_CELL,
    comparison_summary,
    control_summary,
    generalization_summary,
    threshold_summary,
)
from . import style
from .risks import KINK, SQUEEZED, risk_axis

_BAR = {"elinewidth": 0.7, "capsize": 1.2}

# Kinds of tickets in the figure of generalization: colour and name.
_TICKETS = {
    "uniform": (style.look("uniform").colour, "uniform nodes"),
    "optimized": (style.look("spectral").colour, "nodes from p*"),
    "greedy": ("#5B2A86", "greedy choice from p*"),
}
# Marker, line and the share by which markers stand aside, by ascending dimension.
_DIMENSION_MARKS = (("o", ":", 0.97), ("s", "--", 1.0), ("^", "-", 1.03), ("D", "-.", 1.06))

# Ways to make a ticket in the comparison: marker, line, filled or not.
_WAYS = {
    "independent": ("o", ":", True, "independent"),
    "distinct": ("D", "--", False, "without repeats"),
    "greedy": ("^", "-", True, "greedy"),
}
_CANDIDATES = {"spectral": "from p*", "uniform": "from uniform candidates"}


@style.styled
def generalization(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
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
        axis.set_title(style.TARGET_NAMES.get(target, target))
    for axis in axes[-1]:
        axis.set_xlabel("share of the domain seen, M / P^D")
    axes[1, 0].set_ylim(0, 2.2)
    handles = _generalization_handles(summary)
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    style.footer(figure, _generalization_caption(summary, settings))
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


def _generalization_handles(summary: pd.DataFrame) -> list[Line2D]:
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


def _generalization_caption(summary: pd.DataFrame, settings: Mapping) -> list[str]:
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


@style.styled
def threshold_sweep(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Risk and acceptance rate against the soft threshold, and risk against the ridge parameter.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``threshold``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows.
    """
    table = tables.get("threshold")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("sweep of the soft threshold", settings)
    summary = threshold_summary(table, settings["seed"])
    softened = summary[summary["sweep"] == "threshold"]
    ridges = summary[summary["sweep"] == "ridge"]
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.9)
    axes = figure.subplots(1, 3, width_ratios=(1.15, 1.15, 1.0))
    looks = _cell_looks(summary)
    _draw_threshold_risk(axes[0], softened, looks)
    _draw_acceptance(axes[1], softened, looks)
    _draw_ridge(axes[2], ridges, looks)
    style.label_panels(axes)
    handles = [
        Line2D([], [], label=label, **look)
        for (_, label), look in zip(_cells(summary), looks.values(), strict=True)
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    style.footer(figure, _threshold_caption(summary, table, settings))
    return figure, summary


def _cells(summary: pd.DataFrame) -> list[tuple[tuple[str, str], str]]:
    """Return family and target of every cell with its name."""
    firsts = summary.drop_duplicates(["family", "target"])
    return [
        (
            (row["family"], row["target"]),
            f"{style.FAMILY_NAMES.get(row['family'], row['family'])}, "
            f"{style.TARGET_NAMES.get(row['target'], row['target'])}: "
            f"D = {row['dimension']}, M = {row['points']:,}",
        )
        for _, row in firsts.iterrows()
    ]


def _cell_looks(summary: pd.DataFrame) -> dict[tuple[str, str], dict]:
    """Give each cell a colour and marker that are no sampler's."""
    kinds = (("#332288", "o", "-"), ("#6699CC", "s", "--"), ("#882255", "^", "-"))
    kinds += (("#999933", "v", "--"), ("#555555", "D", "-."), ("#AA4499", "P", ":"))
    cells = _cells(summary)
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


def _threshold_caption(summary: pd.DataFrame, table: pd.DataFrame, settings: Mapping) -> list[str]:
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


@style.styled
def better_tickets(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Train and test risk of every way to make a ticket, against N and against seconds.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``better_tickets``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure, and its summary followed by the comparison with the control (rows that have a
        ``control``).
    """
    table = tables.get("better_tickets")
    if table is None or table.empty:
        return style.no_data("comparison of tickets", settings)
    summary = comparison_summary(table, settings["seed"])
    greedy = summary[summary["way"] == "greedy"]
    # c varies at one N, N at one c: those that occur most.
    nodes, factor = greedy["nodes"].mode().iloc[0], greedy["candidates"].mode().iloc[0]
    control = control_summary(table, nodes, settings["seed"])
    cells = sorted(summary.groupby(COMPARED_CELL), key=_cell_rank)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.75 + 0.83 * len(cells))
    axes = figure.subplots(
        len(cells), 5, squeeze=False, sharex="col", width_ratios=(1, 1, 1, 1, 0.8)
    )
    for row, (names, panel) in zip(axes, cells, strict=True):
        over_nodes = panel[(panel["way"] != "greedy") | (panel["candidates"] == factor)]
        over_time = panel[panel["nodes"] == nodes]
        for axis, value in ((row[0], "relative_risk"), (row[2], "test_risk")):
            _draw_ways(axis, over_nodes, "nodes", value)
        for axis, value in ((row[1], "relative_risk"), (row[3], "test_risk")):
            _draw_ways(axis, over_time, "seconds", value)
            axis.set_yticklabels([])
        own = control[COMPARED_CELL] == pd.Series(names, index=COMPARED_CELL)
        _draw_control(row[4], control[own.all(axis=1)])
        row[0].set_ylabel(_cell_name(names), fontsize=style.SMALLEST_FONT)
        for axis in row[:4]:
            axis.yaxis.set_major_locator(FixedLocator([axis.get_ylim()[0], KINK, 0.1, 1.0]))
    _name_columns(axes, nodes, factor)
    figure.legend(handles=_way_handles(summary), loc="outside upper center", ncols=3)
    style.footer(figure, _comparison_caption(summary, settings, nodes, factor))
    return figure, pd.concat([summary, control], ignore_index=True)


def _draw_ways(axis: Axes, panel: pd.DataFrame, along: str, value: str) -> None:
    """Draw one panel: colours are where candidates come from, markers what is done with them."""
    risk_axis(axis, style.RISK_FLOOR)
    if value == "test_risk":
        axis.set_ylim(style.RISK_FLOOR, 30)
    foot = axis.get_ylim()[0]
    if value in panel and panel[value].notna().any():
        for (way, sampler), rows in panel.groupby(["way", "sampler"], sort=False):
            rows = rows.sort_values([along, "candidates"] if along == "nodes" else ["candidates"])
            marker, dashes, filled, _ = _WAYS[way]
            colour = style.look(sampler).colour
            axis.plot(
                rows[along],
                rows[value].clip(lower=foot, upper=axis.get_ylim()[1]),
                color=colour,
                marker=marker,
                ls=dashes,
                mfc=colour if filled else "white",
                mec="white" if filled else colour,
                mew=0.4 if filled else 0.8,
                ms=3.6,
                clip_on=False,
            )
    else:
        axis.text(0.5, 0.5, "no test points", transform=axis.transAxes, ha="center", fontsize=7)
    axis.set_xscale("log", base=2 if along == "nodes" else 10)
    if along == "nodes":
        axis.xaxis.set_major_locator(FixedLocator(sorted(panel["nodes"].unique())))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
        axis.xaxis.set_minor_locator(NullLocator())
    else:
        axis.xaxis.set_major_locator(FixedLocator([1e-3, 0.1, 10.0]))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axis.xaxis.set_minor_locator(NullLocator())
    axis.margins(x=0.08)


def _draw_control(axis: Axes, control: pd.DataFrame) -> None:
    """Draw the ratio of risks, p* over uniform, for as many candidates and for equal seconds."""
    for kind, (marker, filled, aside) in {
        "candidates": ("o", True, 0.93),
        "seconds": ("s", False, 1.07),
    }.items():
        rows = control[(control["control"] == kind) & control["ratio"].notna()]
        heights = rows["ratio"].clip(0.03, 30)
        ends = [rows[name].fillna(rows["ratio"]).clip(0.03, 30) for name in ("low", "high")]
        axis.errorbar(
            rows["candidates"] * aside,
            heights,
            yerr=np.maximum([heights - ends[0], ends[1] - heights], 0),
            color="0.2",
            marker=marker,
            mfc="0.2" if filled else "white",
            ls="",
            ms=3.2,
            **_BAR,
        )
    axis.axhline(1, color="0.4", lw=0.8, zorder=0)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_ylim(0.025, 40)
    factors = sorted(control["candidates"].unique())
    axis.xaxis.set_major_locator(FixedLocator(factors[::2]))
    axis.xaxis.set_minor_locator(FixedLocator(factors))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axis.xaxis.set_minor_formatter(FuncFormatter(lambda x, _: ""))
    axis.yaxis.set_major_locator(FixedLocator([0.1, 1, 10]))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axis.yaxis.set_minor_locator(NullLocator())
    axis.margins(x=0.12)


def _cell_rank(cell: tuple[tuple, pd.DataFrame]) -> tuple[int, int]:
    """Sort cells as families and targets are listed."""
    family, target = cell[0][:2]
    return list(style.FAMILY_NAMES).index(family), list(style.TARGET_NAMES).index(target)


def _cell_name(names: tuple) -> str:
    family, target, dimension, _, points = names
    return f"{family}\n{style.TARGET_NAMES[target]}\nD = {dimension}, M = {points:,}"


def _name_columns(axes: np.ndarray, nodes: int, factor: int) -> None:
    titles = (
        f"examples, c = {factor}",
        f"examples, N = {nodes}",
        f"held back, c = {factor}",
        f"held back, N = {nodes}",
        "p* over uniform",
    )
    labels = ("nodes N", "seconds", "nodes N", "seconds", "candidates c")
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title)
    for axis, label in zip(axes[-1], labels, strict=True):
        axis.set_xlabel(label)


def _way_handles(summary: pd.DataFrame) -> list[Line2D]:
    handles = []
    for way, (marker, dashes, filled, label) in _WAYS.items():
        for sampler, source in _CANDIDATES.items():
            if not ((summary["way"] == way) & (summary["sampler"] == sampler)).any():
                continue
            colour = style.look(sampler).colour
            face = {"mfc": colour if filled else "white", "mec": "white" if filled else colour}
            name = f"{label}, {source if way == 'greedy' or sampler == 'spectral' else 'uniform'}"
            handles.append(
                Line2D([], [], color=colour, marker=marker, ls=dashes, label=name, **face)
            )
    return handles


def _comparison_caption(
    summary: pd.DataFrame, settings: Mapping, nodes: int, factor: int
) -> list[str]:
    facts = {"modulus": summary["modulus"].unique(), "replicates": summary["replicates"].max()}
    return [
        style.study_line(
            settings, nodes=summary["nodes"], points=summary["points"], draws=None, **facts
        ),
        "Columns 1 to 4: relative risk, mean over replicates.",
        f"Greedy keeps N of c N candidates; against seconds c doubles from marker to marker, from "
        f"{summary.loc[summary['way'] == 'greedy', 'candidates'].min()} on.",
        "Seconds: drawing and selecting, median, one thread.",
        "Last column: risk on the examples of greedy from p* over greedy from uniform candidates, "
        "for as many of them (filled) and for as many as the same seconds allow (open), with "
        f"95 % intervals, at N = {nodes}; none where both are exact.",
        SQUEEZED.replace("0.01", f"{KINK:g}"),
        style.OUR_DERIVATION,
    ]
