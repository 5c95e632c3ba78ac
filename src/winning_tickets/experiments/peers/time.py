"""Seconds to choose features and to fit the readout."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from ..better_tickets.panels import name_ticks
from .panels import LABELS, caption, in_order
from .summary import peers_summary

_MARKERS = "os^vDP<>Xphd*"


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw seconds against N, median over the kinds of data.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``peers``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure, and medians over the kinds of data.
    """
    table = tables["peers"]
    if not (table["status"] == "ok").any():
        return style.no_data("comparison with peers", settings)
    summary = peers_summary(table[table["nodes"] > 0])
    seconds = ["choose_seconds", "fit_seconds"]
    shown = summary.groupby(["peer", "nodes"], sort=False)[seconds].median().reset_index()
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.6)
    panels = figure.subplots(1, 2, sharex=True)
    peers = in_order(shown["peer"], LABELS)
    colours = [*style.PALETTE, "0.2"]
    for place, peer in enumerate(peers):
        rows = shown[shown["peer"] == peer]
        look = style.Look(LABELS[peer], colours[place % len(colours)], _MARKERS[place % 13])
        for axis, value in zip(panels, seconds, strict=True):
            axis.plot(rows["nodes"], rows[value], label=look.label, **look.shown())
    for axis, words in zip(
        panels, ("seconds to choose", "seconds to fit the readout"), strict=True
    ):
        name_ticks(axis, sorted(shown["nodes"].unique()), 2)
        axis.set_yscale("log")
        axis.set_xlabel("nodes N")
        axis.set_ylabel(words)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    sentences = [
        "Median over splits and kinds of data, one thread.",
        "To choose includes the cross-validation; a wide network trained, or a prior chosen, for "
        "all N counts in full at each.",
        caption(summary, settings),
        "The prior is our own, not the paper's.",
    ]
    style.footer(figure, sentences)
    return figure, shown
