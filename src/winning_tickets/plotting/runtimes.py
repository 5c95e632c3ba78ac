"""Figures of what drawing costs: seconds against dimension and points, proposals against points."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..statistics import Estimate, log_curve
from ..summaries import (
    growth_per_dimension,
    last_slope,
    of_sampler,
    operations_per_node,
    timing_summary,
)
from . import style

CONVENTIONAL = ("enumeration", "fft")
BEYOND = 3
"""Dimensions by which the dashed fit of a conventional sampler goes on."""

FITTED = (0, (3, 2))

MEDIANS = (
    "Marker: median of the repeats; bar: quartiles; preparation and drawing together, one thread."
)


def _interval(found: Estimate, digits: int = 2) -> str:
    low, high = (f"{end:.{digits}f}" for end in (found.low, found.high))
    return f"{found.value:.{digits}f} [{low}, {high}]"


def _growth_label(sampler: str, curve: pd.DataFrame) -> str:
    """Name a sampler with its growth: a factor per unit of D, or an exponent."""
    name = style.look(sampler).label
    if sampler in CONVENTIONAL:
        factor = growth_per_dimension(curve)
        return f"{name}: \u00d7{_interval(factor, 1)} per unit of D" if factor else name
    slope = last_slope(curve, "dimension")
    return f"{name}: slope {_interval(slope)}" if slope else name


def _legend(figure: Figure, labels: Mapping[str, str], extra: Sequence[Line2D] = ()) -> None:
    handles = [
        Line2D([], [], label=labels[name], **style.line(name)) for name in style.in_order(labels)
    ]
    columns = 2 if figure.get_size_inches()[0] > style.SINGLE_COLUMN else 1
    figure.legend(handles=[*handles, *extra], loc="outside upper center", ncols=columns)


def _draw_times(axis: Axes, curve: pd.DataFrame, along: str, per_node: bool = False) -> None:
    share = 1 / curve["nodes"] if per_node else 1.0
    seconds, low, high = (curve[name] * share for name in ("seconds", "low", "high"))
    bars = [seconds - low, high - seconds]
    looks = style.line(curve["sampler"].iloc[0])
    axis.errorbar(curve[along], seconds, yerr=bars, elinewidth=0.8, **looks)


def _draw_fit(axis: Axes, curve: pd.DataFrame, highest: float) -> None:
    """Go on with a conventional sampler's growth where it could not be measured."""
    if len(curve) < 3:
        return
    goes_on = log_curve(curve["dimension"], curve["seconds"], exponential=True)
    places = np.linspace(curve["dimension"].max(), highest, 20)
    colour = style.look(curve["sampler"].iloc[0]).colour
    axis.plot(places, np.exp(goes_on(places)), color=colour, ls=FITTED, lw=0.9)


def _stops(timings: pd.DataFrame, grid: str) -> list[str]:
    """Say for each sampler from which size on it was not timed, and why."""
    left = timings[(timings["grid"] == grid) & (timings["status"] == "skipped")]
    along = "points" if grid == "points" else "dimension"
    letter = "M" if along == "points" else "D"
    parts = []
    for sampler in style.in_order(left["sampler"]):
        first = left[left["sampler"] == sampler].sort_values(along).iloc[0]
        label = style.short(sampler)
        parts.append(f"{label} from {letter} = {first[along]:,} ({style.cause(first)})")
    return [f"Not measured: {'; '.join(parts)}."] if parts else []


def _unstable(times: pd.DataFrame) -> list[str]:
    count = int(times["unstable"].astype(bool).sum())
    spread = "an inter-quartile range above 0.3 of the median"
    return [f"{count} of {len(times)} medians have {spread}."] if count else []


def _thousands(axis: Axes) -> None:
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axis.xaxis.set_minor_formatter(FuncFormatter(lambda x, _: ""))


def _draw_seconds(small: Axes, all_sizes: Axes, curves: Mapping[str, pd.DataFrame]) -> None:
    """Draw seconds against D twice: the dimensions of the conventional samplers, and all."""
    reach = [curves[name]["dimension"].max() for name in CONVENTIONAL if name in curves]
    highest = max(reach, default=8) + BEYOND
    for sampler in style.in_order(curves):
        curve = curves[sampler]
        _draw_times(all_sizes, curve, "dimension")
        _draw_times(small, curve[curve["dimension"] <= highest], "dimension")
        if sampler in CONVENTIONAL:
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
    # A simulated circuit takes other steps than the gates it stands for.
    for sampler in [name for name in style.in_order(curves) if name != "circuit"]:
        curve = curves[sampler]
        axis.plot(curve["dimension"], curve["operations_per_node"], **style.line(sampler))
    axis.plot(circuit["dimension"], circuit["operations_per_node"], **style.line("circuit"))
    prepared = style.line("circuit") | {"mfc": "white", "mec": style.look("circuit").colour}
    axis.plot(circuit["dimension"], circuit["with_state_preparation"], **prepared)
    axis.set_ylabel("operations per node")
    return Line2D([], [], label="its state preparation counted too", **prepared)


