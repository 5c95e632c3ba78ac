"""From the table of verdicts to those that flip."""

from __future__ import annotations

import pandas as pd

from ...claims.verdicts import NOT_TESTABLE
from .scenarios import DEFAULT


def with_flips(table: pd.DataFrame) -> pd.DataFrame:
    """Return the verdicts, and which of them are others than those of the default.

    Parameters
    ----------
    table : DataFrame
        The table of verdicts.

    Returns
    -------
    DataFrame
        Its rows with a verdict, and a column ``flips``: whether it differs from the default's
        verdict on the same claim, both having been tested.
    """
    found = table[table["status"] == "ok"]
    usual = found[found["scenario"] == DEFAULT].set_index("claim")["verdict"]
    before = found["claim"].map(usual)
    tested = (found["verdict"] != NOT_TESTABLE) & (before != NOT_TESTABLE) & before.notna()
    return found.assign(flips=tested & (found["verdict"] != before)).reset_index(drop=True)
