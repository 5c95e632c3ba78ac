"""From the table of pruning to the numbers that its figure shows."""

from __future__ import annotations

import pandas as pd

from ...statistics import mean_interval
from ..better_tickets.summary import COMPARED_CELL

_WAY = [*COMPARED_CELL, "way", "nodes"]


def pruning_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean risks of every way to make a ticket, beside what is predicted.

    Parameters
    ----------
    table : DataFrame
        The table of pruning.

    Returns
    -------
    DataFrame
        One row per cell, way and N: replicates, candidates per node, mean relative_risk with the
        ends of its 95 % interval, mean predicted_risk (NaN where nothing is predicted), mean rank
        of the features and mean kappa of the nodes kept, median seconds.
    """
    rows = []
    for names, group in table[table["status"] == "ok"].groupby(_WAY, sort=True):
        found = mean_interval(group["relative_risk"])
        means = group[["predicted_risk", "rank", "kappa"]].astype(float).mean()
        rows.append(
            dict(zip(_WAY, names, strict=True))
            | {"candidates": group["candidates"].iloc[0], "replicates": len(group)}
            | {"relative_risk": found.value, "low": found.low, "high": found.high}
            | {**means, "seconds": group["seconds"].median()}
        )
    return pd.DataFrame(rows)
