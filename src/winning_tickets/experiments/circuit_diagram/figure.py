"""The quantum circuit that samples hidden nodes, gate by gate."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, FancyBboxPatch, Rectangle

from ...plotting import style

# What is written on a gate, by its symbol in the list of gates.
_GATE_NAMES = {
    "h": "$h$",
    "g": r"$\overline{\hat g}$",
    "F": "$F$",
    "F^-1": "$F^{-1}$",
    "/v": r"$\div v$",
}

_BOX, _METER = 0.62, 0.5


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw the quantum circuit, gate by gate in layers.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``circuit_diagram``, the gates of one circuit.
    settings : mapping
        Plain settings of the study: seed.

    Returns
    -------
    Figure, DataFrame
        The figure and the gates it shows.
    """
    gates = tables.get("circuit_diagram")
    if gates is None or not (gates["status"] == "ok").any():
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
    style.footer(figure, _caption(gates, dimension, modulus, settings))
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


def _caption(gates: pd.DataFrame, dimension: int, modulus: int, settings: Mapping) -> list[str]:
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
