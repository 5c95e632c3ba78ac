"""Figures beyond a table of examples: oracle access, and the quantum circuit."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Arc, FancyBboxPatch, Rectangle
from matplotlib.ticker import FixedLocator, NullLocator

from ..summaries import last_slope
from . import style

ORACLE_SAMPLERS = ("uniform", "fft", "heavy")
ACCESS = (
    "Access model: h may be queried at any point of Z_P^D and no example is stored; a table of M "
    "random examples offers no such choice, and heavy cannot work from one."
)

# What is written on a gate, by its symbol in the list of gates.
_GATE_NAMES = {
    "h": "$h$",
    "g": r"$\overline{\hat g}$",
    "F": "$F$",
    "F^-1": "$F^{-1}$",
    "/v": r"$\div v$",
}
_BOX, _METER = 0.62, 0.5


def oracle_summary(oracle: pd.DataFrame) -> pd.DataFrame:
    """Average the replicates of every dimension and sampler.

    Parameters
    ----------
    oracle : DataFrame
        The table of oracle access; skipped rows are left out.

    Returns
    -------
    DataFrame
        Columns dimension, sampler, replicates, and mean, low (smallest) and high (largest) of
        relative_risk, signal_risk and queries.
    """
    measured = oracle[oracle["status"] == "ok"]
    columns = {"replicates": ("replicate", "nunique")}
    for value in ("relative_risk", "signal_risk", "queries"):
        columns |= {
            value: (value, "mean"),
            f"{value}_low": (value, "min"),
            f"{value}_high": (value, "max"),
        }
    return measured.groupby(["dimension", "sampler"]).agg(**columns).reset_index()


@style.styled
def oracle_vs_dimension(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Risk on fresh points and queries against D, under oracle access.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``oracle``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows.
    """
    oracle = tables.get("oracle")
    if oracle is None or oracle.empty:
        return style.no_data("oracle access", settings)
    summary = oracle_summary(oracle)
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.3)
    axes = figure.subplots(1, 3)
    for axis, value in zip(axes, ("relative_risk", "signal_risk", "queries"), strict=True):
        _draw_over_dimension(axis, summary, value)
    noise = oracle["noise_share"].iloc[0]
    axes[0].axhline(noise, color="0.35", lw=0.8, ls=(0, (1, 1.5)))
    axes[0].set_ylim(0, None)
    axes[0].set_ylabel("relative risk on fresh points")
    axes[1].set_yscale("log")
    axes[1].set_ylabel("the same, against the signal")
    axes[2].set_yscale("log")
    axes[2].set_ylabel("queries of h")
    style.label_panels(axes)
    grey = Line2D([], [], color="0.35", lw=0.8, ls=(0, (1, 1.5)), label="share of noise in h")
    style.sampler_legend(figure, summary["sampler"], [grey])
    style.footer(figure, _oracle_caption(oracle, summary, settings))
    return figure, summary


def _draw_over_dimension(axis: Axes, summary: pd.DataFrame, value: str) -> None:
    places = sorted(set(summary["dimension"]))
    for sampler in ORACLE_SAMPLERS:
        rows = summary[summary["sampler"] == sampler]
        if rows.empty:
            continue
        bars = [rows[value] - rows[f"{value}_low"], rows[f"{value}_high"] - rows[value]]
        looks = style.line(sampler)
        axis.errorbar(rows["dimension"], rows[value], yerr=bars, elinewidth=0.8, **looks)
    axis.set_xscale("log", base=2)
    # Neighbours below 8 stand too close together for a name each.
    named = [place for place in places if place in (places[0], places[-1]) or place >= 8]
    axis.xaxis.set_major_locator(FixedLocator(named))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticklabels([f"{place:,}" for place in named])
    axis.set_xlabel("dimension D (logarithmic)")


def _oracle_caption(oracle: pd.DataFrame, summary: pd.DataFrame, settings: Mapping) -> list[str]:
    heavy = summary[summary["sampler"] == "heavy"]
    slope = last_slope(heavy, "dimension", "queries")
    growth = ""
    if slope:
        interval = f"{slope.value:.2f} [{slope.low:.2f}, {slope.high:.2f}]"
        growth = f"Queries of heavy: slope {interval} here, 1 for large D by their closed form."
    found = oracle[oracle["sampler"] == "heavy"]
    complete = int((found["coefficients_missed"] == 0).sum())
    facts = {"modulus": oracle["modulus"].iloc[0], "replicates": summary["replicates"].max()}
    facts |= {"nodes": oracle["nodes"].iloc[0], "points": None, "draws": None}
    points = oracle["points"].iloc[0]
    left = oracle[oracle["status"] == "skipped"].sort_values("dimension")
    stop = (
        f"FFT is left out from D = {left['dimension'].iloc[0]} on: it {style.cause(left.iloc[0])}."
        if len(left)
        else ""
    )
    return [
        style.study_line(settings, **facts),
        "h: sine modes and products of two, plus noise that is a fixed function of x.",
        f"All output layers are fitted on {points:,} random points, which count as queries, and "
        f"judged on {points:,} others (partly the same ones where P^D is that small).",
        "Marker: mean over replicates; bar: smallest and largest.",
        f"heavy found all coefficients of the signal in {complete} of {len(found)} runs.",
        growth,
        stop,
        ACCESS,
        style.OUR_DERIVATION,
    ]


