"""Seconds per node against the number of points."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...plotting import style
from .curves import MEDIANS, draw_times, interval, legend, stops, thousands, unstable
from .summary import growth, of_sampler, tickets, timing_summary

# The power of M that the time of one node grows with where M is large, by a sampler's role.
_POWERS = {"quantum-inspired": 2, "ours": 1}


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Seconds per node against M at fixed D, with the slopes and lines of slope 1 and 2.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``timings``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes.

    Returns
    -------
    Figure, DataFrame
        The figure and the medians it shows.
    """
    timings = tables["timings"]
    rows, modulus = tickets(timings), int(settings["modulus"])
    times = timing_summary(timings)
    times = times[times["grid"] == "points"]
    if times.empty:
        return style.no_data("timing over points", settings)
    figure = style.new_figure(style.SINGLE_COLUMN, 4.0)
    axis = figure.subplots()
    labels = {}
    for sampler in style.in_order(times["sampler"]):
        curve = of_sampler(times, "points", sampler, modulus)
        draw_times(axis, curve, "points", per_node=True)
        slope = growth(of_sampler(rows, "points", sampler, modulus), settings["judged"])
        name = style.look(sampler).label
        labels[sampler] = f"{name}: slope {interval(slope)}" if slope else name
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("points M")
    axis.set_ylabel("seconds per node")
    thousands(axis)
    for role, power in _POWERS.items():
        for sampler in style.Names(settings).samplers(role=role):
            _draw_slope(axis, of_sampler(times, "points", sampler, modulus), power)
    legend(figure, labels)
    dimension = f"D = {times['dimension'].iloc[0]},"
    rates = (
        "Slopes over the last factor 16 of M with a 95 % t interval over the passes; grey: slopes "
        "1 and 2."
    )
    study = style.study_line(settings, points=times["points"])
    facts = [MEDIANS, rates, *stops(timings, "points", modulus), *unstable(times)]
    style.footer(figure, [dimension, study, *facts, style.OUR_DERIVATION])
    return figure, times


def _draw_slope(axis: Axes, curve: pd.DataFrame, power: int) -> None:
    """Draw a line of a given slope just above the end of a curve."""
    if curve.empty:
        return
    last = curve.iloc[-1]
    places = np.array([max(curve["points"].min(), last["points"] / 8), last["points"]])
    heights = 2 * last["seconds"] / last["nodes"] * (places / last["points"]) ** power
    axis.plot(places, heights, color="0.5", lw=0.8)
    where = (np.sqrt(places.prod()), np.sqrt(heights.prod()))
    beside = {"xytext": (-2, 2), "textcoords": "offset points", "ha": "right"}
    axis.annotate(f"slope {power}", where, color="0.3", fontsize=7, **beside)