@style.styled
def runtime_vs_dimension(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
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
    _draw_seconds(panels["small"], panels["all"], curves)
    prepared = _draw_operations(panels["operations"], curves, circuit)
    for axis in panels.values():
        axis.set_yscale("log")
        axis.set_xlabel("dimension D (logarithmic)")
    panels["small"].set_xlabel("dimension D")
    panels["small"].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    for name in ("all", "operations"):
        panels[name].set_xscale("log", base=4)
        _thousands(panels[name])
    style.label_panels(list(panels.values()))
    labels = {name: _growth_label(name, curve) for name, curve in curves.items()}
    gates = Line2D([], [], label="quantum circuit: gates", **style.line("circuit"))
    fitted = Line2D([], [], color="0.3", ls=FITTED, lw=0.9, label="fitted, not measured")
    _legend(figure, labels, [gates, prepared, fitted])
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
    facts = [MEDIANS, rates, counted, *_stops(timings, "dimension"), *_unstable(times)]
    access = (
        "Access model: a table of M examples; at M of the order P^D all classical samplers cost "
        "exp(D), and so does the circuit's state preparation."
    )
    study = style.study_line(settings, points=times["points"])
    style.footer(figure, [study, *facts, access, style.OUR_DERIVATION])


@style.styled
def runtime_vs_points(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
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
    times = timing_summary(timings)
    times = times[times["grid"] == "points"]
    if times.empty:
        return style.no_data("timing over points", settings)
    figure = style.new_figure(style.SINGLE_COLUMN, 4.0)
    axis = figure.subplots()
    labels = {}
    for sampler in style.in_order(times["sampler"]):
        curve = of_sampler(times, "points", sampler)
        _draw_times(axis, curve, "points", per_node=True)
        slope = last_slope(curve, "points")
        name = style.look(sampler).label
        labels[sampler] = f"{name}: slope {_interval(slope)}" if slope else name
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("points M")
    axis.set_ylabel("seconds per node")
    _thousands(axis)
    for sampler, power in (("rejection", 2), ("spectral", 1)):
        _draw_slope(axis, of_sampler(times, "points", sampler), power)
    _legend(figure, labels)
    dimension = f"D = {times['dimension'].iloc[0]},"
    rates = "Slopes with 95 % interval over the last factor 16 of M; grey: slopes 1 and 2."
    study = style.study_line(settings, points=times["points"])
    facts = [MEDIANS, rates, *_stops(timings, "points"), *_unstable(times)]
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


@style.styled
def acceptance_vs_points(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Proposals per accepted node of the rejection sampler against M', with the line 1/M'.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``, ``timings`` or both; their counts are added up.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the counts behind it.
    """
    drawn = _rejection_rows(tables)
    counts = proposal_counts(drawn)
    moduli, nodes = drawn["modulus"], drawn["nodes"]
    if counts.empty:
        return style.no_data("draws by rejection", settings)
    figure = style.new_figure(style.SINGLE_COLUMN, 3.9)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
    look = style.look("rejection")
    line = np.array([counts["support"].min(), counts["support"].max()])
    upper.plot(line, line, color="0.2", lw=0.8, label="M', an acceptance rate of 1/M'")
    shown = {"color": look.colour, "marker": look.marker, "ms": 3.5, "ls": ""}
    upper.plot(counts["support"], counts["per_node"], label=look.label, **shown)
    error = 2 * counts["ratio"] / np.sqrt(counts["accepted"])
    lower.errorbar(counts["support"], counts["ratio"], yerr=error, elinewidth=0.8, **shown)
    lower.axhline(1.0, color="0.2", lw=0.8)
    upper.set_xscale("log")
    upper.set_yscale("log")
    upper.set_ylabel("proposals per node")
    lower.set_ylabel("over M'")
    lower.set_xlabel("supporting points M'")
    for axis in (upper.yaxis, lower.xaxis):
        axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
        axis.set_minor_formatter(FuncFormatter(lambda x, _: ""))
    upper.legend(loc="upper left")
    accepted = f"{counts['accepted'].sum():,} nodes; one marker a quarter octave of M'."
    bars = "Lower panel: the same over M', with two standard errors of a geometric count."
    size = drawn["support"]
    sizes = f"M' = {size.min():,} to {size.max():,},"
    study = style.study_line(settings, modulus=moduli, nodes=nodes)
    style.footer(figure, [sizes, study, accepted, bars, style.OUR_DERIVATION])
    return figure, counts


def _rejection_rows(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Collect one row per draw of the rejection sampler from the tables that are there."""
    parts = []
    for name, size in (("risks", "support"), ("timings", "points")):
        if name not in tables:
            continue
        table = tables[name]
        drawn = table[(table["sampler"] == "rejection") & (table["status"] == "ok")]
        if name == "risks":
            # One ticket serves several N as prefixes; its proposals belong to the largest one.
            ticket = ["family", "target", "dimension", "replicate", "draw"]
            drawn = drawn.sort_values("nodes").drop_duplicates(ticket, keep="last")
        # The timed targets are labels, which are nowhere zero: M' = M there.
        drawn = drawn.assign(support=drawn[size])
        parts.append(drawn[["modulus", "support", "nodes", "proposals"]])
    return pd.concat(parts).astype(int)


def proposal_counts(drawn: pd.DataFrame) -> pd.DataFrame:
    """Add up proposals and accepted nodes by size of the support.

    Parameters
    ----------
    drawn : DataFrame
        One row per draw with support, nodes and proposals.

    Returns
    -------
    DataFrame
        One row per quarter octave of M': support (mean over nodes), accepted, proposals,
        per_node, and ratio, the proposals over their expectation nodes M'.
    """
    octave = (4 * np.log2(drawn["support"])).round().rename("octave")
    drawn = drawn.assign(expected=drawn["nodes"] * drawn["support"])
    counts = drawn.groupby(octave)[["nodes", "proposals", "expected"]].sum()
    counts = counts.reset_index(drop=True).rename(columns={"nodes": "accepted"})
    return counts.assign(
        support=counts["expected"] / counts["accepted"],
        per_node=counts["proposals"] / counts["accepted"],
        ratio=counts["proposals"] / counts["expected"],
    )
