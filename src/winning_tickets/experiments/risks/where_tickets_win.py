"""Where optimized nodes win: the uniform risk over theirs, against N / M and M / P^D."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...law import law_ratio
from ...plotting import style
from .summary import ratio_summary

SUBSTANTIAL = 1.5
"""The declared meaning of substantially lower."""

LARGEST = 100.0
"""Ratios from here on, also over a risk of zero, are drawn at the upper edge."""

LEAST_NU = 0.25
"""Where the law of generic data, kappa = 3, passes `SUBSTANTIAL`."""

_FAMILIES = {"grid": "s", "random": "o", "subspace": "^", "line": "D", "digits": "P"}
_OUTCOMES = (
    ("at least 1.5 times", style.PALETTE[2]),
    ("less, but more than 1", style.PALETTE[1]),
    ("not told from 1", "0.6"),
    ("below 1: uniform nodes win", "#882255"),
)
_STATED = ("modulus", "nodes", "points", "replicates", "draws")


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw the ratio of risks against N / M for generic and for structured targets, and a map.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``.
    settings : mapping
        Plain settings of the study: seed.

    Returns
    -------
    Figure, DataFrame
        The figure and the cells: ratio with interval, N / M, M / P^D, structured, outcome.
    """
    cells = ratio_summary(tables["risks"], filled=style.Names(settings).families(sparse=False))
    if cells.empty:
        return style.no_data("cells with uniform and optimized nodes", settings)
    cells = cells.assign(outcome=_outcomes(cells))
    figure = style.new_figure(style.DOUBLE_COLUMN, 4.1)
    axes = figure.subplots(1, 3, width_ratios=(1.0, 1.0, 1.15))
    for axis, structured in zip(axes, (False, True), strict=False):
        _draw_ratios(axis, cells[cells["structured"] == structured])
    _draw_law(axes[0])
    axes[0].set_ylabel("uniform risk / optimized risk")
    axes[0].set_title("random labels, digits", fontsize=style.SMALLEST_FONT + 1)
    axes[1].set_title("sines and ridge functions", fontsize=style.SMALLEST_FONT + 1)
    _draw_map(axes[2], cells)
    style.label_panels(axes)
    _legend(figure, cells, style.Names(settings))
    sizes = {name: cells[name] for name in _STATED}
    meaning = (
        "One marker a cell (family, target, D, N), means over data sets with 95 % Fieller "
        f"intervals; at the upper edge of (a) and (b) {LARGEST:g} and more, or an optimized risk "
        "of zero. Solid line: 1.5; dotted: 1. (a) Dashed: the law at \u03ba = 3, which passes 1.5 "
        f"at N / M = {LEAST_NU:g}, the dashed line of (c). (c) All cells; filled: structured "
        "targets, open: labels and digits. Cells where both risks are zero "
        "have no ratio."
    )
    style.footer(figure, [style.study_line(settings, **sizes), meaning, style.OUR_DERIVATION])
    return figure, cells


def _outcomes(cells: pd.DataFrame) -> np.ndarray:
    """Name what the interval of each ratio says."""
    names = [name for name, _ in _OUTCOMES]
    told = [cells["low"] >= SUBSTANTIAL, cells["low"] > 1, cells["high"] < 1]
    return np.select(told, [names[0], names[1], names[3]], names[2])


def _draw_ratios(axis: Axes, cells: pd.DataFrame) -> None:
    axis.axhline(SUBSTANTIAL, color="0.2", lw=0.8, zorder=0)
    axis.axhline(1.0, color="0.2", lw=0.8, ls=style.DOTTED, zorder=0)
    for colour, marker, _, rows in _groups(cells):
        shown = rows["value"].clip(upper=LARGEST)
        low = rows["low"].clip(0.1, LARGEST)
        ends = np.stack([shown - low, rows["high"].clip(upper=LARGEST) - shown])
        look = {"fmt": marker, "ms": 3.2, "color": colour, "elinewidth": 0.7, "mew": 0.4}
        axis.errorbar(rows["nu"], shown, np.maximum(ends, 0), mec="white", **look)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_ylim(0.3, 1.3 * LARGEST)
    axis.set_yticks(
        [0.5, 1, 1.5, 3, 10, 30, 100], ["0.5", "1", "1.5", "3", "10", "30", "\u2265 100"]
    )
    axis.minorticks_off()
    axis.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    axis.set_xlim(0.008, 7)
    axis.set_xlabel("N / M")


def _draw_law(axis: Axes) -> None:
    shares = np.geomspace(0.01, 1, 100)
    axis.plot(shares, law_ratio(shares, 3.0), color="0.2", lw=0.9, ls=style.DASHED, zorder=0)


def _draw_map(axis: Axes, cells: pd.DataFrame) -> None:
    for colour, marker, structured, rows in _groups(cells):
        look = {"mfc": colour if structured else "white", "mec": colour, "mew": 0.8, "ms": 3.6}
        axis.plot(rows["density"].clip(lower=1e-6), rows["nu"], marker, **look)
    axis.axhline(LEAST_NU, color="0.2", lw=0.9, ls=style.DASHED, zorder=0)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_ylim(0.008, 7)
    axis.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    axis.set_xticks([1e-6, 1e-4, 1e-2, 1], ["\u2264 1e-6", "1e-4", "0.01", "1"])
    axis.minorticks_off()
    axis.set_xlabel("M / P^D of the space the data span")
    axis.set_ylabel("N / M")


def _groups(cells: pd.DataFrame):
    """Yield colour, marker, whether structured and the rows of each outcome and family."""
    colours = dict(_OUTCOMES)
    for (outcome, family, structured), rows in cells.groupby(["outcome", "family", "structured"]):
        yield colours[outcome], _FAMILIES.get(family, "v"), structured, rows


def _legend(figure: Figure, cells: pd.DataFrame, names: style.Names) -> None:
    handles = [
        Line2D([], [], color=colour, marker="s", ls="", label=name) for name, colour in _OUTCOMES
    ]
    handles += [
        Line2D(
            [], [], color="0.3", marker=_FAMILIES.get(name, "v"), ls="", label=names.family(name)
        )
        for name in names.in_order("families", cells["family"])
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=5, columnspacing=1.0)
