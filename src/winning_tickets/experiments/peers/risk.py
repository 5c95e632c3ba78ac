"""On which data is a winning ticket worth drawing? The ticket's test risk over every peer's."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from .panels import caption, fields, name_columns, over_columns, size_panels
from .summary import OURS, peers_summary

ENDS = (0.2, 5.0)
"""Ratios of the first and last colour."""


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
        The figure and the summary.
    """
    table = tables["peers"]
    if not (table["status"] == "ok").any():
        return style.no_data("comparison with peers", settings)
    summary = peers_summary(table)
    others = summary[summary["peer"] != OURS]
    figure, panels = size_panels(others, 2.5)
    for nodes, axis in panels.items():
        rows = others[others["nodes"] == nodes]
        decided = (rows["high"] < 1) | (rows["low"] > 1)
        fields(axis, rows, "ratio", ENDS, colours="PuOr_r", marks=decided)
        own = summary[(summary["nodes"] == nodes) & (summary["peer"] == OURS)]
        over_columns(axis, own, "test_risk", f"N = {nodes}: test risk of the ticket")
    # The figure is tall: who reads the first panel would not see the names below the last.
    name_columns(panels[min(panels)], others)
    sentences = [
        "Test risk of a ticket with the prior over that of a peer with as many nodes: below 1 "
        "(purple) the ticket is better, above (orange) the peer; empty: both are exact. Above each "
        "panel the ticket's own test risk, 1 being what predicting the mean gives.",
        "Bold: the 95 % interval over splits excludes 1, its variance corrected for training "
        "parts that overlap.",
        "All have the same readout, tuned by cross-validation. Lines part tables of scikit-learn, "
        "functions of columns and points of the study; nodes of the wide network without a prior, "
        "peers from outside, and those without nodes.",
        caption(summary, settings),
        "The prior is our own, not the paper's.",
    ]
    style.footer(figure, sentences)
    return figure, summary
