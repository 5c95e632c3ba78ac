"""Risk on the training rows, which a tuned readout hides: least squares without a penalty."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from .panels import caption, fields, size_panels
from .summary import peers_summary

ENDS = (0.003, 1.0)
"""Risks of the first and last colour."""


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw a panel a number of nodes: a row a peer, a column a kind of data.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``peers``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary of peers that have nodes.
    """
    table = tables["peers"]
    if not (table["status"] == "ok").any():
        return style.no_data("comparison with peers", settings)
    summary = peers_summary(table[table["nodes"] > 0])
    figure, panels = size_panels(summary, 1.4)
    for nodes, axis in panels.items():
        rows = summary[summary["nodes"] == nodes]
        least = rows["train_risk_plain"] <= rows.groupby("data")["train_risk_plain"].transform(
            "min"
        ) * (1 + 1e-9)
        fields(axis, rows, "train_risk_plain", ENDS, colours="viridis", marks=least)
        axis.set_title(f"N = {nodes}", loc="left", fontsize=7)
    sentences = [
        "Relative risk on the training rows, mean over splits, with a readout that is not "
        "regularised; bold: the least of a column.",
        "It says how well N nodes can fit, not how well they predict. Lines part kinds of data and "
        "of peers, as in the figure of test risks.",
        caption(summary, settings),
        "The prior is our own, not the paper's.",
    ]
    style.footer(figure, sentences)
    return figure, summary
