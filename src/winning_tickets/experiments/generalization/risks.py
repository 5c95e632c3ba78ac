"""Risks of tickets on the points that they have seen and on the rest, with the prediction."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from .panels import LEFT_OUT, PREDICTED, panels, study_line
from .summary import generalization_summary

HIGHEST = 2.2
"""Where the axis of risks on the rest ends; uniform tickets may lie above it."""


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Risk on the examples and on the rest of the domain against M / P^D.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``generalization``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the risks it shows, with the predictions.
    """
    table = tables.get("generalization")
    if table is None or not (table["status"] == "ok").any():
        return style.no_data("measurement of generalization", settings)
    summary = generalization_summary(table)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.4 + 2.5 * summary["target"].nunique())
    values = {"relative_risk": "risk, examples", "test_risk": "risk, the rest"}
    axes = panels(figure, summary, values, style.Names(settings))
    for row, top in zip(axes, [1.05, HIGHEST] * (len(axes) // 2), strict=True):
        row[0].set_ylim(0, top)
    caption = [
        study_line(summary, settings),
        style.mean_line(summary["replicates"].max()),
        PREDICTED,
        "The risks of greedy tickets are not predicted.",
        LEFT_OUT,
        style.OUR_DERIVATION,
    ]
    style.footer(figure, caption)
    return figure, summary.drop(columns=[name for name in summary if "success" in name])
