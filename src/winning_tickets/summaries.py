"""From the tidy tables of the study to the numbers that figures show and claims are judged by."""

import numpy as np
import pandas as pd

from .law import LARGEST_DENSITY, law_applies, law_risk, uniform_risk
from .statistics import (
    Estimate,
    average_draws,
    exponential_growth,
    mean_interval,
    power_law_slope,
)

RISK_CELL = ["family", "target", "dimension", "modulus", "points", "sampler", "nodes"]
TIMING_CELL = ["grid", "sampler", "dimension", "points", "modulus", "nodes"]

FIRST_DIMENSION = 4
"""Smallest dimension from which exponential growth is judged."""

SHORTEST = 0.01
"""Medians below this many seconds are mostly overhead and do not enter a growth rate."""

LAST_FACTOR = 16
"""A power law is judged over this last factor of its range."""


def risk_summary(risks: pd.DataFrame, seed: int, value: str = "relative_risk") -> pd.DataFrame:
    """Mean of each cell with its 95 % interval over replicates.

    Parameters
    ----------
    risks : DataFrame
        The risk table; rows whose status is not "ok" are left out.
    seed : int
        Seed of the bootstrap.
    value : str
        Column to average.

    Returns
    -------
    DataFrame
        One row per cell, sampler and N with mean, low, high and the number of replicates.
    """
    drawn = risks[risks["status"] == "ok"]
    # Rows of skipped cells leave gaps, which turn these columns into floats.
    drawn = drawn.astype(dict.fromkeys(("dimension", "modulus", "points", "nodes"), int))
    means = average_draws(drawn, value, RISK_CELL)
    rows = []
    for cell, group in means.groupby(RISK_CELL, sort=True):
        found = mean_interval(group[value], rng=seed)
        rows.append((*cell, len(group), found.value, found.low, found.high))
    found = pd.DataFrame(rows, columns=[*RISK_CELL, "replicates", "mean", "low", "high"])
    # Without rows the types would be lost.
    return found.astype(means[RISK_CELL].dtypes)


SPARSE_FAMILIES = ("random", "digits")
"""Families whose points are a share M / P^D of what they span; the others fill their span."""


def law_summary(
    risks: pd.DataFrame, seed: int, *, sampler: str = "spectral", ridge: float = 0.0
) -> pd.DataFrame:
    """Measured mean risk of each cell beside what the law predicts for it.

    Parameters
    ----------
    risks : DataFrame
        The risk table; kappa is averaged from the draws of ``sampler``.
    seed : int
        Seed of the bootstrap.
    sampler : str
        An exact sampler that runs in every cell.
    ridge : float
        Ridge parameter of the study.

    Returns
    -------
    DataFrame
        Summary rows of ``sampler`` and "uniform" with nu, kappa, predicted, the standard error
        over replicates, and whether the law applies.
    """
    drawn = risks[(risks["status"] == "ok") & risks["sampler"].isin([sampler, "uniform"])]
    cell = [name for name in RISK_CELL if name != "sampler"]
    drawn = drawn.assign(kappa=drawn["kappa"].where(drawn["sampler"] == sampler))
    kappa = drawn.groupby(cell)["kappa"].mean()
    found = risk_summary(drawn, seed).join(kappa, on=cell).dropna(subset=["kappa"])
    errors = average_draws(drawn, "relative_risk", RISK_CELL).groupby(RISK_CELL)["relative_risk"]
    found = found.join(errors.sem().rename("error"), on=RISK_CELL)
    nu = found["nodes"] / found["points"]
    uniform = found["sampler"] == "uniform"
    density = found["points"] / found["modulus"].astype(float) ** found["dimension"]
    density = density.where(found["family"].isin(SPARSE_FAMILIES), 1.0)
    return found.assign(
        nu=nu,
        predicted=np.where(uniform, uniform_risk(nu), law_risk(nu, found["kappa"])),
        sparse=density <= LARGEST_DENSITY,
        applies=law_applies(nu, found["kappa"], found["points"], density=density, ridge=ridge),
    )


def timing_summary(timings: pd.DataFrame) -> pd.DataFrame:
    """Median time of each timing cell and sampler, preparation and drawing together.

    Parameters
    ----------
    timings : DataFrame
        The timing table; warm-ups and rows whose status is not "ok" are left out.

    Returns
    -------
    DataFrame
        One row per cell and sampler: seconds (median) with its quartiles low and high, the
        medians of the exact counts, the number of repeats, and whether the cell is unstable.
    """
    measured = timings[(timings["status"] == "ok") & ~timings["warmup"].astype(bool)]
    measured = measured.assign(total=measured["prepare_seconds"] + measured["draw_seconds"])
    times = measured.groupby(TIMING_CELL, sort=True).agg(
        seconds=("total", "median"),
        low=("total", lambda values: values.quantile(0.25)),
        high=("total", lambda values: values.quantile(0.75)),
        proposals=("proposals", "median"),
        weight_evaluations=("weight_evaluations", "median"),
        array_entries=("array_entries", "median"),
        repeats=("total", "size"),
        unstable=("unstable", "max"),
    )
    return times.reset_index()


def operations_per_node(times: pd.DataFrame) -> pd.Series:
    """Multiply-adds of one of N nodes, preparation shared among them, from exact counts.

    Parameters
    ----------
    times : DataFrame
        Rows of `timing_summary`.

    Returns
    -------
    Series
        D for each evaluated inner product, and for each entry of an array over the domain: P for
        the weights of `enumeration`, log2 of their number for the transform of `fft`; D at least,
        what it takes to write a node down.
    """
    entries = times["array_entries"].astype(float)
    per_entry = np.where(times["sampler"] == "fft", np.log2(entries.clip(2)), times["modulus"])
    total = times["weight_evaluations"].astype(float) * times["dimension"] + entries * per_entry
    return (total / times["nodes"]).clip(times["dimension"].astype(float))


def of_sampler(times: pd.DataFrame, grid: str, sampler: str) -> pd.DataFrame:
    """Rows of one sampler on one timing grid, in order of size."""
    chosen = times[(times["grid"] == grid) & (times["sampler"] == sampler)]
    return chosen.sort_values(["dimension", "points"])


def growth_per_dimension(curve: pd.DataFrame) -> Estimate | None:
    """Growth factor of seconds per unit of D, from dimension 4 on and above 10 ms.

    Parameters
    ----------
    curve : DataFrame
        Summary rows of one sampler on one grid.

    Returns
    -------
    Estimate or None
        None where fewer than three dimensions qualify.
    """
    judged = curve[(curve["dimension"] >= FIRST_DIMENSION) & (curve["seconds"] > SHORTEST)]
    if len(judged) < 3:
        return None
    return exponential_growth(judged["dimension"], judged["seconds"])


def last_slope(curve: pd.DataFrame, along: str, value: str = "seconds") -> Estimate | None:
    """Log-log slope over the last factor 16 of the range.

    Parameters
    ----------
    curve : DataFrame
        Summary rows of one sampler on one grid.
    along : str
        "dimension" or "points".
    value : str
        What grows.

    Returns
    -------
    Estimate or None
        None where fewer than three sizes lie in that range.
    """
    judged = curve[curve[along] * LAST_FACTOR >= curve[along].max()]
    if len(judged) < 3:
        return None
    return power_law_slope(judged[along], judged[value])
