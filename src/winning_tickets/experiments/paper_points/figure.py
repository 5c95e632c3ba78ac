"""Points read from the paper's figures, drawn over ours."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...plotting import style
from ...plotting.lines import draw_lines

COLUMNS = 3
"""Panels in a row."""

_AXES = {"nodes": "nodes N", "dimension": "dimension D"}
_THEIRS = {"marker": "o", "mfc": "none", "mec": "black", "ecolor": "black", "ls": "", "ms": 6}


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw a panel for each curve of the paper: its points over ours.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``paper_points``.
    settings : mapping
        Plain settings of the study: seed, modulus, replicates, draws.

    Returns
    -------
    Figure, DataFrame
        The figure and the rows it shows.
    """
    table = tables["paper_points"]
    if table.empty:
        return style.no_data("points of the paper's figures", settings)
    curves = list(table.groupby(["figure", "curve"], sort=False))
    columns = min(COLUMNS, len(curves))
    rows = -(-len(curves) // columns)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.2 + 2.1 * rows)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    names = style.Names(settings)
    for axis, (_, points) in zip(axes, curves, strict=False):
        _draw_curve(axis, points, names)
    for axis in axes[len(curves) :]:
        axis.set_axis_off()
    for axis in axes[::columns]:
        axis.set_ylabel("relative risk")
    theirs = Line2D([], [], marker="o", mfc="none", mec="black", ls="", label="read from the paper")
    style.sampler_legend(figure, style.in_order(table["sampler"]), [theirs])
    missing = int((table["status"] != "ok").sum())
    told = [f"No value of ours at {missing} of {len(table)} points."] if missing else []
    meaning = (
        "Bars: our 95 % interval over data sets; error of reading for the paper's points. In the "
        "titles: points inside the joint interval, of those compared."
    )
    study = style.study_line(settings, nodes=None)
    style.footer(figure, [study, meaning, *told, style.OUR_DERIVATION])
    return figure, table


def _draw_curve(axis: Axes, points: pd.DataFrame, names: style.Names) -> None:
    first = points.iloc[0]
    ours = points[points["status"] == "ok"].sort_values("x")
    if len(ours):
        looks = {first["sampler"]: style.look(first["sampler"])}
        draw_lines(axis, ours, "x", "mean", looks)
    axis.errorbar(points["x"], points["y"], yerr=points["reading_error"], zorder=5, **_THEIRS)
    inside = int((ours["inside"].astype(str) == "True").sum())
    what = f"{names.family(first['family'])}, {names.target(first['target'])}"
    title = f"figure {first['figure']}, {first['curve']}: {inside} of {len(ours)}\n{what}"
    axis.set_title(title, fontsize=style.SMALLEST_FONT, parse_math=False)
    axis.set_xlabel(_AXES[first["along"]])
    axis.set_ylim(bottom=0)
