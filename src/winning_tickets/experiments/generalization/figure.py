"""Does a ticket generalize? The share of tickets that do, with the prediction."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from .panels import LEFT_OUT, PREDICTED, panels, study_line
from .summary import generalization_summary


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Share of tickets that generalize against M / P^D, a panel per target and dimension.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``generalization``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary of shares and risks, with the predictions.
    """
    table = tables.get("generalization")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("measurement of generalization", settings)
    summary = generalization_summary(table)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.5 + 1.45 * summary["target"].nunique())
    values = {"success": "share of tickets\nthat generalize"}
    # Bars of shares would cover each other; the caption says how wide they are.
    for axis in panels(figure, summary, values, style.Names(settings), bars=False).flat:
        axis.set_ylim(-0.04, 1.04)
    width = (summary["success_high"] - summary["success_low"]).max()
    caption = [
        study_line(summary, settings),
        "Marker: share of the replicates' tickets; 95 % intervals of shares (not drawn) are up to "
        f"{width:.2f} wide.",
        PREDICTED,
        "A ticket generalizes when its risk on the points of Z_P^D it has not seen is below 1e-6; "
        "no uniform ticket is expected to.",
        LEFT_OUT,
        style.OUR_DERIVATION,
    ]
    style.footer(figure, caption)
    return figure, summary
