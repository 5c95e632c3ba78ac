"""From the tables of the questions beyond the claims to the numbers that their figures show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import scipy

from .risk import RISK_FLOOR
from .statistics import Estimate, average_draws, mean_interval, ratio_of_means

GENERALIZED = 1e-6
"""A ticket whose test risk is below this represents the target; what is left is rounding."""

COMPARED_CELL = ["family", "target", "dimension", "modulus", "points"]
"""What names one panel of the comparison of tickets."""

_WAY = [*COMPARED_CELL, "way", "sampler", "nodes", "candidates"]


def generalization_summary(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Mean risks and the share of tickets that generalize, beside what was predicted.

    Parameters
    ----------
    table : DataFrame
        The table of generalization; rows left out are ignored.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        One row per target, dimension, share and ticket: replicates, for relative_risk, test_risk
        and success the mean with the ends of its 95 % interval (bootstrap for risks, Wilson's for
        the share of successes), and the three predictions.
    """
    measured = table[table["status"] == "ok"]
    measured = measured.assign(success=(measured["test_risk"] < GENERALIZED).astype(float))
    cell = ["target", "dimension", "modulus", "share", "points", "ticket", "nodes"]
    predicted = ["predicted_risk", "predicted_test_risk", "predicted_success"]
    rows = []
    for names, group in measured.groupby(cell, sort=True):
        row = dict(zip(cell, names, strict=True)) | {"replicates": len(group)}
        for value in ("relative_risk", "test_risk"):
            row |= _columns(value, mean_interval(group[value], rng=seed))
        row |= _columns("success", _share(group["success"]))
        rows.append(row | group[predicted].iloc[0].to_dict())
    return pd.DataFrame(rows)


def threshold_summary(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Mean risks and acceptance rates over replicates, for both sweeps.

    Parameters
    ----------
    table : DataFrame
        The table of the threshold sweep; rows whose status is not "ok" are left out.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        One row per sweep, cell, ticket, soft_threshold (infinite for p*), repeats and
        ridge_relative: mean, low and high of the risk, and mean acceptance rates.
    """
    measured = table[table["status"] == "ok"].copy()
    measured["soft_threshold"] = measured["soft_threshold"].astype(float).fillna(np.inf)
    cell = ["sweep", "family", "target", "dimension", "modulus", "points", "nodes", "ticket"]
    cell += ["soft_threshold", "repeats", "ridge_relative"]
    measured = measured.fillna({"repeats": "", "ridge_relative": -1.0})
    rates = measured.groupby(cell)[["acceptance_rate", "rate_optimized", "rate_uniform"]].mean()
    rows = []
    for names, group in average_draws(measured, "relative_risk", cell).groupby(cell, sort=True):
        found = mean_interval(group["relative_risk"], rng=seed)
        rows.append((*names, len(group), found.value, found.low, found.high))
    summary = pd.DataFrame(rows, columns=[*cell, "replicates", "mean", "low", "high"])
    return summary.join(rates, on=cell)


def comparison_summary(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Mean risks and median seconds of every way to make a ticket.

    Parameters
    ----------
    table : DataFrame
        The table of better tickets.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        One row per cell, way, sampler, N and c: replicates, median seconds of drawing and
        selecting, mean nodes kept, and for relative_risk and test_risk the mean, median and the
        ends of the 95 % interval of the mean.
    """
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
                row |= _columns(value, mean_interval(known, rng=seed))
                row[f"{value}_median"] = known.median()
        rows.append(row)
    return pd.DataFrame(rows)


def control_summary(table: pd.DataFrame, nodes: int, seed: int) -> pd.DataFrame:
    """Compare greedy choices from p* with those from uniform candidates, the control.

    Parameters
    ----------
    table : DataFrame
        The table of better tickets.
    nodes : int
        Ticket size N at which c varies.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        One row per cell, c and control ("candidates": as many uniform ones; "seconds": as many as
        the same median time of drawing and selecting allows): the candidates per node of the
        control, the ratio of mean relative risks with its 95 % interval over paired replicates,
        and a verdict: "lower", "higher", "no difference", or "both exact".

    Notes
    -----
    The risk at the same seconds is read off the uniform candidates of each replicate by log-log
    interpolation between the measured c. Where the time lies outside what was measured, the
    nearest c stands for it.
    """
    at_size = table[(table["way"] == "greedy") & (table["nodes"] == nodes)]
    at_size = at_size.assign(seconds=at_size["draw_seconds"] + at_size["select_seconds"])
    rows = []
    for names, group in at_size.groupby(COMPARED_CELL, sort=True):
        cell = dict(zip(COMPARED_CELL, names, strict=True)) | {"nodes": nodes}
        risks = group.pivot_table("relative_risk", "replicate", ["sampler", "candidates"])
        seconds = group.groupby(["sampler", "candidates"])["seconds"].median()
        for factor in risks["spectral"].columns:
            for control, place in _controls(seconds, factor):
                other = _between(risks["uniform"], place)
                found = _ratio(risks["spectral"][factor].to_numpy(), other, seed)
                rows.append(cell | {"candidates": factor, "control": control} | place | found)
    return pd.DataFrame(rows)


def _share(successes: pd.Series) -> Estimate:
    """Return a share with its 95 % interval, which is no point even if all agree."""
    count = int(successes.sum())
    found = scipy.stats.binomtest(count, len(successes)).proportion_ci(method="wilson")
    return Estimate(count / len(successes), float(found.low), float(found.high))


def _columns(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _controls(seconds: pd.Series, factor: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield both controls of one c, with the uniform candidates per node each amounts to."""
    uniform = seconds["uniform"].sort_index()
    counts, times = uniform.index.to_numpy(dtype=float), np.maximum.accumulate(uniform.to_numpy())
    if factor in uniform.index:
        yield "candidates", {"control_candidates": float(factor)}
    same = np.interp(np.log(seconds["spectral"][factor]), np.log(times), np.log(counts))
    yield "seconds", {"control_candidates": float(np.exp(same))}


def _between(risks: pd.DataFrame, place: dict[str, float]) -> np.ndarray:
    """Read every replicate's risk at a number of candidates, between the measured ones."""
    counts = np.log(risks.columns.to_numpy(dtype=float))
    wanted = np.log(place["control_candidates"])
    logs = np.log(np.maximum(risks.to_numpy(), RISK_FLOOR))
    values = np.exp([np.interp(wanted, counts, row) for row in logs])
    return np.where(values <= 2 * RISK_FLOOR, 0.0, values)


def _ratio(risks: np.ndarray, control: np.ndarray, seed: int) -> dict[str, object]:
    if not risks.any() and not control.any():
        return {"ratio": np.nan, "low": np.nan, "high": np.nan, "verdict": "both exact"}
    found = ratio_of_means(risks, control, paired=True, rng=seed)
    verdict = "no difference"
    if found.high < 1:
        verdict = "lower"
    elif found.low > 1:
        verdict = "higher"
    return {"ratio": found.value, "low": found.low, "high": found.high, "verdict": verdict}
