"""Does it matter where the candidates come from? p* over uniform candidates, the control."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...plotting import style
from ...plotting.lines import draw_lines
from .panels import cells, first_column, grid, most_measured, name_ticks, study_line
from .summary import comparison_summary, control_summary

_CONTROLS = {
    "candidates": style.Look("over as many uniform candidates", "#333333", "o"),
    "seconds": style.Look(
        "over as many as the same seconds allow", style.PALETTE[4], "s", filled=False
    ),
}

_LEAST, _MOST = 0.03, 30.0


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Risk of greedy tickets from p* over that from uniform candidates, against c.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``better_tickets``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the ratios it shows.
    """
    table = tables.get("better_tickets")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("comparison of tickets", settings)
    summary = comparison_summary(table)
    nodes, _ = most_measured(summary)
    control = control_summary(table, nodes)
    shown = cells(control, style.Names(settings))
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.35 + 1.5 * -(-len(shown) // 4))
    panels = grid(figure, len(shown), sharex=True, sharey=True)
    for axis, (title, rows) in zip(panels[:, 0], shown, strict=True):
        axis.set_title(title, fontsize=style.SMALLEST_FONT)
        _draw_control(axis, rows)
    for axis in panels[:, 0]:
        name_ticks(axis, sorted(control["candidates"].unique())[::2], 2)
        axis.set_yscale("log")
        axis.set_ylim(_LEAST * 0.8, _MOST / 0.8)
        axis.yaxis.set_major_locator(FixedLocator([0.1, 1, 10]))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
        axis.yaxis.set_minor_locator(NullLocator())
        axis.margins(x=0.12)
        axis.set_xlabel("candidates c")
        axis.label_outer()
    for axis, _ in first_column(panels):
        axis.set_ylabel("risk, p* over uniform")
    handles = [style.handle(look) for look in _CONTROLS.values()]
    for handle in handles:
        handle.set_linestyle("")
    figure.legend(handles=handles, loc="outside upper center", ncols=2)
    caption = [
        study_line(summary, settings, nodes),
        "Ratio of mean risks on the examples with its 95 % interval over paired replicates: greedy "
        "choice of N among c N candidates from p*, over the same from uniform candidates.",
        "Below 1, p* gives the better ticket. Ratios beyond the axis stand at its edge; "
        "none where both are exact.",
        style.OUR_DERIVATION,
    ]
    style.footer(figure, caption)
    return figure, control


def _draw_control(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw the ratios of one cell, both kinds side by side."""
    axis.axhline(1, color="0.4", lw=0.8, zorder=0)
    known = rows[rows["ratio"].notna()]
    if known.empty:
        axis.text(0.5, 0.62, "both exact", transform=axis.transAxes, ha="center")
    aside = known["control"].map({"candidates": 0.93, "seconds": 1.07})
    clipped = {name: known[name].clip(_LEAST, _MOST) for name in ("ratio", "low", "high")}
    known = known.assign(place=known["candidates"] * aside, **clipped)
    draw_lines(axis, known, "place", "ratio", _CONTROLS, by="control", lw=0)
