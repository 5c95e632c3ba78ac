"""Total-variation distance to p* against the number of draws."""

from collections.abc import Collection, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...plotting import style
from ...plotting.lines import draw_lines


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Total-variation distance to p* against the number of draws, with what exact draws show.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``fidelity``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the mean distances with the expectation and its band.
    """
    named, fidelity = style.Names(settings), tables["fidelity"]
    fidelity = fidelity[fidelity["status"] == "ok"]
    cell = ["family", "target", "dimension", "modulus", "points"]
    means = fidelity.groupby([*cell, "sampler", "draws"], sort=True).agg(
        distance=("distance", "mean"),
        smallest=("distance", "min"),
        largest=("distance", "max"),
        expected=("expected", "first"),
        low=("low", "first"),
        high=("high", "first"),
        replicates=("replicate", "nunique"),
    )
    means = means.reset_index()
    if means.empty:
        return style.no_data("fidelity of samplers", settings)
    cells = list(means.groupby(cell, sort=False))
    samplers = style.in_order(means["sampler"])
    controls = named.samplers(role="baseline")
    figure = style.new_figure(style.DOUBLE_COLUMN, 4.9)
    shape = {"height_ratios": (1.7, 1), "squeeze": False, "sharex": True, "sharey": "row"}
    upper, lower = figure.subplots(2, len(cells), **shape)
    for column, (names, rows) in enumerate(cells):
        _draw_distances(upper[column], lower[column], rows, samplers, controls)
        family, target, dimension, modulus, points = names
        what = f"{named.family(family)}, {named.target(target)}"
        upper[column].set_title(f"{what}\nP = {modulus}, D = {dimension}, M = {points}")
        lower[column].set_xlabel("draws")
    upper[0].set_ylabel("total-variation distance to p*")
    lower[0].set_ylabel("over expectation")
    band = Patch(color="0.85", label="95 % band of exact draws")
    expected = Line2D([], [], color="0.2", lw=0.8, label="their expectation")
    style.sampler_legend(figure, samplers, [expected, band])
    sizes = {name: means[name] for name in ("modulus", "points", "replicates")}
    study = style.study_line(settings, **sizes, nodes=None, draws=None)
    study = study.replace("data sets", "streams")
    meaning = (
        "Marker: mean over streams; band: one stream. "
        "Uniform nodes are the control: they stay away from p*."
    )
    style.footer(figure, [study, meaning, style.OUR_DERIVATION])
    return figure, means


def _draw_distances(
    upper: Axes, lower: Axes, rows: pd.DataFrame, samplers: list[str], controls: Collection[str]
) -> None:
    """Draw distances, and below them the same over what exact draws show, moved apart."""
    exact = rows.drop_duplicates("draws").sort_values("draws")
    for axis, unit in ((upper, 1.0), (lower, exact["expected"])):
        axis.fill_between(
            exact["draws"], exact["low"] / unit, exact["high"] / unit, color="0.85", lw=0
        )
        axis.plot(exact["draws"], exact["expected"] / unit, color="0.2", lw=0.8)
    looks = {name: style.look(name) for name in samplers}
    draw_lines(upper, rows.sort_values("draws"), "draws", "distance", looks, ends=None, lw=0.7)
    aside = {name: 1.1 ** (turn - len(samplers) / 2) for turn, name in enumerate(samplers)}
    below = rows.assign(
        place=rows["draws"] * rows["sampler"].map(aside),
        ratio=rows["distance"] / rows["expected"],
    )
    # The control is far away from what exact draws show.
    near = {name: look for name, look in looks.items() if name not in controls}
    draw_lines(lower, below, "place", "ratio", near, ends=None, lw=0)
    for axis in (upper, lower):
        axis.set_xscale("log")
    upper.set_yscale("log")
