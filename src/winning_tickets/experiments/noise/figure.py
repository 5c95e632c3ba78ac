"""The share of p* on the target's line, and the transition, with noise."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...plotting import style
from ...statistics import mean_interval
from ..better_tickets.panels import name_ticks

_MARKERS = "os^Dv"


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw measured shares and successes as markers, predicted ones as lines.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``noise``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and means over functions with their intervals.
    """
    table = tables["noise"]
    table = table[table["status"] == "ok"]
    if table.empty:
        return style.no_data("noise in the target", settings)
    summary = noise_summary(table)
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.0)
    left, right = figure.subplots(1, 2)
    handles = []
    for place, (noise, rows) in enumerate(summary.groupby("noise")):
        look = style.Look(f"\u03b7 = {noise:g}", style.PALETTE[place], _MARKERS[place % 5])
        known = look.shown() | {"ls": ""}
        left.plot(rows["share"], rows["line_share"], **known)
        left.plot(rows["share"], rows["predicted_line_share"], color=look.colour, lw=0.9)
        scaled = rows["points"] * rows["nodes"] / rows["modulus"] ** rows["dimension"]
        scaled = scaled / (1 + noise)
        bars = np.abs(rows[["success_low", "success_high"]].T.to_numpy() - rows["success"].array)
        right.errorbar(scaled, rows["success"], yerr=bars, elinewidth=0.7, **known)
        right.plot(scaled, rows["predicted_success"], color=look.colour, lw=0.9)
        handles.append(style.handle(look))
    left.set(yscale="log", xlabel="share s of the grid that is seen")
    name_ticks(left, sorted(summary["share"].unique()), 10)
    left.set_ylabel("share of draws on the target's line")
    right.set(xscale="log", xlabel="s N / (1 + \u03b7), nodes expected on the line")
    right.set_ylabel("tickets that represent the target")
    style.label_panels((left, right))
    line = Line2D([], [], color="0.3", lw=0.9, label="predicted")
    figure.legend(handles=[*handles, line], loc="outside upper center", ncols=len(handles) + 1)
    first = summary.iloc[0]
    facts = {"nodes": int(first["nodes"]), "replicates": int(first["replicates"]), "draws": None}
    sentences = [
        f"One sine on the grid of D = {first['dimension']:.0f}; \u03b7 is the power of the noise "
        f"over that of the target; {first['tickets']:.0f} tickets a function.",
        style.study_line(settings, modulus=int(first["modulus"]), points=None, **facts),
        "Marker: mean over functions; bar: 95 % interval. Lines: predicted, nothing fitted.",
        style.OUR_DERIVATION,
    ]
    style.footer(figure, sentences)
    return figure, summary


def noise_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return means over functions, and the ends of the 95 % interval of the share of successes."""
    cell = ["dimension", "modulus", "noise", "share", "points", "nodes", "tickets"]
    rows = []
    for names, group in table.groupby(cell, sort=True):
        found = mean_interval(group["success"])
        means = ["line_share", "predicted_line_share", "predicted_success", "clean_risk"]
        rows.append(
            dict(zip(cell, names, strict=True))
            | group[means].astype(float).mean().to_dict()
            | {"success": found.value, "success_low": found.low, "success_high": found.high}
            | {"replicates": len(group)}
        )
    return pd.DataFrame(rows)
