"""From the table of generalization to the numbers that its figure shows."""

from __future__ import annotations

import pandas as pd
import scipy

from ...statistics import (
    Estimate,
    mean_interval,
)

GENERALIZED = 1e-6
"""A ticket whose test risk is below this represents the target; what is left is rounding."""


def generalization_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean risks and the share of tickets that generalize, beside what was predicted.

    Parameters
    ----------
    table : DataFrame
        The table of generalization; rows left out are ignored.

    Returns
    -------
    DataFrame
        One row per target, dimension, share and ticket: replicates, for relative_risk, test_risk
        and success the mean with the ends of its 95 % interval (Student's for risks, Wilson's for
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
            row |= _columns(value, mean_interval(group[value]))
        row |= _columns("success", _share(group["success"]))
        rows.append(row | group[predicted].iloc[0].to_dict())
    return pd.DataFrame(rows)


def _share(successes: pd.Series) -> Estimate:
    """Return a share with its 95 % interval, which is no point even if all agree."""
    count = int(successes.sum())
    found = scipy.stats.binomtest(count, len(successes)).proportion_ci(method="wilson")
    return Estimate(count / len(successes), float(found.low), float(found.high))


def _columns(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
