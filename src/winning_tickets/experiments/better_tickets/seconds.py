"""Risk against seconds for every way to make a ticket."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from ...plotting.risk_axis import SQUEEZED
from .panels import (
    CHOOSING,
    COLOURS,
    MEDIAN,
    cells,
    draw_cells,
    most_measured,
    name_ticks,
    study_line,
    ways,
    with_curves,
)
from .summary import comparison_summary


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Risk on the examples and on points held back against seconds, at one N.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``better_tickets``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary at that N.
    """
    table = tables.get("better_tickets")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("comparison of tickets", settings)
    summary = comparison_summary(table)
    nodes, _ = most_measured(summary)
    summary = summary[summary["nodes"] == nodes]
    curves = with_curves(summary)
    shown, looks = cells(curves, style.Names(settings)), ways(curves)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.6 + 2.65 * -(-len(shown) // 4))
    for axis in draw_cells(figure, shown, "seconds", looks).flat:
        name_ticks(axis, [1e-4, 1e-2, 1.0], 10)
    handles = [style.handle(look) for look in looks.values()]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    least = summary.loc[summary["way"].isin(CHOOSING), "candidates"].min()
    caption = [
        study_line(summary, settings, nodes),
        MEDIAN,
        "Seconds of drawing and selecting: median, one thread.",
        f"Greedy keeps N of c N candidates; c doubles from marker to marker, from {least} on.",
        COLOURS,
        SQUEEZED,
        "Risks above 30 stand at the upper edge.",
        style.OUR_DERIVATION,
    ]
    style.footer(figure, caption)
    return figure, summary
