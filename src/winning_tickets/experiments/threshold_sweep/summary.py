"""From the table of the threshold sweep to the numbers that its figure shows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...statistics import (
    average_draws,
    mean_interval,
)


def threshold_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean risks and acceptance rates over replicates, for both sweeps.

    Parameters
    ----------
    table : DataFrame
        The table of the threshold sweep; rows whose status is not "ok" are left out.

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
        found = mean_interval(group["relative_risk"])
        rows.append((*names, len(group), found.value, found.low, found.high))
    summary = pd.DataFrame(rows, columns=[*cell, "replicates", "mean", "low", "high"])
    return summary.join(rates, on=cell)