@style.styled
def circuit_diagram(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Draw the quantum circuit, gate by gate in layers.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``circuit_gates``, the gates of one circuit.
    settings : mapping
        Plain settings of the study: seed.

    Returns
    -------
    Figure, DataFrame
        The figure and the gates it shows.
    """
    gates = tables.get("circuit_gates")
    if gates is None or gates.empty:
        return style.no_data("circuit", settings)
    dimension, modulus = int(gates["dimension"].iloc[0]), int(gates["modulus"].iloc[0])
    last = int(gates["layer"].max())
    figure = style.new_figure(style.DOUBLE_COLUMN, 0.9 + 0.55 * (dimension + 1))
    axis = figure.subplots()
    axis.set(xlim=(-0.9, last + 1.9), ylim=(dimension + 0.55, -0.95), aspect="equal")
    axis.axis("off")
    for wire in range(dimension + 1):
        axis.plot([0.1, last + 0.75], [wire, wire], color="0.3", lw=0.8, zorder=1)
        axis.text(0.0, wire, r"$|0\rangle$", ha="right", va="center", fontsize=9)
        name = f"$a_{{{wire + 1}}}$" if wire < dimension else "$b$"
        _draw_meter(axis, last + 1.0, wire, name)
    for gate in gates.itertuples():
        _draw_gate(axis, gate.symbol, gate.layer, [int(q) for q in str(gate.qudits).split()])
    prepared = gates[gates["prepares_data"].astype(bool)]
    _frame(axis, 1, int(prepared["layer"].max()), dimension)
    style.footer(figure, _circuit_caption(gates, dimension, modulus, settings))
    return figure, gates


def _draw_gate(axis: Axes, symbol: str, layer: int, qudits: list[int]) -> None:
    """Draw a box on the qudit that changes, and dots on those that control it."""
    # Divisions change their first qudit, the preparation of the data its last one.
    target = qudits[0] if symbol == "/v" else qudits[-1]
    for control in qudits:
        if control != target:
            axis.plot([layer, layer], [control, target], color="0.1", lw=0.9, zorder=2)
            axis.plot(layer, control, "o", color="0.1", ms=4, zorder=3)
    corner = (layer - _BOX / 2, target - _BOX / 2)
    shape = "round,pad=0,rounding_size=0.06"
    looks = {"facecolor": "white", "edgecolor": "0.1", "lw": 0.9, "zorder": 4}
    axis.add_patch(FancyBboxPatch(corner, _BOX, _BOX, boxstyle=shape, **looks))
    name = _GATE_NAMES.get(symbol, symbol)
    axis.text(layer, target, name, ha="center", va="center", fontsize=9, zorder=5)


def _draw_meter(axis: Axes, x: float, wire: int, name: str) -> None:
    corner = (x - _METER / 2, wire - _METER / 2)
    looks = {"facecolor": "white", "edgecolor": "0.1", "lw": 0.9, "zorder": 4}
    axis.add_patch(Rectangle(corner, _METER, _METER, **looks))
    axis.add_patch(Arc((x, wire + 0.14), 0.34, 0.34, theta1=180, theta2=360, lw=0.8, zorder=5))
    axis.plot([x, x + 0.13], [wire + 0.14, wire - 0.15], color="0.1", lw=0.8, zorder=5)
    axis.text(x + 0.4, wire, name, ha="left", va="center", fontsize=9)


def _frame(axis: Axes, first: int, last: int, dimension: int) -> None:
    """Frame the preparation of the data with dashes."""
    corner = (first - 0.42, -0.45)
    size = (last - first + 0.84, dimension - 1 + 0.9)
    dashes = {"facecolor": "0.95", "edgecolor": "0.5", "lw": 0.8, "ls": (0, (3, 2)), "zorder": 0}
    axis.add_patch(Rectangle(corner, *size, **dashes))
    middle = (first + last) / 2
    axis.text(middle, -0.56, r"state preparation of $|h\rangle$", ha="center", va="bottom")


def _circuit_caption(
    gates: pd.DataFrame, dimension: int, modulus: int, settings: Mapping
) -> list[str]:
    prepares = gates["prepares_data"].astype(bool)
    proper = int((~prepares).sum())
    return [
        f"D = {dimension}.",
        style.study_line(settings, modulus=modulus, nodes=None, replicates=None),
        "Each wire is a qudit of dimension P: the data, and below them v, then b.",
        "F: Fourier transform. \u00f7v: division modulo P by the control v, none where v = 0. The "
        "box on the lowest wire prepares the conjugate transform of the activation.",
        f"Without the dashed part there are {proper} gates, 2D + 2, in D + 2 layers. The dashed "
        "part takes one controlled rotation per distinct prefix of the data, up to M'D, and all of "
        "it is run anew for every node.",
        style.OUR_DERIVATION.replace("Curves follow", "The circuit follows"),
    ]
