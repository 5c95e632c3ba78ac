"""Total variation and risk of `capped` against its cap, and the proposals that it takes."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ...plotting import style
from ...plotting.lines import draw_lines
from ...plotting.risk_axis import SQUEEZED, risk_axis
from ..better_tickets.panels import name_ticks
from .measure import CERTAIN, ENOUGH, GIVEN
from .summary import SIZE, capped_summary
from .theory import gaussian_distance

_MARKERS = "osv^DP"
_OPEN = {"line": style.DASHED, "filled": False}
# Total variations below this stand at the lower edge.
_LEAST = 1e-6
# The cap shown beside the one that is enough, or that of the study that is nearest to it.
_SHOWN_CAP = 20.0


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw distance and risk for one or two sizes of each family, and proposals for all sizes.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``capped``.
    settings : mapping
        Plain settings of the study: seed, modulus, families, targets.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary.
    """
    summary = capped_summary(tables["capped"])
    known = summary[summary["total_variation"].notna() & (summary["way"] == GIVEN)]
    if known.empty:
        return style.no_data("caps at which all nodes were written out", settings)
    names = style.Names(settings)
    shown = _sizes_shown(known, names)
    looks = _looks(names.in_order("targets", summary["target"]), names)
    figure = style.new_figure(style.DOUBLE_COLUMN, 6.0)
    # As many columns as the two panels of the bottom row can share evenly.
    places = figure.add_gridspec(3, 2 * len(shown))
    first: list[Axes] = []
    for column, size in enumerate(shown):
        rows = summary[(summary[SIZE] == size).all(axis=1)]
        span = slice(2 * column, 2 * column + 2)
        distance = figure.add_subplot(places[0, span], sharey=first[0] if first else None)
        risk = figure.add_subplot(places[1, span], sharey=first[1] if first else None)
        _draw_size(distance, risk, rows, looks)
        distance.set_title(_title(rows.iloc[0], names), fontsize=style.SMALLEST_FONT)
        if not first:
            first = [distance, risk]
            distance.set_ylabel("total variation to p*")
            risk.set_ylabel("relative risk")
    half = len(shown)
    sparse = known["family"].isin(names.families(sparse=True))
    for place, kind in enumerate((known[~sparse], known[sparse])):
        families = names.in_order("families", kind["family"])
        share = {"sharex": first[2], "sharey": first[2]} if place else {}
        axis = figure.add_subplot(places[2, place * half : (place + 1) * half], **share)
        first.append(axis)
        _draw_proposals(axis, summary[summary["family"].isin(families)], looks)
        axis.set_title(", ".join(map(names.family, families)), fontsize=style.SMALLEST_FONT)
        _draw_bounds(axis, summary)
    first[2].set_ylabel("proposals a node")
    style.label_panels(first)
    handles = [style.handle(look) for look in looks.values()]
    handles += [
        Line2D([], [], color="0.3", lw=0.9, label="(a) if u were Gaussian"),
        Line2D([], [], color="0.3", lw=0.9, ls=style.DASHED, label="(c), (d) rejection"),
        Line2D([], [], color="0.3", lw=0.9, ls=style.DOTTED, label="(c), (d) capped, always exact"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    style.footer(figure, _caption(summary, settings))
    return figure, summary


def _sizes_shown(known: pd.DataFrame, names: style.Names) -> list[pd.Series]:
    """Return the sizes shown in full: of sparse families the sparsest and the densest.

    Sizes of more points than nodes come first, and those of which all tickets were drawn.
    """
    sizes = known.groupby(SIZE)[["replicates", "drawn"]].sum().reset_index()
    sizes["more_points"] = sizes["points"] > sizes["nodes"]
    sizes["complete"] = sizes["drawn"] == sizes["replicates"]
    sizes["density"] = sizes["points"] / sizes["modulus"].astype(float) ** sizes["dimension"]
    shown = []
    for family in names.in_order("families", sizes["family"]):
        best = ["more_points", "complete"]
        own = sizes[sizes["family"] == family].sort_values([*best, "density", "points"])
        own = own[(own[best] == own[best].iloc[-1]).all(axis=1)]
        ends = [0, -1] if family in names.families(sparse=True) and len(own) > 1 else [-1]
        shown += [own[SIZE].iloc[end] for end in ends]
    return shown


def _looks(targets: list[str], names: style.Names) -> dict[str, style.Look]:
    colours = [style.PALETTE[place] for place in (0, 3, 2, 4, 1, 5)]
    return {
        target: style.Look(names.target(target), colours[place % 6], _MARKERS[place % 6])
        for place, target in enumerate(targets)
    }


def _title(row: pd.Series, names: style.Names) -> str:
    family = names.family(row["family"])
    return f"{family}\nD = {row['dimension']}, M = {row['points']:,}"


def _draw_size(
    distance: Axes, risk: Axes, rows: pd.DataFrame, looks: Mapping[str, style.Look]
) -> None:
    """Draw one size: uniform nodes at the left end, p* at the right one."""
    caps = sorted(rows["given_cap"].dropna().unique())
    ends = {"uniform": caps[0] / 2.5, "spectral": caps[-1] * 2.5}
    rows = rows[rows["way"].isin([*ends, GIVEN])]
    rows = rows.assign(place=rows["given_cap"].fillna(rows["way"].map(ends))).sort_values("place")
    fine = np.geomspace(caps[0], caps[-1], 60)
    distance.plot(fine, [gaussian_distance(cap) for cap in fine], color="0.3", lw=0.9, zorder=1.5)
    drawn = rows[rows["way"] != "spectral"]
    drawn = drawn.assign(total_variation=drawn["total_variation"].clip(lower=_LEAST))
    draw_lines(distance, drawn, "place", "total_variation", looks, by="target", ends=None)
    distance.set(yscale="log", ylim=(_LEAST, 1.5))
    distance.yaxis.set_major_locator(LogLocator(numticks=4))
    distance.yaxis.set_major_formatter(FuncFormatter(_distance_name))
    distance.yaxis.set_minor_locator(NullLocator())
    known = rows[rows["relative_risk"].notna()]
    heights = ["relative_risk", "low", "high"]
    known = known.assign(**{name: known[name].clip(lower=style.RISK_FLOOR) for name in heights})
    draw_lines(risk, known, "place", "relative_risk", looks, by="target")
    risk_axis(risk, style.RISK_FLOOR)
    places = [ends["uniform"], *caps, ends["spectral"]]
    for axis in (distance, risk):
        name_ticks(axis, places, 10)
        labels = ["unif.", *(f"{cap:g}" for cap in caps), "p*"]
        axis.set_xticks(places, labels, fontsize=style.SMALLEST_FONT)
    risk.set_xlabel("cap B")


def _distance_name(value: float, _: int) -> str:
    if value <= _LEAST:
        return "0"
    return f"$10^{{{round(np.log10(value))}}}$"


def _draw_proposals(axis: Axes, summary: pd.DataFrame, looks: Mapping[str, style.Look]) -> None:
    """Draw what all sizes take at one cap (open) and at the one that is enough (filled)."""
    caps = summary["given_cap"].dropna().unique()
    rows = summary[summary["support"].notna()].assign(width=summary["dimension"])
    # Where each dimension has one size, as on full grids, a curve goes through all dimensions.
    single = rows.groupby(["family", "dimension"])["points"].transform("nunique") == 1
    rows["width"] = rows["width"].where(~single, 0)
    fixed = rows[rows["given_cap"] == _shown_cap(caps)]
    for part, changed in ((fixed, _OPEN), (rows[rows["way"] == ENOUGH], {})):
        for (_, target, _), own in part.groupby(["family", "target", "width"]):
            look, own = replace(looks[target], **changed), own.sort_values("support")
            axis.plot(own["support"], own["expected_proposals"], **look.shown())
    axis.set(xscale="log", yscale="log", xlabel="points M'")


def _draw_bounds(axis: Axes, summary: pd.DataFrame) -> None:
    """Draw the proposals of `rejection`, and of `capped` at a cap that no node exceeds."""
    for way, line in (("rejection", style.DASHED), (CERTAIN, style.DOTTED)):
        rows = summary[summary["way"] == way].sort_values("support")
        axis.plot(rows["support"], rows["expected_proposals"], color="0.3", lw=0.9, ls=line)


def _shown_cap(caps: np.ndarray) -> float:
    return min(caps, key=lambda cap: abs(cap - _SHOWN_CAP))


def _caption(summary: pd.DataFrame, settings: Mapping) -> list[str]:
    facts = {"modulus": summary["modulus"].unique(), "points": summary["points"].unique()}
    facts |= {"nodes": summary["nodes"].unique(), "replicates": int(summary["replicates"].max())}
    enough = summary.loc[summary["way"] == ENOUGH, "total_variation"].max()
    cap = _shown_cap(summary["given_cap"].dropna().unique())
    return [
        "(a) exact, from all nodes; (b) tickets; left end: uniform nodes, right end: p*, drawn by "
        "spectral. (c), (d) expected proposals a node; filled: the smallest B whose total "
        f"variation is at most {enough:.2g}; open: B = {cap:g}.",
        style.study_line(settings, draws=None, **facts),
        style.mean_line(int(summary["replicates"].max())),
        SQUEEZED,
        style.OUR_DERIVATION,
    ]
