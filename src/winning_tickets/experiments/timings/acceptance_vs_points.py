"""Proposals per accepted node of the rejection sampler, against the number of points."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ...plotting import style


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Proposals per accepted node of the rejection sampler against M', with the line 1/M'.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``, ``timings`` or both; their counts are added up.
    settings : mapping
        Plain settings of the study: seed, and the sampler whose proposals are counted.

    Returns
    -------
    Figure, DataFrame
        The figure and the counts behind it.
    """
    drawn = _drawn_rows(tables, settings["sampler"])
    counts = proposal_counts(drawn)
    moduli, nodes = drawn["modulus"], drawn["nodes"]
    if counts.empty:
        return style.no_data("draws by rejection", settings)
    figure = style.new_figure(style.SINGLE_COLUMN, 3.9)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
    look = style.look(settings["sampler"])
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


def _drawn_rows(tables: Mapping[str, pd.DataFrame], sampler: str) -> pd.DataFrame:
    """Collect one row per draw of a sampler from the tables that are there."""
    parts = []
    for name, size in (("risks", "support"), ("timings", "points")):
        if name not in tables:
            continue
        table = tables[name]
        drawn = table[(table["sampler"] == sampler) & (table["status"] == "ok")]
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
