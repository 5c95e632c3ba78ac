"""Seconds to prepare a sampler and to draw a ticket, and operations, against the dimension."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ...plotting import style
from ...plotting.lines import draw_lines
from ...statistics import last_slope, log_curve
from .curves import MEDIANS, draw_times, interval, legend, stops, thousands, unstable
from .summary import growth_per_dimension, of_sampler, operations_per_node, timing_summary

BEYOND = 3
"""Dimensions by which the dashed fit of a conventional sampler goes on."""

FITTED = (0, (3, 2))


def _growth_label(sampler: str, curve: pd.DataFrame, conventional: Collection[str]) -> str:
    """Name a sampler with its growth: a factor per unit of D, or an exponent."""
    name = style.look(sampler).label
    if sampler in conventional:
        factor = growth_per_dimension(curve)
        return f"{name}: \u00d7{interval(factor, 1)} per unit of D" if factor else name
    slope = last_slope(curve, "dimension")
    return f"{name}: slope {interval(slope)}" if slope else name


def _draw_fit(axis: Axes, curve: pd.DataFrame, highest: float) -> None:
    """Go on with a conventional sampler's growth where it could not be measured."""
    if len(curve) < 3:
        return
    goes_on = log_curve(curve["dimension"], curve["seconds"], exponential=True)
    places = np.linspace(curve["dimension"].max(), highest, 20)
    colour = style.look(curve["sampler"].iloc[0]).colour
    axis.plot(places, np.exp(goes_on(places)), color=colour, ls=FITTED, lw=0.9)


def _draw_seconds(
    small: Axes,
    all_sizes: Axes,
    curves: Mapping[str, pd.DataFrame],
    conventional: Collection[str],
) -> None:
    """Draw seconds against D twice: the dimensions of the conventional samplers, and all."""
    reach = [curves[name]["dimension"].max() for name in conventional if name in curves]
    highest = max(reach, default=8) + BEYOND
    for sampler in style.in_order(curves):
        curve = curves[sampler]
        draw_times(all_sizes, curve, "dimension")
        draw_times(small, curve[curve["dimension"] <= highest], "dimension")
        if sampler in conventional:
            _draw_fit(small, curve, highest)
            _draw_fit(all_sizes, curve, highest)
    for axis in (small, all_sizes):
        axis.set_ylabel("seconds for N nodes")


def _circuit_operations(circuit: pd.DataFrame) -> pd.DataFrame:
    """Gates of one run of the quantum circuit by dimension, without and with the data's state."""
    closed = circuit[circuit["method"] == "closed form"].sort_values("dimension")
    closed = closed.assign(grid="circuit", sampler="circuit", operations_per_node=closed["gates"])
    closed["with_state_preparation"] = closed["gates"] + closed["state_preparation_gates"]
    columns = ["grid", "sampler", "dimension", "points", "modulus"]
    return closed[[*columns, "operations_per_node", "with_state_preparation"]]


def _draw_operations(
    axis: Axes, curves: Mapping[str, pd.DataFrame], circuit: pd.DataFrame
) -> Line2D:
    """Draw operations per node against D; return the legend's entry for the data's state."""
    # A simulated circuit takes other steps than the gates it stands for: `curves` is without it.
    counted = pd.concat([*curves.values(), circuit])
    looks = {name: style.look(name) for name in style.in_order(counted["sampler"])}
    draw_lines(axis, counted, "dimension", "operations_per_node", looks, ends=None)
    looks = {"circuit": replace(style.look("circuit"), filled=False)}
    draw_lines(axis, circuit, "dimension", "with_state_preparation", looks, ends=None)
    axis.set_ylabel("operations per node")
    return style.handle(looks["circuit"], "its state preparation counted too")


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Seconds for N nodes against D at fixed M: small dimensions, then all; operations per node.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``timings`` and ``circuit``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes.

    Returns
    -------
    Figure, DataFrame
        The figure, and the medians and operations it shows.
    """
    timings = tables["timings"]
    times = timing_summary(timings)
    times = times[times["grid"] == "dimension"]
    if times.empty:
        return style.no_data("timing over dimensions", settings)
    times = times.assign(operations_per_node=operations_per_node(times))
    curves = {name: of_sampler(times, "dimension", name) for name in times["sampler"].unique()}
    circuit = _circuit_operations(tables["circuit"])
    figure = style.new_figure(style.DOUBLE_COLUMN, 6.4)
    panels = figure.subplot_mosaic([["small", "all"], ["operations", "operations"]])
    names = style.Names(settings)
    conventional = names.samplers(role="conventional")
    _draw_seconds(panels["small"], panels["all"], curves, conventional)
    timed = {name: curves[name] for name in curves if name not in names.samplers(role="quantum")}
    prepared = _draw_operations(panels["operations"], timed, circuit)
    for axis in panels.values():
        axis.set_yscale("log")
        axis.set_xlabel("dimension D (logarithmic)")
    panels["small"].set_xlabel("dimension D")
    panels["small"].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    for name in ("all", "operations"):
        panels[name].set_xscale("log", base=4)
        thousands(panels[name])
    style.label_panels(list(panels.values()))
    labels = {name: _growth_label(name, curve, conventional) for name, curve in curves.items()}
    gates = style.handle(style.look("circuit"), "quantum circuit: gates")
    fitted = Line2D([], [], color="0.3", ls=FITTED, lw=0.9, label="fitted, not measured")
    legend(figure, labels, [gates, prepared, fitted])
    _explain_runtimes(figure, timings, times, settings)
    return figure, pd.concat([times, circuit], ignore_index=True)


def _explain_runtimes(
    figure: Figure, timings: pd.DataFrame, times: pd.DataFrame, settings: Mapping
) -> None:
    rates = (
        "Growth with 95 % interval: conventional samplers from D = 4 on and above 10 ms, "
        "the others over the last factor 16 of D."
    )
    counted = (
        "(c): counted, the same on every machine: multiply-adds of inner products and of tables "
        "over the domain, shared among the N nodes; for the circuit gates on qudits of dimension "
        "P, for each node anew."
    )
    facts = [MEDIANS, rates, counted, *stops(timings, "dimension"), *unstable(times)]
    access = (
        "Access model: a table of M examples; at M of the order P^D all classical samplers cost "
        "exp(D), and so does the circuit's state preparation."
    )
    study = style.study_line(settings, points=times["points"])
    style.footer(figure, [study, *facts, access, style.OUR_DERIVATION])
