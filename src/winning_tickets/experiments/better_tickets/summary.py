"""From the table of better tickets to the numbers that its figure shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...risk import RISK_FLOOR
from ...statistics import Estimate, mean_interval, ratio_interval
from .sources import OPTIMIZED, UNIFORM

COMPARED_CELL = ["family", "target", "dimension", "modulus", "points"]
"""What names one panel of the comparison of tickets."""

_WAY = [*COMPARED_CELL, "way", "sampler", "nodes", "candidates"]


def comparison_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean risks and median seconds of every way to make a ticket.

    Parameters
    ----------
    table : DataFrame
        The table of better tickets.

    Returns
    -------
    DataFrame
        One row per cell, way, sampler, N and c: replicates, median seconds of drawing and
        selecting, mean nodes kept, and for relative_risk and test_risk the mean, median and the
        ends of the 95 % interval of the mean.
    """
    table = table[table["status"] == "ok"]
    table = table.assign(seconds=table["draw_seconds"] + table["select_seconds"])
    rows = []
    for names, group in table.groupby(_WAY, sort=True):
        row = dict(zip(_WAY, names, strict=True)) | {"replicates": len(group)}
        for value in ("draw_seconds", "select_seconds", "seconds"):
            row[value] = group[value].median()
        row["kept_nodes"] = group["kept_nodes"].mean()
        for value in ("relative_risk", "test_risk"):
            known = group[value].dropna()
            if len(known):
                row |= _columns(value, mean_interval(known))
                row[f"{value}_median"] = known.median()
        rows.append(row)
    return pd.DataFrame(rows)


def control_summary(table: pd.DataFrame, nodes: int) -> pd.DataFrame:
    """Compare greedy choices from p* with those from uniform candidates, the control.

    Parameters
    ----------
    table : DataFrame
        The table of better tickets.
    nodes : int
        Ticket size N at which c varies.

    Returns
    -------
    DataFrame
        One row per cell, c and control ("candidates": as many uniform ones; "seconds": as many as
        the same median time of drawing and selecting allows): the candidates per node of the
        control, the ratio of mean relative risks with its 95 % interval (Fieller, over replicates)
        and a verdict: "lower", "higher", "no difference", or "both exact".

    Notes
    -----
    The risk at the same seconds is read off the uniform candidates of each replicate by log-log
    interpolation between the measured c. Where the time lies outside what was measured, the
    nearest c stands for it.
    """
    measured = table[table["status"] == "ok"]
    at_size = measured[(measured["way"] == "greedy") & (measured["nodes"] == nodes)]
    at_size = at_size.assign(seconds=at_size["draw_seconds"] + at_size["select_seconds"])
    rows = []
    for names, group in at_size.groupby(COMPARED_CELL, sort=True):
        cell = dict(zip(COMPARED_CELL, names, strict=True)) | {"nodes": nodes}
        risks = group.pivot_table("relative_risk", "replicate", ["sampler", "candidates"])
        seconds = group.groupby(["sampler", "candidates"])["seconds"].median()
        for factor in risks[OPTIMIZED].columns:
            for control, place in _controls(seconds, factor):
                other = _between(risks[UNIFORM], place)
                found = _ratio(risks[OPTIMIZED][factor].to_numpy(), other)
                rows.append(cell | {"candidates": factor, "control": control} | place | found)
    return pd.DataFrame(rows)


def _columns(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _controls(seconds: pd.Series, factor: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield both controls of one c, with the uniform candidates per node each amounts to."""
    uniform = seconds[UNIFORM].sort_index()
    counts, times = uniform.index.to_numpy(dtype=float), np.maximum.accumulate(uniform.to_numpy())
    if factor in uniform.index:
        yield "candidates", {"control_candidates": float(factor)}
    same = np.interp(np.log(seconds[OPTIMIZED][factor]), np.log(times), np.log(counts))
    yield "seconds", {"control_candidates": float(np.exp(same))}


def _between(risks: pd.DataFrame, place: dict[str, float]) -> np.ndarray:
    """Read every replicate's risk at a number of candidates, between the measured ones."""
    counts = np.log(risks.columns.to_numpy(dtype=float))
    wanted = np.log(place["control_candidates"])
    logs = np.log(np.maximum(risks.to_numpy(), RISK_FLOOR))
    values = np.exp([np.interp(wanted, counts, row) for row in logs])
    return np.where(values <= 2 * RISK_FLOOR, 0.0, values)


def _ratio(risks: np.ndarray, control: np.ndarray) -> dict[str, object]:
    if not risks.any() and not control.any():
        return {"ratio": np.nan, "low": np.nan, "high": np.nan, "verdict": "both exact"}
    found = ratio_interval(risks, control)
    verdict = "no difference"
    if found.high < 1:
        verdict = "lower"
    elif found.low > 1:
        verdict = "higher"
    return {"ratio": found.value, "low": found.low, "high": found.high, "verdict": verdict}
