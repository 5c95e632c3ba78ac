"""Training and test risk on tables of your own against the number of nodes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ...plotting import style
from .panels import draw_samplers, fewer_draws
from .summary import risk_summary

FLOOR = 1e-3
"""Risks below this are drawn at it."""

MEASURES = {"relative_risk": "training rows", "test_risk": "test rows"}
"""Columns of the risk table that are drawn, a column of panels each."""


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Training and test risk of every table against N.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``, with its columns for the test rows.
    settings : mapping
        Plain settings of the study: seed, and ``tables``, the names of its tables.

    Returns
    -------
    Figure, DataFrame
        The figure and both summaries, told apart by the column ``measure``.
    """
    names, risks = style.Names(settings), tables["risks"]
    risks = risks[risks["family"].isin(settings["tables"])]
    found = {name: risk_summary(risks, settings["seed"], name) for name in MEASURES}
    summary = pd.concat(found, names=["measure"]).reset_index(level=0)
    if summary.empty:
        return style.no_data("tables of your own", settings)
    families = names.in_order("families", summary["family"])
    samplers = style.in_order(summary["sampler"])
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.3 + 1.9 * len(families))
    axes = figure.subplots(len(families), 2, squeeze=False, sharey="row")
    for row, family in zip(axes, families, strict=True):
        own = summary[summary["family"] == family]
        places = sorted(own["nodes"].unique().tolist())
        for axis, (measure, title) in zip(row, MEASURES.items(), strict=True):
            draw_samplers(axis, own[own["measure"] == measure], "nodes", places, samplers, FLOOR)
            axis.set_yscale("log")
            axis.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.yaxis.set_major_formatter(FuncFormatter(lambda risk, _: f"{risk:g}"))
            axis.yaxis.set_minor_formatter(NullFormatter())
            axis.set_title(f"{names.family(family)}: {title}", fontsize=style.SMALLEST_FONT)
            axis.set_xlabel("nodes N")
            # A test risk above this line is worse than answering with the mean.
            axis.axhline(1.0, color="0.4", lw=0.8, ls=(0, (1, 2)), zorder=1)
        row[0].set_ylabel("relative risk")
    style.sampler_legend(figure, samplers)
    bars = style.mean_line(summary["replicates"].max())
    above = f"Dotted: the risk of answering with the mean. Risks below {FLOOR:g} lie there."
    study = style.study_line(settings, nodes=summary["nodes"], modulus=summary["modulus"])
    style.footer(figure, [study, above, *fewer_draws(risks, settings), bars, style.OUR_DERIVATION])
    return figure, summary
