"""Risk against nodes and seconds for every way to make a ticket, and the control."""

from collections.abc import Iterable, Mapping
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...plotting import style
from ...plotting.risk_axis import KINK, SQUEEZED, risk_axis
from .methods import METHODS
from .summary import COMPARED_CELL, comparison_summary, control_summary

_BAR = {"elinewidth": 0.7, "capsize": 1.2}

# Marker, line and whether it is filled, by the order of the ways.
_LOOKS = (
    ("o", ":", True),
    ("D", "--", False),
    ("^", "-", True),
    ("s", "-.", False),
    ("P", "-", True),
)
_WAYS = {
    name: (*look, method.label)
    for (name, method), look in zip(METHODS.items(), cycle(_LOOKS), strict=False)
}
_CANDIDATES = {"spectral": "from p*", "uniform": "from uniform candidates"}


def _bars(rows: pd.DataFrame, value: str = "mean") -> np.ndarray:
    low, high = ("low", "high") if value == "mean" else (f"{value}_low", f"{value}_high")
    return np.nan_to_num(np.maximum([rows[value] - rows[low], rows[high] - rows[value]], 0))


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
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
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("comparison of tickets", settings)
    summary = comparison_summary(table, settings["seed"])
    greedy = summary[summary["way"] == "greedy"]
    # c varies at one N, N at one c: those that occur most.
    nodes, factor = greedy["nodes"].mode().iloc[0], greedy["candidates"].mode().iloc[0]
    control = control_summary(table, nodes, settings["seed"])
    named = style.Names(settings)
    cells = _in_order(summary.groupby(COMPARED_CELL), named)
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
        row[0].set_ylabel(_cell_name(names, named), fontsize=style.SMALLEST_FONT)
        for axis in row[:4]:
            axis.yaxis.set_major_locator(FixedLocator([axis.get_ylim()[0], KINK, 0.1, 1.0]))
    _name_columns(axes, nodes, factor)
    figure.legend(handles=_way_handles(summary), loc="outside upper center", ncols=3)
    style.footer(figure, _caption(summary, settings, nodes, factor))
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


def _in_order(
    cells: Iterable[tuple[tuple, pd.DataFrame]], named: style.Names
) -> list[tuple[tuple, pd.DataFrame]]:
    """Sort cells as families and targets are listed."""
    cells = list(cells)
    families = named.in_order("families", [names[0] for names, _ in cells])
    targets = named.in_order("targets", [names[1] for names, _ in cells])
    return sorted(cells, key=lambda cell: (families.index(cell[0][0]), targets.index(cell[0][1])))


def _cell_name(names: tuple, named: style.Names) -> str:
    family, target, dimension, _, points = names
    return f"{family}\n{named.target(target)}\nD = {dimension}, M = {points:,}"


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


def _caption(summary: pd.DataFrame, settings: Mapping, nodes: int, factor: int) -> list[str]:
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
