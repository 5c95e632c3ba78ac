"""Risk and acceptance against the soft threshold, and risk against the ridge parameter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...plotting import style
from ...plotting.lines import draw_lines
from .summary import threshold_summary

# Colours that are no sampler's in any figure beside this one, markers and lines of its cells.
_CELLS = (
    ("#332288", "o", style.SOLID),
    ("#6699cc", "s", style.DASHED),
    ("#882255", "^", style.SOLID),
    ("#999933", "v", style.DASHED),
    ("#555555", "D", style.DOTTED),
    ("#aa4499", "P", style.SOLID),
)


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
    summary = threshold_summary(table)
    looks = _looks(summary, style.Names(settings))
    shown = summary.assign(cell=summary["family"] + " " + summary["target"])
    softened = shown[shown["sweep"] == "threshold"]
    ridges = shown[shown["sweep"] == "ridge"]
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.9)
    axes = figure.subplots(1, 3, width_ratios=(1.15, 1.15, 1.0))
    _draw_threshold_risk(axes[0], softened, looks)
    _draw_acceptance(axes[1], softened, looks)
    _draw_ridge(axes[2], ridges, looks)
    style.label_panels(axes)
    handles = [style.handle(look) for look in looks.values()]
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    style.footer(figure, _caption(summary, table, settings))
    return figure, summary


def _looks(summary: pd.DataFrame, names: style.Names) -> dict[str, style.Look]:
    """Give each cell, a family and a target, a look of its own."""
    firsts = summary.drop_duplicates(["family", "target"])
    return {
        f"{row['family']} {row['target']}": style.Look(
            f"{names.family(row['family'])}, {names.target(row['target'])}: "
            f"D = {row['dimension']}, M = {row['points']:,}",
            *look,
        )
        for (_, row), look in zip(firsts.iterrows(), cycle(_CELLS), strict=False)
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


def _draw_threshold_risk(
    axis: Axes, softened: pd.DataFrame, looks: Mapping[str, style.Look]
) -> None:
    places = _places(softened)
    thresholds = softened["soft_threshold"].where(softened["ticket"] == "optimized", 0.0)
    softened = softened.assign(place=thresholds.map(places.index))
    draw_lines(axis, softened, "place", "mean", looks, by="cell")
    _threshold_ticks(axis, places, ends=True)
    axis.set_ylim(0, 1.02)
    axis.set_ylabel("relative risk")


def _draw_acceptance(axis: Axes, softened: pd.DataFrame, looks: Mapping[str, style.Look]) -> None:
    places = _places(softened)
    optimized = softened[softened["ticket"] == "optimized"].sort_values("soft_threshold")
    optimized = optimized.assign(place=optimized["soft_threshold"].map(places.index))
    for rate, dashes in (("rate_uniform", style.DOTTED), ("rate_optimized", style.SOLID)):
        for cell, rows in optimized.groupby("cell"):
            colour = looks[cell].colour
            axis.plot(rows["place"], rows[rate], color=colour, ls=dashes, lw=0.8, zorder=1)
    shown = {"by": "cell", "ends": None, "lw": 0}
    draw_lines(axis, optimized, "place", "acceptance_rate", looks, **shown)
    axis.set_yscale("log")
    axis.set_ylim(1e-4, 1.6)
    if 1.0 in places:
        axis.axvline(places.index(1.0), color="0.4", lw=0.8, ls=(0, (4, 2)), zorder=0)
    _threshold_ticks(axis, places, ends=False)
    axis.set_ylabel("acceptance rate")


def _draw_ridge(axis: Axes, ridges: pd.DataFrame, looks: Mapping[str, style.Look]) -> None:
    places = sorted(ridges["ridge_relative"].unique())
    ridges = ridges.assign(place=ridges["ridge_relative"].map(places.index))
    for repeats, dashes in (("even", style.DOTTED), ("uneven", style.SOLID)):
        here = {cell: replace(look, line=dashes) for cell, look in looks.items()}
        draw_lines(axis, ridges[ridges["repeats"] == repeats], "place", "mean", here, by="cell")
    axis.set_xticks(range(len(places)), [f"{place:g}" for place in places])
    axis.set_ylim(0, 1.02)
    axis.set_xlabel("ridge parameter \u03bbM'")
    axis.set_ylabel("relative risk")


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
