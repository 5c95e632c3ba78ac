"""What the figures of better tickets share: a panel per cell, and how each way looks."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from ...plotting import style
from ...plotting.lines import draw_lines
from ...plotting.risk_axis import KINK, risk_axis
from .methods import METHODS
from .sources import SOURCES
from .summary import COMPARED_CELL

CHOOSING = tuple(name for name, method in METHODS.items() if method.varies)
"""Ways that choose among c N candidates."""

ACROSS = 4
"""Cells side by side."""

COLOURS = "Green: nodes or candidates from p*; orange: uniform ones."

MEASURES = {"relative_risk_median": "risk, examples", "test_risk_median": "risk, held back"}

MEDIAN = (
    "Relative risk, median over replicates; the means in the table behind may be far higher where "
    "one ticket goes wrong."
)

_HIGHEST = {"relative_risk_median": 1.5, "test_risk_median": 30.0}

# Marker, line and whether it is filled, by the order of the ways.
_MARKS = (
    ("o", style.DOTTED, True),
    ("D", style.DASHED, False),
    ("^", style.SOLID, True),
    ("s", (0, (4, 1, 1, 1)), False),
    ("P", style.SOLID, True),
)


def ways(summary: pd.DataFrame) -> dict[str, style.Look]:
    """Return the look of each way and source of candidates in the column ``curve``."""
    looks = {}
    for (name, method), (marker, dashes, filled) in zip(
        METHODS.items(), cycle(_MARKS), strict=False
    ):
        for sampler, source in SOURCES.items():
            colour = style.look(sampler).colour
            label = f"{method.label}, {source}"
            looks[f"{name} {sampler}"] = style.Look(label, colour, marker, dashes, filled)
    return {curve: look for curve, look in looks.items() if (summary["curve"] == curve).any()}


def with_curves(summary: pd.DataFrame) -> pd.DataFrame:
    """Name the curve that each row belongs to: its way and the sampler of its candidates."""
    return summary.assign(curve=summary["way"] + " " + summary["sampler"])


def most_measured(summary: pd.DataFrame) -> tuple[int, int]:
    """Return the N at which c varies and the c at which N varies: those that occur most."""
    chosen = summary[summary["way"].isin(CHOOSING)]
    return int(chosen["nodes"].mode().iloc[0]), int(chosen["candidates"].mode().iloc[0])


def cells(table: pd.DataFrame, names: style.Names) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each cell with its title, sorted as families and targets are listed."""
    groups = list(table.groupby(COMPARED_CELL))
    families = names.in_order("families", table["family"])
    targets = names.in_order("targets", table["target"])
    groups.sort(key=lambda cell: (families.index(cell[0][0]), targets.index(cell[0][1])))
    return [
        (f"{family}: {names.target(target)}\nD = {dimension}, M = {points:,}", rows)
        for (family, target, dimension, _, points), rows in groups
    ]


def grid(figure: Figure, count: int, height: int = 1, **sharing: object) -> np.ndarray:
    """Return panels for that many cells, ``height`` of them below each other for each cell.

    Returns
    -------
    ndarray, shape (count, height)
        The panels of each cell from top to bottom; places that are left over are switched off.
    """
    across = min(ACROSS, count)
    down = -(-count // across)
    axes = figure.subplots(down * height, across, squeeze=False, **sharing)
    by_cell = axes.reshape(down, height, across).swapaxes(1, 2).reshape(-1, height)
    for axis in by_cell[count:].flat:
        axis.set_axis_off()
    return by_cell[:count]


def first_column(panels: np.ndarray) -> Iterator[tuple[Axes, int]]:
    """Yield the panels at the left edge, each with its place among those of its cell."""
    for cell in panels[::ACROSS]:
        yield from ((axis, place) for place, axis in enumerate(cell))


def draw_cells(
    figure: Figure,
    shown: Sequence[tuple[str, pd.DataFrame]],
    along: str,
    looks: Mapping[str, style.Look],
) -> np.ndarray:
    """Draw the risk on the examples and, below it, on the points held back, for every cell."""
    panels = grid(figure, len(shown), len(MEASURES), sharex=True, sharey="row")
    for cell, (title, rows) in zip(panels, shown, strict=True):
        cell[0].set_title(title, fontsize=style.SMALLEST_FONT)
        for axis, value in zip(cell, MEASURES, strict=True):
            _draw_ways(axis, rows, along, value, looks)
    for cell in panels:
        for axis, value in zip(cell, MEASURES, strict=True):
            risk_axis(axis, style.RISK_FLOOR)
            axis.set_ylim(style.RISK_FLOOR, _HIGHEST[value])
            axis.yaxis.set_major_locator(FixedLocator([style.RISK_FLOOR, KINK, 0.1, 1.0]))
    for axis, place in first_column(panels):
        axis.set_ylabel(list(MEASURES.values())[place])
    for cell in panels[len(panels) - min(ACROSS, len(panels)) :]:
        cell[-1].set_xlabel({"nodes": "nodes N"}.get(along, along))
        cell[-1].tick_params(labelbottom=True)
    return panels


def _draw_ways(
    axis: Axes, rows: pd.DataFrame, along: str, value: str, looks: Mapping[str, style.Look]
) -> None:
    """Draw one panel: colours are where candidates come from, markers what is done with them."""
    known = rows[rows[value].notna()].sort_values(["nodes", "candidates"])
    known = known.assign(**{value: known[value].clip(style.RISK_FLOOR, _HIGHEST[value])})
    draw_lines(axis, known, along, value, looks, by="curve", ends=None, ms=3.6)
    if known.empty:
        axis.text(0.5, 0.6, "no test points", transform=axis.transAxes, ha="center")


def name_ticks(axis: Axes, places: Sequence[float], base: int) -> None:
    """Make an axis logarithmic, with names at the given places only."""
    axis.set_xscale("log", base=base)
    axis.xaxis.set_major_locator(FixedLocator(places))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,g}"))
    axis.xaxis.set_minor_locator(NullLocator())


def study_line(summary: pd.DataFrame, settings: Mapping, nodes: object) -> str:
    """Return the sentence that states the sizes of what is shown."""
    facts = {"modulus": summary["modulus"].unique(), "replicates": summary["replicates"].max()}
    facts |= {"nodes": nodes, "points": summary["points"], "draws": None}
    return style.study_line(settings, **facts)
