"""Verdicts under other seeds and other readings of the abstract; those that flip are framed."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ...claims.figure import VERDICT_COLOURS, VERDICT_MARKERS
from ...plotting import style
from .summary import with_flips

ASKED = {
    "S1": "w* is the optimum",
    "S2": "conventional: exponential",
    "S3": "circuit: O(D) gates",
    "S4": "quantum-inspired: poly(D)",
    "S5": "risk as exact sampling",
    "S6": "risk below uniform",
    "S7": "exponentially faster",
    "O1": "exact samplers are exact",
    "O2": "law of the risk",
    "F1": "the paper's points",
}
"""What each claim is about, in as many words as the margin holds."""

GROUPS = {
    "seed": "study seed",
    "activation": "activation",
    "modulus": "modulus",
    "reading": "nodes drawn by",
}
"""How groups of scenarios are headed."""

# Height of a row and of what stands around the rows, in inches.
_ROW, _AROUND = 0.2, 1.75
_FRAME = {"fill": False, "ec": "black", "lw": 1.6}


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw a table of verdicts: a row a claim, a column a scenario.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``sensitivity``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes, replicates, draws.

    Returns
    -------
    Figure, DataFrame
        The figure, and the verdicts with those that flip.
    """
    table = with_flips(tables["sensitivity"])
    if table.empty:
        return style.no_data("verdicts of other readings", settings)
    claims, scenarios = (list(pd.unique(table[name])) for name in ("claim", "scenario"))
    figure = style.new_figure(style.DOUBLE_COLUMN, _ROW * len(claims) + _AROUND)
    axis = figure.subplots()
    for _, row in table.iterrows():
        place = scenarios.index(row["scenario"]), claims.index(row["claim"])
        _draw_verdict(axis, *place, row["verdict"], row["flips"])
    axis.set(xlim=(-0.5, len(scenarios) - 0.5), ylim=(len(claims) - 0.5, -0.5))
    axis.set_xticks(range(len(scenarios)), scenarios, rotation=45, ha="right")
    axis.set_yticks(range(len(claims)), [f"{name}  {ASKED.get(name, '')}" for name in claims])
    axis.tick_params(length=0)
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
    _head_groups(axis, table.drop_duplicates("scenario")["group"].tolist())
    figure.legend(handles=_legend(), loc="outside upper center", ncols=5)
    sentences = [
        "The declared tests and the study's judges, on fewer cells. A frame marks a verdict other "
        "than that of the default, where both were tested; seconds are not judged here. Nodes are "
        "drawn by w*^2, or by |w*|; soft: w*^2 / (w*^2 + Delta), with Delta over the mean of w*^2; "
        "r: squared weights of a ridgelet function of one frequency v. Default:",
        style.study_line(settings, nodes=None, replicates=None, draws=None),
        style.OUR_DERIVATION,
    ]
    style.footer(figure, sentences)
    return figure, table


def _draw_verdict(axis: Axes, column: int, row: int, verdict: str, flips: bool) -> None:
    """Fill one cell: a tint and a sign for its verdict, and a frame if it flips."""
    corner = (column - 0.46, row - 0.44)
    colour = VERDICT_COLOURS[verdict]
    axis.add_patch(Rectangle(corner, 0.92, 0.88, fc=colour, alpha=0.25, lw=0))
    axis.plot([column], [row], ls="", **_sign(verdict))
    if flips:
        axis.add_patch(Rectangle(corner, 0.92, 0.88, **_FRAME))


def _sign(verdict: str) -> dict:
    marker = VERDICT_MARKERS[verdict] or "_"
    return {"marker": marker, "color": VERDICT_COLOURS[verdict], "ms": 5, "mew": 0.8}


def _head_groups(axis: Axes, groups: list[str]) -> None:
    """Write what the scenarios of a group have in common above them, and divide the groups."""
    for name in dict.fromkeys(groups):
        first, count = groups.index(name), groups.count(name)
        middle = first + (count - 1) / 2
        axis.text(middle, -0.7, GROUPS.get(name, name), ha="center", va="bottom", fontsize=7)
        if first:
            axis.axvline(first - 0.5, color="0.3", lw=0.8)


def _legend() -> list:
    signs = [Line2D([], [], ls="", label=verdict, **_sign(verdict)) for verdict in VERDICT_COLOURS]
    return [*signs, Patch(label="flips", **_FRAME)]
