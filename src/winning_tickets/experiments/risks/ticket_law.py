"""Measured risks against the law."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...law import law_risk, uniform_risk
from ...plotting import style
from .summary import law_summary

TOLERANCE = 0.045
"""Distance from the law within which the interval of a cell has to lie (claim O2)."""


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Measured against predicted risk over all sparse cells, kappa estimated from draws alone.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``.
    settings : mapping
        Plain settings of the study: seed, modulus, replicates, draws, and ridge_relative (0 where
        it is missing).

    Returns
    -------
    Figure, DataFrame
        The figure and the cells: measured mean with interval, nu, kappa, predicted, applies.
    """
    named, risks = style.Names(settings), tables["risks"]
    measured = risks.loc[risks["status"] == "ok", "sampler"].value_counts()
    ours = named.samplers(role="ours", exact=True)
    cells = law_summary(
        risks,
        sparse=named.families(sparse=True),
        sampler=max(ours, key=lambda name: measured.get(name, 0)),
        baseline=named.samplers(role="baseline")[0],
        ridge=settings.get("ridge_relative", 0.0),
    )
    cells = cells[cells["sparse"]]
    if cells.empty:
        return style.no_data("sparse cells", settings)
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.9)
    left, right = figure.subplots(1, 2)
    _draw_predictions(left, right)
    for sampler in style.in_order(cells["sampler"]):
        for applies in (False, True):
            own = cells[(cells["sampler"] == sampler) & (cells["applies"] == applies)]
            _draw_cells(left, own, "nu", applies)
            _draw_cells(right, own, "predicted", applies)
    left.set_xlabel("\u03bd = N / M")
    right.set_xlabel("risk predicted by the law")
    for axis in (left, right):
        axis.set_ylabel("measured relative risk")
        axis.set_xlim(-0.02, 1.02)
        axis.set_ylim(-0.02, 1.05)
    style.label_panels((left, right))
    plain = {"color": "0.4", "marker": "o", "ls": "", "mfc": "none"}
    extra = [
        Line2D([], [], **plain, label="outside its range"),
        Line2D([], [], color="0.2", lw=0.8, label="(a): law at \u03ba = 1 and 3; (b): equality"),
        Patch(color="0.9", label=f"\u00b1 {TOLERANCE}"),
    ]
    style.sampler_legend(figure, cells["sampler"], extra)
    meaning = (
        "One marker a cell (family, target, D, N): mean with 95 % interval over replicates; "
        f"\u03ba from the draws alone, {cells['kappa'].min():.1f} to {cells['kappa'].max():.1f}. "
        "Range: equal shares, \u03bb = 0, 0.05 \u2264 \u03bd \u2264 0.9, M \u2265 100, "
        "\u03ba \u2264 3.5, M at most a tenth of the domain."
    )
    sizes = {name: cells[name] for name in ("modulus", "nodes", "points")}
    study = style.study_line(settings, **sizes, replicates=cells["replicates"])
    style.footer(figure, [study, meaning, "The law is our own finding.", style.OUR_DERIVATION])
    return figure, cells


def _draw_predictions(left: Axes, right: Axes) -> None:
    """Draw the law against N / M, and the line on which it and the measurement agree."""
    shares = np.linspace(0, 1, 100)
    left.plot(shares, uniform_risk(shares), color="0.2", lw=0.8)
    left.plot(shares, law_risk(shares, 3.0), color="0.2", lw=0.8)
    right.fill_between([0, 1], [-TOLERANCE, 1 - TOLERANCE], [TOLERANCE, 1 + TOLERANCE], color="0.9")
    right.plot([0, 1], [0, 1], color="0.2", lw=0.8)


def _draw_cells(axis: Axes, cells: pd.DataFrame, along: str, filled: bool) -> None:
    """Draw means with their intervals; seaborn would pool the cells that share a place."""
    if cells.empty:
        return
    looks = style.look(cells["sampler"].iloc[0])
    means = cells["mean"]
    bars = [means - cells["low"].fillna(means), cells["high"].fillna(means) - means]
    face = looks.colour if filled else "white"
    shown = {"color": looks.colour, "marker": looks.marker, "mfc": face, "mew": 0.7, "ms": 3.5}
    axis.errorbar(cells[along], means, yerr=bars, ls="", elinewidth=0.6, **shown)
