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
from ...statistics import log_curve
from .curves import MEDIANS, draw_times, interval, legend, stops, thousands, unstable
from .summary import growth, of_sampler, tickets, timing_summary

BEYOND = 3
"""Dimensions by which the dashed fit of a conventional sampler goes on."""

FITTED = (0, (3, 2))


def _growth_label(
    sampler: str, rows: pd.DataFrame, conventional: Collection[str], settings: Mapping
) -> str:
    """Name a sampler with its growth: a factor per unit of D at each modulus, or an exponent."""
    name = style.look(sampler).label
    own = int(settings["modulus"])
    moduli = [own, *sorted(set(rows["modulus"].astype(int)) - {own})]
    told = []
    for modulus in moduli if sampler in conventional else [own]:
        found = growth(of_sampler(rows, "dimension", sampler, modulus), settings["judged"])
        if found:
            at = f" (P = {modulus})" if moduli[1:] else ""
            told.append(f"\u00d7{interval(found, 1)}{at}")
            slope = interval(found)
    if not told:
        return name
    if sampler in conventional:
        return f"{name}: {', '.join(told)} per unit of D"
    return f"{name}: slope {slope}"


def _draw_fit(axis: Axes, curve: pd.DataFrame, highest: float) -> None:
    """Go on with a conventional sampler's growth where it could not be measured."""
    if len(curve) < 3:
        return
    goes_on = log_curve(curve["dimension"], curve["seconds"], exponential=True)
    places = np.linspace(curve["dimension"].max(), highest, 20)
    colour = style.look(curve["sampler"].iloc[0]).colour
    axis.plot(places, np.exp(goes_on(places)), color=colour, ls=FITTED, lw=0.9)


def _draw_seconds(
    axis: Axes,
    curves: Mapping[str, pd.DataFrame],
    conventional: Collection[str],
    *,
    every: bool = False,
) -> None:
    """Draw seconds against D: up to a little beyond the conventional samplers, or all."""
    reach = [curves[name]["dimension"].max() for name in conventional if name in curves]
    highest = max(reach, default=8) + BEYOND
    for sampler in style.in_order(curves):
        curve = curves[sampler]
        draw_times(axis, curve if every else curve[curve["dimension"] <= highest], "dimension")
        if sampler in conventional:
            _draw_fit(axis, curve, highest)
    axis.set_ylabel("seconds for N nodes")


def _small_panel(axis: Axes, modulus: int) -> None:
    """Set up a panel of small dimensions."""
    axis.set_xlabel(f"dimension D, P = {modulus}")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


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
    rows = tickets(timings)
    times = timing_summary(timings)
    times = times[times["grid"] == "dimension"]
    if times.empty:
        return style.no_data("timing over dimensions", settings)
    times = times.assign(operations_per_node=times["operations"] / times["nodes"])
    own = int(settings["modulus"])
    others = sorted(set(times["modulus"]) - {own})
    samplers = style.in_order(times["sampler"])
    curves, second = (
        {
            name: curve
            for name in samplers
            if len(curve := of_sampler(times, "dimension", name, modulus))
        }
        for modulus in (own, others[0] if others else 0)
    )
    circuit = _circuit_operations(tables["circuit"])
    figure = style.new_figure(style.DOUBLE_COLUMN, 6.6)
    panels = figure.subplot_mosaic([["small", "second"], ["all", "operations"]])
    conventional = style.Names(settings).samplers(role="conventional")
    _draw_seconds(panels["small"], curves, conventional)
    _draw_seconds(panels["second"], second, conventional)
    _draw_seconds(panels["all"], curves, conventional, every=True)
    quantum = style.Names(settings).samplers(role="quantum")
    timed = {name: curves[name] for name in curves if name not in quantum}
    prepared = _draw_operations(panels["operations"], timed, circuit)
    for axis in panels.values():
        axis.set_yscale("log")
        axis.set_xlabel("dimension D (logarithmic)")
    _small_panel(panels["small"], own)
    _small_panel(panels["second"], others[0] if others else own)
    for name in ("all", "operations"):
        panels[name].set_xscale("log", base=8)
        thousands(panels[name])
    style.label_panels(list(panels.values()))
    labels = {name: _growth_label(name, rows, conventional, settings) for name in samplers}
    gates = style.handle(style.look("circuit"), "quantum circuit: gates")
    fitted = Line2D([], [], color="0.3", ls=FITTED, lw=0.9, label="fitted, not measured")
    legend(figure, labels, [gates, prepared, fitted])
    _explain_runtimes(figure, timings, times, settings)
    return figure, pd.concat([times, circuit], ignore_index=True)


def _explain_runtimes(
    figure: Figure, timings: pd.DataFrame, times: pd.DataFrame, settings: Mapping
) -> None:
    judged = settings["judged"]
    fixed = judged["fixed"]
    rates = (
        "Growth: slopes of the passes, with a 95 % t interval over these; conventional samplers "
        f"over all D with P^D of at least {judged['domain_least']:,}, others over "
        + ", ".join(f"D = {low:,} to {high:,} ({name})" for name, (low, high) in fixed.items())
        + " or the last factor 16."
    )
    counted = (
        "(d): counted, the same on every machine: multiply-adds of inner products, of the trie and "
        "of tables over the domain, shared among the N nodes; for the circuit gates on qudits of "
        "dimension P, for each node anew."
    )
    own = int(settings["modulus"])
    left = stops(timings, "dimension", own)
    facts = [MEDIANS, rates, counted, *left, *unstable(times)]
    access = (
        "Access model: a table of M examples; at M of the order P^D all classical samplers cost "
        "exp(D), and so does the circuit's state preparation."
    )
    study = style.study_line(settings, points=times["points"], modulus=times["modulus"])
    style.footer(figure, [study, *facts, access, style.OUR_DERIVATION])
