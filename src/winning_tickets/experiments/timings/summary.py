"""From the table of times to the numbers that figures show and claims are judged by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...statistics import (
    Estimate,
    exponential_growth,
)

TIMING_CELL = ["grid", "sampler", "dimension", "points", "modulus", "nodes"]

FIRST_DIMENSION = 4
"""Smallest dimension from which exponential growth is judged."""

SHORTEST = 0.01
"""Medians below this many seconds are mostly overhead and do not enter a growth rate."""


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
