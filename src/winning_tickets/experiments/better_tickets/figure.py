"""Risk against the number of nodes for every way to make a ticket."""

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
from .summary import comparison_summary, control_summary


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Risk on the examples and on points held back against N, for every way to make a ticket.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``better_tickets``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure, and the summary of every N, c and way followed by the comparison with the
        control (rows that have a ``control``).
    """
    table = tables.get("better_tickets")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("comparison of tickets", settings)
    summary = comparison_summary(table)
    nodes, factor = most_measured(summary)
    control = control_summary(table, nodes)
    curves = with_curves(summary)
    over_nodes = curves[~curves["way"].isin(CHOOSING) | (curves["candidates"] == factor)]
    shown, looks = cells(over_nodes, style.Names(settings)), ways(over_nodes)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.6 + 2.65 * -(-len(shown) // 4))
    for axis in draw_cells(figure, shown, "nodes", looks).flat:
        name_ticks(axis, sorted(over_nodes["nodes"].unique()), 2)
    handles = [style.handle(look) for look in looks.values()]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    caption = [
        study_line(summary, settings, summary["nodes"]),
        MEDIAN,
        f"Greedy keeps N of c N candidates, c = {factor}.",
        COLOURS,
        SQUEEZED,
        "Risks above 30 stand at the upper edge.",
        style.OUR_DERIVATION,
    ]
    style.footer(figure, caption)
    return figure, pd.concat([summary, control], ignore_index=True)
