"""Seconds a node where a table is kept for many nodes, and from how many on it pays."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...plotting import style
from ...plotting.lines import draw_lines
from .amortised import break_even, cost_a_node, kept_tables

PANELS = 4
"""Dimensions that are drawn, the largest ones."""

SIZES = np.unique(np.geomspace(1, 1_000_000, 49).astype(int))


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Seconds a node against N, a panel a dimension; break-even against D.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``timings``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes, sampler (what tables are held against).

    Returns
    -------
    Figure, DataFrame
        The figure, and break-even by sampler and dimension.
    """
    modulus, fast = int(settings["modulus"]), settings["sampler"]
    rows = kept_tables(tables["timings"])
    own = rows[rows["modulus"] == modulus]
    conventional = style.Names(settings).samplers(role="conventional")
    slow = [name for name in conventional if (own["sampler"] == name).any()]
    if not slow or not (own["sampler"] == fast).any():
        return style.no_data("tables timed against rejection", settings)
    even = pd.concat(
        [
            break_even(rows[rows["modulus"] == value], name, fast).assign(modulus=value)
            for value in sorted(set(rows["modulus"]))
            for name in conventional
            if (rows.loc[rows["modulus"] == value, "sampler"] == name).any()
        ],
        ignore_index=True,
    )
    reached = sorted(own.loc[own["sampler"].isin(slow), "dimension"].unique())[-PANELS:]
    figure = style.new_figure(style.DOUBLE_COLUMN, 5.6)
    names = [f"D{dimension}" for dimension in reached]
    panels = figure.subplot_mosaic([names, ["even"] * len(names)], height_ratios=[1, 1.1])
    shown = [*slow, fast]
    own = own[own["sampler"].isin(shown)]
    costs = {d: cost_a_node(own[own["dimension"] == d], SIZES) for d in reached}
    seconds = pd.concat(costs)["seconds"]
    for name, dimension in zip(names, reached, strict=True):
        _draw_cost(panels[name], costs[dimension], even[even["modulus"] == modulus], int(dimension))
        panels[name].set_ylim(seconds.min() / 2, seconds.max() * 2)
        panels[name].tick_params(labelleft=name == names[0])
    panels[names[0]].set_ylabel("seconds a node")
    _draw_even(panels["even"], even, modulus)
    style.label_panels(list(panels.values()))
    handles = [style.handle(style.look(name)) for name in style.in_order(shown)]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    _explain(figure, rows, settings, fast)
    return figure, even


def _draw_cost(axis: Axes, cost: pd.DataFrame, even: pd.DataFrame, dimension: int) -> None:
    """Draw seconds a node against N at one D, and dotted lines where tables begin to pay."""
    for sampler in style.in_order(cost["sampler"].unique()):
        curve = cost[cost["sampler"] == sampler]
        look = style.look(sampler)
        axis.plot(curve["nodes"], curve["seconds"], color=look.colour, ls=look.line, lw=1.2)
    for _, row in even[even["dimension"] == dimension].iterrows():
        axis.axvline(row["nodes"], color=style.look(row["sampler"]).colour, ls=":", lw=0.9)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_title(f"D = {dimension}", fontsize=8)
    axis.set_xlabel("nodes N")


def _draw_even(axis: Axes, even: pd.DataFrame, own: int) -> None:
    """Draw break-even against D at each modulus, with lines that grow like P^D."""
    for modulus in sorted(even["modulus"].unique(), reverse=True):
        rows = even[even["modulus"] == modulus]
        looks = {name: style.look(name) for name in rows["sampler"].unique()}
        draw_lines(axis, rows, "dimension", "nodes", looks)
        _draw_power(axis, rows, int(modulus))
    axis.set_yscale("log")
    axis.set_xlabel("dimension D")
    axis.set_ylabel("nodes N at break-even")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _draw_power(axis: Axes, rows: pd.DataFrame, modulus: int) -> None:
    """Draw a line like P^D below the last break-even, and say which P it is."""
    if rows.empty:
        return
    top = rows.loc[rows["dimension"].idxmax()]
    places = np.arange(rows["dimension"].min(), top["dimension"] + 1)
    heights = 0.3 * top["nodes"] * float(modulus) ** (places - top["dimension"])
    axis.plot(places, heights, color="0.6", lw=0.8)
    where = (places[-1], heights[-1])
    beside = {"xytext": (-3, -9), "textcoords": "offset points", "ha": "left"}
    axis.annotate(f"P = {modulus}", where, color="0.3", fontsize=7, **beside)


def _explain(figure: Figure, rows: pd.DataFrame, settings: Mapping, fast: str) -> None:
    study = style.study_line(settings, points=rows["points"], modulus=rows["modulus"], nodes=None)
    told: Sequence[str] = (
        f"Top, P = {settings['modulus']}: preparation shared among N nodes, and the time of each; "
        f"dotted: break-even, from where on a kept table makes nodes cheaper than "
        f"{style.look(fast).label} does.",
        "Bottom: break-even; bar: 95 % t interval over the passes; grey: lines that grow like P^D.",
        f"Each node's time is that of tickets of {settings['nodes']}.",
    )
    style.footer(figure, [study, *told, style.OUR_DERIVATION])
