"""What the figures of the risks share: panels of samplers, and words about what is left out."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from ...plotting import style
from ...plotting.lines import draw_lines

SIDE_BY_SIDE = "Samplers of one distribution lie on each other and are drawn side by side."


def stops(risks: pd.DataFrame, names: style.Names) -> list[str]:
    """Say in one sentence where a family or a sampler was first left out, and why."""
    left = risks[risks["status"] == "skipped"].sort_values(["dimension", "nodes"], kind="stable")
    parts = []
    for sampler in style.in_order(left["sampler"].dropna()):
        firsts = left[left["sampler"] == sampler].drop_duplicates("family")
        # Where families stop at the same size, the first of them speaks for the others.
        for _, first in firsts.drop_duplicates("dimension").iterrows():
            parts.append(
                f"{style.short(sampler)} from {_place(first, names)} ({style.cause(first)})"
            )
    for _, first in left[left["sampler"].isna()].drop_duplicates("family").iterrows():
        parts.append(f"{_place(first, names)} and beyond ({style.cause(first)})")
    return [f"Left out: {'; '.join(parts)}."] if parts else []


def _place(row: pd.Series, names: style.Names) -> str:
    """Name the size at which something stops: N where there is one dimension only."""
    family = row["family"]
    if family in names.families(single=True):
        return f"N = {row['nodes']:,.0f}"
    return f"{names.family(family)}, D = {row['dimension']}"


def draw_samplers(
    axis: Axes,
    cells: pd.DataFrame,
    along: str,
    places: Sequence,
    samplers: Sequence[str],
    floor: float = 0.0,
    looks: Mapping[str, style.Look] | None = None,
) -> None:
    """Draw one panel: a curve per sampler with intervals, at evenly spaced places, moved apart.

    ``looks`` are those of what is no sampler.
    """
    spread = min(0.12, 0.5 / max(len(samplers) - 1, 1))
    aside = {name: spread * (turn - (len(samplers) - 1) / 2) for turn, name in enumerate(samplers)}
    rows = cells.assign(place=cells[along].map(places.index) + cells["sampler"].map(aside))
    for name in ("mean", "low", "high"):
        rows[name] = rows[name].clip(lower=floor)
    draw_lines(
        axis,
        rows,
        "place",
        "mean",
        {name: (looks or {}).get(name) or style.look(name) for name in samplers},
    )
    # Every other name where there is no room for all; the largest always has its own.
    every = 2 if len(places) > 8 else 1
    names = [f"{p:,}" if turn % every == 0 else "" for turn, p in enumerate(reversed(places))]
    axis.set_xticks(range(len(places)), names[::-1])
    axis.set_xlim(-0.5, len(places) - 0.5)


def fewer_draws(risks: pd.DataFrame, settings: Mapping) -> list[str]:
    """Say which samplers drew fewer tickets per data set than the others, and how many.

    Parameters
    ----------
    risks : DataFrame
        Rows of the risk table.
    settings : mapping
        Plain settings of the study; key used: draws.

    Returns
    -------
    list of str
        At most one sentence.
    """
    drawn = risks[risks["status"] == "ok"]
    counts = drawn.groupby(["sampler", "family", "dimension"])["draw"].nunique()
    parts = []
    for sampler in style.in_order(drawn["sampler"]):
        least, most = counts[sampler].min(), counts[sampler].max()
        if least < settings.get("draws", 0):
            parts.append(
                f"{style.short(sampler)} {least}" + (f" to {most}" if most > least else "")
            )
    return [f"Fewer draws, as its budget allows: {'; '.join(parts)}."] if parts else []
