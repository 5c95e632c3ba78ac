"""On which data is a winning ticket worth drawing? The ticket's test risk over every peer's."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from .panels import LABELS, caption, fields, over_columns
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
    sizes = sorted(summary["nodes"].unique())
    others = [name for name in LABELS if (summary["peer"] == name).any() and name != OURS]
    height = 1.5 + len(sizes) * (0.3 + 0.155 * (len(others) + 1))
    figure = style.new_figure(style.DOUBLE_COLUMN, height)
    axes = figure.subplots(len(sizes), 1, squeeze=False, sharex=True)[:, 0]
    for axis, nodes in zip(axes, sizes, strict=True):
        rows = summary[(summary["nodes"] == nodes) & (summary["peer"] != OURS)]
        decided = (rows["high"] < 1) | (rows["low"] > 1)
        fields(axis, rows, "ratio", ENDS, colours="PuOr_r", marks=decided)
        own = summary[(summary["nodes"] == nodes) & (summary["peer"] == OURS)]
        over_columns(axis, own, "test_risk", f"N = {nodes}: test risk of the ticket")
    sentences = [
        "Test risk of a ticket with the prior over that of a peer with as many nodes: below 1 "
        "(purple) the ticket is better, above (orange) the peer; empty: both are exact. Above each "
        "panel the ticket's own test risk, 1 being what predicting the mean gives.",
        "Bold: the 95 % interval over splits excludes 1, its variance corrected for training "
        "parts that overlap.",
        "All have the same readout, tuned by cross-validation; the last two have no nodes.",
        caption(summary, settings),
        "The prior is our own, not the paper's.",
    ]
    style.footer(figure, sentences)
    return figure, summary
