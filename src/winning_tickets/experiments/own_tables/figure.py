"""Training and test risk on tables of your own against the number of nodes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ...plotting import style
from ..risks.panels import draw_samplers, fewer_draws
from ..risks.summary import risk_summary

MEASURES = {"relative_risk": "training rows", "test_risk": "test rows"}
"""Columns of the tables that are drawn, a column of panels each."""

FLOOR = 1e-3
"""Risks below this are drawn at it."""

LOOKS = {
    "smooth": style.Look("smooth prior (ours)", style.PALETTE[4], "D"),
    "smooth_greedy": style.Look(
        "smooth prior, greedy (ours)", style.PALETTE[4], "D", style.DASHED, filled=False
    ),
    "line": style.Look("straight line", "0.35", ".", style.DOTTED),
}
"""How ways to learn look that are no samplers of the study."""


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Training and test risk of every table against N.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``, with its columns for the test rows, and ``own_tables``.
    settings : mapping
        Plain settings of the study: seed, and ``tables``, the names of its tables.

    Returns
    -------
    Figure, DataFrame
        The figure and both summaries, told apart by the column ``measure``.
    """
    names, risks = style.Names(settings), tables["risks"]
    risks = risks[risks["family"].isin(settings["tables"])]
    ways = tables["own_tables"]
    summary = _summary(risks, ways[ways["family"].isin(settings["tables"])])
    if summary.empty:
        return style.no_data("tables of your own", settings)
    families = names.in_order("families", summary["family"])
    samplers = [name for name in style.in_order(summary["sampler"]) if name not in LOOKS]
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.5 + 1.9 * len(families))
    axes = figure.subplots(len(families), 2, squeeze=False, sharey="row")
    for row, family in zip(axes, families, strict=True):
        own = summary[summary["family"] == family]
        places = sorted(own["nodes"].unique().tolist())
        for axis, (measure, title) in zip(row, MEASURES.items(), strict=True):
            shown = own[own["measure"] == measure]
            draw_samplers(axis, shown, "nodes", places, [*samplers, *LOOKS], FLOOR, LOOKS)
            _dress(axis, f"{names.family(family)}: {title}")
        row[0].set_ylabel("relative risk")
    present = [look for name, look in LOOKS.items() if (summary["sampler"] == name).any()]
    extra = [Line2D([], [], label=look.label, **look.shown()) for look in present]
    style.sampler_legend(figure, samplers, extra)
    bars = style.mean_line(summary["replicates"].max())
    above = f"At 1: the risk of answering with the mean. Risks below {FLOOR:g} are drawn there."
    prior = "The smooth prior is ours, not the paper's."
    study = style.study_line(settings, nodes=summary["nodes"], modulus=summary["modulus"])
    style.footer(
        figure, [study, above, *fewer_draws(risks, settings), bars, prior, style.OUR_DERIVATION]
    )
    return figure, summary


def _summary(risks: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    """Return the mean risks of samplers and of other ways, of both measures."""
    # A straight line has no coordinates in Z_P; it stands beside tickets that do.
    dimensions = ways.groupby("family")["dimension"].transform("max")
    rows = pd.concat([risks, ways.assign(dimension=dimensions, draw=0)], ignore_index=True)
    found = {measure: risk_summary(rows, measure) for measure in MEASURES}
    return pd.concat(found, names=["measure"]).reset_index(level=0)


def _dress(axis: Axes, title: str) -> None:
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda risk, _: f"{risk:g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.set_title(title, fontsize=style.SMALLEST_FONT)
    axis.set_xlabel("nodes N")
    # A test risk above this line is worse than answering with the mean.
    axis.axhline(1.0, color="0.4", lw=0.8, ls=(0, (1, 2)), zorder=1)
