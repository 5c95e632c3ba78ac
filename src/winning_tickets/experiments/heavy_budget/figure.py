"""Total variation of heavy to p* against queries, and against what was missed."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from ...plotting import style

_LOOKS = {
    "separate": style.Look("each mode on a line of its own", style.PALETTE[0], "o", style.DASHED),
    "shared": style.Look("two modes a line", style.PALETTE[3], "s"),
}


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw medians over functions against queries, and every function against the missed mass.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``heavy_budget``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and medians over functions.
    """
    table = tables["heavy_budget"]
    table = table[table["status"] == "ok"]
    if table.empty:
        return style.no_data("budget of queries", settings)
    values = ["queries", "coefficients", "missed", "total_variation", "bound", "predicted"]
    cell = ["dimension", "modulus", "lines", "threshold"]
    summary = table.groupby(cell)[values].median().reset_index()
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.1)
    left, right = figure.subplots(1, 2, sharey=True)
    for lines, look in _LOOKS.items():
        rows, every = summary[summary["lines"] == lines], table[table["lines"] == lines]
        left.plot(rows["queries"], rows["total_variation"], **look.shown())
        left.plot(rows["queries"], rows["bound"], color=look.colour, lw=0.8, ls=style.DOTTED)
        right.plot(every["missed"], every["total_variation"], **look.shown() | {"ls": ""})
        expected = every[["missed", "predicted"]].sort_values("missed")
        right.plot(expected["missed"], expected["predicted"], color=look.colour, lw=0.9)
    root = np.geomspace(*table["missed"].agg(["min", "max"]), 20)
    right.plot(root, np.sqrt(root), color="0.3", lw=0.8, ls=style.DOTTED)
    left.set(xscale="log", yscale="log", xlabel="queries")
    left.set_ylabel("total variation to p*")
    right.set(xscale="log", xlabel="share of the spectral mass not found")
    for axis in (left, right):
        axis.xaxis.set_minor_formatter(NullFormatter())
    style.label_panels((left, right))
    extra = [
        Line2D(
            [],
            [],
            color="0.3",
            lw=0.8,
            ls=style.DOTTED,
            label="(a) reported bound, (b) square root",
        ),
        Line2D([], [], color="0.3", lw=0.9, label="(b): predicted"),
    ]
    handles = [*map(style.handle, _LOOKS.values()), *extra]
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
    count = table["replicate"].nunique()
    facts = {"nodes": None, "points": None, "draws": None, "replicates": int(count)}
    sentences = [
        f"Full domain, D = {table['dimension'].iloc[0]}, noise-free functions whose modes halve in "
        "power. Total variation over all nodes, exactly. (a) median over functions; (b) every "
        "function and threshold.",
        style.study_line(settings, **facts),
        style.OUR_DERIVATION,
    ]
    style.footer(figure, sentences)
    return figure, summary
