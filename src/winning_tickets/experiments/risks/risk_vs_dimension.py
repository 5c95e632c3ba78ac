"""Relative empirical risk of tickets against the dimension, for every family and target."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from ...plotting.risk_axis import SQUEEZED, risk_axis
from .panels import SIDE_BY_SIDE, draw_samplers, fewer_draws, stops
from .summary import risk_summary


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Relative empirical risk against D, one panel per family and target.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes, replicates, draws, floor.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows.
    """
    names, risks = style.Names(settings), tables["risks"]
    risks = risks[~risks["family"].isin(names.families(single=True))]
    at_n = risks[(risks["nodes"] == settings["nodes"]) | (risks["status"] == "skipped")]
    cells = risk_summary(at_n)
    if cells.empty:
        return style.no_data("risks", settings)
    families = names.in_order("families", cells["family"])
    targets = names.in_order("targets", cells["target"])
    samplers = style.in_order(cells["sampler"])
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.3 + 1.6 * len(families))
    axes = figure.subplots(len(families), len(targets), squeeze=False, sharey=True)
    floor = settings.get("floor", style.RISK_FLOOR)
    for row, family in enumerate(families):
        of_family = cells[cells["family"] == family]
        places = sorted(of_family["dimension"].unique().tolist())
        for axis, target in zip(axes[row], targets, strict=True):
            panel = of_family[of_family["target"] == target]
            draw_samplers(axis, panel, "dimension", places, samplers, floor)
        axes[row, 0].set_ylabel(f"{names.family(family)}\nrelative risk")
    for axis in axes.flat:
        risk_axis(axis, floor)
    for axis, target in zip(axes[0], targets, strict=True):
        axis.set_title(names.target(target))
    for axis in axes[-1]:
        axis.set_xlabel("dimension D (evenly spaced)")
    style.sampler_legend(figure, samplers)
    bars = style.mean_line(cells["replicates"].max())
    facts = [bars, SQUEEZED, SIDE_BY_SIDE, *stops(at_n, names), style.OUR_DERIVATION]
    study = style.study_line(settings, points=cells["points"])
    style.footer(figure, [study, *fewer_draws(at_n, settings), *facts])
    return figure, cells
