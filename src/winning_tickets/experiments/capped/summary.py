"""From the table of caps to the numbers that its figure shows."""

from __future__ import annotations

import pandas as pd

from ...statistics import mean_interval
from .measure import GIVEN

SIZE = ["family", "dimension", "modulus", "points", "nodes"]
_CELL = [*SIZE, "target", "way", "given_cap"]
_MEANS = ["support", "cap", "total_variation", "expected_proposals"]
_MEANS += ["proposals", "acceptance_rate", "operations"]
_COLUMNS = [*_CELL, "replicates", "drawn", *_MEANS, "seconds", "relative_risk", "low", "high"]


def capped_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Average over datasets what each way to draw takes and yields.

    Parameters
    ----------
    table : DataFrame
        The table of caps.

    Returns
    -------
    DataFrame
        One row per size, target, way and given cap, in the table's order: ``replicates``, of which
        tickets were drawn on ``drawn``; mean support M', cap, total variation, expected and
        measured proposals, acceptance rate and operations a node, median processor seconds a node,
        mean relative_risk with the ends ``low`` and ``high`` of its 95 % interval (NaN where none
        was drawn).
    """
    measured = table[table["way"].notna()]
    # The cap that is enough differs from one dataset to the next.
    measured = measured.assign(given_cap=measured["cap"].where(measured["way"] == GIVEN))
    rows = []
    for names, group in measured.groupby(_CELL, sort=False, dropna=False):
        risks = group["relative_risk"].dropna()
        row = dict(zip(_CELL, names, strict=True))
        row |= {"replicates": len(group), "drawn": len(risks)}
        row |= group[_MEANS].astype(float).mean().to_dict()
        row["seconds"] = group["seconds"].astype(float).median()
        if len(risks):
            found = mean_interval(risks)
            row |= {"relative_risk": found.value, "low": found.low, "high": found.high}
        rows.append(row)
    return pd.DataFrame(rows, columns=_COLUMNS)
