"""What the figures of peers share: names, and numbers written into coloured fields."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from ...plotting import style
from .data import SOURCES
from .methods import LINES, PEERS
from .summary import OURS

LABELS = {name: peer.label for name, peer in (PEERS | LINES).items()}
"""How figures name the peers, in order."""


# Nodes of the wide network without a prior.
_PAPERS = ("uniform", "optimized", "greedy")


def in_order(names: pd.Series, known: Mapping) -> list[str]:
    """Return the names that occur, in the order in which they are listed."""
    return [name for name in known if (names == name).any()]


def size_panels(rows: pd.DataFrame, margin: float) -> tuple[Figure, dict[int, Axes]]:
    """Return a figure with a panel for every number of nodes, below each other.

    Parameters
    ----------
    rows : DataFrame
        One row per data, peer and N: a panel has a line for each peer.
    margin : float
        Inches for names and caption.

    Returns
    -------
    Figure, dict of int to Axes
        The figure, and the panels by N.
    """
    sizes = sorted(rows["nodes"].unique())
    height = margin + len(sizes) * (0.3 + 0.155 * rows["peer"].nunique())
    figure = style.new_figure(style.DOUBLE_COLUMN, height)
    axes = figure.subplots(len(sizes), 1, squeeze=False, sharex=True)[:, 0]
    return figure, dict(zip(sizes, axes, strict=True))


def fields(
    axis: Axes,
    rows: pd.DataFrame,
    value: str,
    ends: tuple[float, float],
    *,
    colours: str,
    marks: pd.Series | None = None,
) -> None:
    """Draw a field for every peer (row) and kind of data (column), with its number.

    Parameters
    ----------
    axis : Axes
        The panel.
    rows : DataFrame
        One row per data and peer.
    value : str
        What is written and coloured.
    ends : tuple of float
        Values of the first and last colour; the scale is logarithmic.
    colours : str
        A colour map.
    marks : Series of bool, optional
        Which rows are written in bold.
    """
    peers, data = in_order(rows["peer"], LABELS), in_order(rows["data"], SOURCES)
    place = {"index": "peer", "columns": "data"}
    numbers = rows.pivot(**place, values=value).reindex(index=peers, columns=data)
    sns.heatmap(
        numbers.clip(*ends),
        norm=LogNorm(*ends),
        cmap=colours,
        annot=numbers.map(_short).to_numpy(),
        fmt="",
        annot_kws={"size": style.SMALLEST_FONT},
        linewidths=0.5,
        cbar=False,
        ax=axis,
    )
    if marks is not None:
        bold = rows.assign(bold=marks).pivot(**place, values="bold")
        flags = bold.reindex(index=peers, columns=data).to_numpy(dtype=object)
        written = np.argwhere(numbers.notna().to_numpy())
        for text, (row, column) in zip(axis.texts, written, strict=True):
            text.set_fontweight("bold" if flags[row, column] is True else "normal")
    axis.set(xlabel="", ylabel="")
    axis.set_yticklabels([LABELS[name] for name in peers], rotation=0)
    axis.set_xticklabels([SOURCES[name].label for name in data], rotation=35, ha="right")
    axis.tick_params(length=0)
    axis.grid(False)
    look = {"color": "0.25", "lw": 0.9}
    for place in _boundaries([SOURCES[name].kind for name in data]):
        axis.axvline(place, **look)
    for place in _boundaries([_kind(name) for name in peers]):
        axis.axhline(place, **look)


def _kind(peer: str) -> str:
    """Return whose idea a peer is: this study's, the paper's, others' with N nodes or without."""
    if peer in LINES:
        return "without nodes"
    return "paper" if peer in _PAPERS else "ours" if peer == OURS else "outside"


def _boundaries(kinds: Sequence[str]) -> list[int]:
    """Return the places at which one kind ends and another begins."""
    return [place for place in range(1, len(kinds)) if kinds[place] != kinds[place - 1]]


def name_columns(axis: Axes, rows: pd.DataFrame) -> None:
    """Write the names of the columns above a panel too, clear of the line of `over_columns`."""
    for place, name in enumerate(in_order(rows["data"], SOURCES)):
        axis.annotate(
            SOURCES[name].label,
            (place + 0.5, 1.01),
            (-2, 10),
            xycoords=axis.get_xaxis_transform(),
            textcoords="offset points",
            size=axis.get_yticklabels()[0].get_size(),
            rotation=35,
            ha="left",
            va="bottom",
            rotation_mode="anchor",
        )


def over_columns(axis: Axes, rows: pd.DataFrame, value: str, words: str) -> None:
    """Write a number above every column of a panel, and at the left what it is."""
    numbers = rows.set_index("data")[value]
    own = {"size": style.SMALLEST_FONT, "va": "bottom", "transform": axis.get_xaxis_transform()}
    for place, name in enumerate(in_order(rows["data"], SOURCES)):
        axis.text(place + 0.5, 1.01, _short(numbers[name]), ha="center", **own)
    axis.text(-0.1, 1.01, words, ha="right", **own | {"size": 7})


def _short(number: float) -> str:
    """Write a number in at most four signs."""
    if np.isnan(number):
        return ""
    if number > 99.5:
        return ">99"
    if number and number < 0.001:
        return "<.001"
    digits = 0 if number >= 10 else 1 if number >= 3 else 2 if number >= 0.1 else 3
    text = f"{number:.{digits}f}"
    return "0" if number == 0 else text.removeprefix("0")


def caption(summary: pd.DataFrame, settings: Mapping) -> str:
    """Return the sentence that states the sizes."""
    facts = {"points": summary["points"], "modulus": settings["modulus"], "draws": None}
    nodes = summary["nodes"].unique()
    line = style.study_line(settings | facts, nodes=nodes, replicates=None)
    return f"P = 61 on tables; on the grid and random points {line} {_splits(summary)}"


def _splits(summary: pd.DataFrame) -> str:
    least, most = summary["splits"].min(), summary["splits"].max()
    return f"Splits: {least if least == most else f'{least} to {most}'}."
