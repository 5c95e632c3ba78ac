"""From the table of peers to the numbers that its figures show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

OURS = "prior"
"""The peer that all others are compared with."""

EXACT = 1e-6
"""Mean risks below this are what the readout's least penalty leaves of an exact fit."""

_CELL = ["data", "kind", "nodes", "peer"]
_MEANS = ["test_risk", "train_risk", "test_risk_plain", "train_risk_plain", "kept_nodes"]
_SECONDS = ["choose_seconds", "fit_seconds"]


def peers_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean risks, median seconds and the ratio to the ticket's risk of every peer.

    Parameters
    ----------
    table : DataFrame
        The table of peers.

    Returns
    -------
    DataFrame
        One row per data, N and peer: splits, means of the risks and of the nodes kept, median
        seconds; the ratio of the ticket's mean test risk to the peer's with its 95 % interval
        (``ratio``, ``low``, ``high``; below 1 the ticket is better). Peers without nodes (N = 0)
        are compared with the ticket at every N and have a row for each.
    """
    measured = table[table["status"] == "ok"]
    rows = []
    for names, group in measured.groupby(_CELL, sort=False):
        cell = dict(zip(_CELL, names, strict=True))
        facts = {"points": group["points"].iloc[0], "splits": len(group)}
        facts |= group[_MEANS].astype(float).mean().to_dict()
        facts |= group[_SECONDS].astype(float).median().to_dict()
        own = measured[(measured["data"] == cell["data"]) & (measured["peer"] == OURS)]
        sizes = [cell["nodes"]] if cell["nodes"] else sorted(own["nodes"].unique())
        for nodes in sizes:
            ours = own[own["nodes"] == nodes]
            rows.append(cell | {"nodes": nodes} | facts | _compare(ours, group))
    return pd.DataFrame(rows)


def _compare(ours: pd.DataFrame, others: pd.DataFrame) -> dict[str, float]:
    both = ours.merge(others, on="split", suffixes=("", "_other"))
    low, ratio, high = corrected_ratio(
        both["test_risk"].to_numpy(float),
        both["test_risk_other"].to_numpy(float),
        float(both["overlap"].iloc[0]) if len(both) else 0.0,
    )
    return {"ratio": ratio, "low": low, "high": high}


def corrected_ratio(
    risks: np.ndarray, others: np.ndarray, overlap: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Return a ratio of mean risks over paired splits with its interval.

    Parameters
    ----------
    risks, others : numpy.ndarray of float64, shape (splits,)
        Risks on the same splits.
    overlap : float
        Test rows over training rows where splits are of one table, so that training parts share
        rows; 0 where every split has rows of its own.
    level : float
        Of the interval.

    Returns
    -------
    tuple of float
        Low end, ratio, high end: NaN where both means are below `EXACT`, or the others' risks all
        0; the ends NaN for fewer than two splits.

    Notes
    -----
    The ratio's deviations to first order, (r_i - R s_i) / mean(s), have the variance of a mean of
    n correlated numbers, (1/n + overlap) S^2 (C. Nadeau, Y. Bengio, *Inference for the
    generalization error*, Machine Learning 52, 2003); Student's t with n - 1 degrees of freedom.
    """
    count = len(risks)
    if max(risks.mean(), others.mean()) < EXACT or not np.any(others):
        return (np.nan, np.nan, np.nan)
    ratio = risks.mean() / others.mean()
    if count < 2:
        return (np.nan, ratio, np.nan)
    deviations = (risks - ratio * others) / others.mean()
    spread = np.sqrt((1 / count + overlap) * deviations.var(ddof=1))
    reach = scipy.stats.t.ppf((1 + level) / 2, count - 1) * spread
    return ratio - reach, ratio, ratio + reach
