"""From the table of times to the numbers that figures show and claims are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...statistics import LAST_FACTOR, Estimate, slope_of_each, t_interval
from .measure import FEWEST_PASSES, TABLE

TIMING_CELL = ["grid", "sampler", "dimension", "points", "modulus", "nodes"]

UNSTABLE_SPREAD = 0.3
"""A median over passes whose inter-quartile range exceeds this share of it is called unstable."""

FEWEST_SIZES = 3
"""A slope needs as many sizes at least."""


def measured(timings: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were measured, with the seconds and operations of one ticket.

    Parameters
    ----------
    timings : DataFrame
        The timing table.

    Returns
    -------
    DataFrame
        Its rows with status "ok" and two more columns: seconds, of processor time for preparation
        and drawing together, and operations.
    """
    rows = timings[timings["status"] == "ok"]
    seconds = rows["prepare_seconds"] + rows["draw_seconds"]
    return rows.assign(seconds=seconds, operations=operations(rows))


def tickets(timings: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `measured` that one ticket is charged with: no table is kept for more."""
    rows = measured(timings)
    return rows[rows["mode"] != TABLE]


def operations(rows: pd.DataFrame) -> pd.Series:
    """Count the operations of one ticket, preparation included, from exact counts.

    Parameters
    ----------
    rows : DataFrame
        Rows with the counts of the timing table.

    Returns
    -------
    Series
        D for each evaluated inner product; those of the walk over the trie (`spectral`); for each
        entry of an array over the domain P for the weights of `enumeration`, log2 of their number
        for the transform of `fft`; and what it takes to write the nodes down, N D.
    """
    entries = rows["array_entries"].astype(float)
    per_entry = np.where(rows["sampler"] == "fft", np.log2(entries.clip(2)), rows["modulus"])
    evaluated = rows["weight_evaluations"].astype(float) * rows["dimension"]
    written = rows["nodes"].astype(float) * rows["dimension"]
    return evaluated + rows["walk_operations"] + entries * per_entry + written


def timing_summary(timings: pd.DataFrame) -> pd.DataFrame:
    """Median time of one ticket of each timing cell and sampler.

    Parameters
    ----------
    timings : DataFrame
        The timing table.

    Returns
    -------
    DataFrame
        One row per cell and sampler: seconds (median over the passes) with its quartiles low and
        high, the medians of the exact counts, the number of passes, and whether it is unstable.
    """
    times = tickets(timings).groupby(TIMING_CELL, sort=True)
    times = times.agg(
        seconds=("seconds", "median"),
        low=("seconds", lambda values: values.quantile(0.25)),
        high=("seconds", lambda values: values.quantile(0.75)),
        proposals=("proposals", "median"),
        weight_evaluations=("weight_evaluations", "median"),
        array_entries=("array_entries", "median"),
        operations=("operations", "median"),
        passes=("pass", "nunique"),
    ).reset_index()
    spread = times["high"] - times["low"]
    return times.assign(unstable=spread > UNSTABLE_SPREAD * times["seconds"])


def of_sampler(times: pd.DataFrame, grid: str, sampler: str, modulus: int) -> pd.DataFrame:
    """Rows of one sampler at one modulus on one timing grid, in order of size."""
    chosen = (times["grid"] == grid) & (times["sampler"] == sampler) & (times["modulus"] == modulus)
    return times[chosen].sort_values(["dimension", "points"])


def in_range(rows: pd.DataFrame, judged: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows over whose sizes the growth of one sampler on one grid is taken.

    Parameters
    ----------
    rows : DataFrame
        Rows of `of_sampler`.
    judged : mapping
        ``timing.judged`` of the configuration.

    Returns
    -------
    DataFrame
        Of a sampler with an array over the domain those with ``domain_least`` points in it; of the
        others those in the range declared, or the last factor 16 where none is.
    """
    if rows.empty:
        return rows
    grid, sampler = rows["grid"].iloc[0], rows["sampler"].iloc[0]
    along = "points" if grid == "points" else "dimension"
    if rows["array_entries"].max() > 0:
        domain = rows["modulus"].astype(float) ** rows["dimension"]
        return rows[domain >= judged["domain_least"]]
    ranges = judged["proportional" if grid.endswith("proportional") else "fixed"]
    if grid == "points" or sampler not in ranges:
        return rows[rows[along] * LAST_FACTOR >= rows[along].max()]
    return rows[rows["dimension"].between(*ranges[sampler])]


def by_pass(rows: pd.DataFrame, value: str, along: str = "dimension") -> pd.DataFrame:
    """Return a value with a row for each pass and a column for each size that every pass has."""
    table = rows.pivot(index="pass", columns=along, values=value)
    return table.dropna(axis="columns")


def pass_slopes(
    rows: pd.DataFrame,
    value: str = "seconds",
    against: str = "dimension",
    *,
    exponential: bool = False,
) -> np.ndarray | None:
    """Slope of the logarithm of a value in each pass, by least squares over the sizes.

    Parameters
    ----------
    rows : DataFrame
        Rows of one sampler on one grid, one for each pass and size.
    value : str
        What grows.
    against : str
        What it is fitted on: "dimension", "points" or another column.
    exponential : bool
        Whether the size itself, and not its logarithm, is what it is fitted on.

    Returns
    -------
    numpy.ndarray of float64 or None
        One slope a pass; None where there are fewer than `FEWEST_SIZES` sizes or `FEWEST_PASSES`.
    """
    if rows.empty:
        return None
    along = "points" if rows["grid"].iloc[0] == "points" else "dimension"
    values = by_pass(rows, value, along)
    if values.shape[1] < FEWEST_SIZES or len(values) < FEWEST_PASSES:
        return None
    if against == along:
        places = values.columns.to_numpy(dtype=float)
    else:
        places = by_pass(rows, against, along)[values.columns].to_numpy(dtype=float)
    places = places if exponential else np.log(places)
    return slope_of_each(places, np.log(values.to_numpy(dtype=float)))


def as_factor(found: Estimate) -> Estimate:
    """Return the exponential of a logarithm with its interval."""
    return Estimate(*(float(np.exp(end)) for end in (found.value, found.low, found.high)))


def growth(rows: pd.DataFrame, judged: Mapping[str, Any]) -> Estimate | None:
    """Growth of seconds over the sizes that are judged, with its interval over the passes.

    Parameters
    ----------
    rows : DataFrame
        Rows of one sampler on one grid, one for each pass and size.
    judged : mapping
        ``timing.judged`` of the configuration.

    Returns
    -------
    Estimate or None
        The factor per unit of D for a sampler with an array over the domain, else the exponent of
        D, or of M on the grid "points"; None where too little was measured.
    """
    chosen = in_range(rows, judged)
    if chosen.empty:
        return None
    along = "points" if chosen["grid"].iloc[0] == "points" else "dimension"
    exponential = along == "dimension" and chosen["array_entries"].max() > 0
    slopes = pass_slopes(chosen, "seconds", along, exponential=exponential)
    if slopes is None:
        return None
    found = t_interval(slopes)
    return as_factor(found) if exponential else found
