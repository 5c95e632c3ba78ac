"""Verdicts in words: what a part of a claim is, how parts add up, how their numbers are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

# Named in annotations only: the Snakefile reads this module on every run.
if TYPE_CHECKING:
    import pandas as pd

    from ..statistics import Estimate

REPRODUCED, PARTLY = "reproduced", "partly"
NOT_REPRODUCED, NOT_TESTABLE = "not reproduced", "not testable here"


@dataclass(frozen=True)
class Part:
    """One measured number of a claim, its tolerance and its verdict.

    Attributes
    ----------
    part : str
        What was measured, in words.
    value, low, high : float
        The number and its 95 % interval; nan where there is none.
    least, most : float
        The tolerance; infinite where it has one side only.
    reference : float
        What a clear success would measure; sets the scale of a one-sided row in the forest plot.
    logarithmic : bool
        Whether ratios matter rather than differences.
    part_verdict, part_reason : str
        The verdict in words, and why.
    headline : bool
        Whether the row is drawn and quoted; the others stand in the table only.
    """

    part: str
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    least: float = -np.inf
    most: float = np.inf
    reference: float = np.nan
    logarithmic: bool = False
    part_verdict: str = NOT_TESTABLE
    part_reason: str = ""
    headline: bool = True


CLAIM_COLUMNS = (
    "claim",
    "statement",
    "verdict",
    "reason",
    *(name for name in Part.__dataclass_fields__),
    "figure",
    "access_model",
    "guess",
)
"""Columns of the table of claims; one row per part."""


def interval_verdict(found: Estimate, least: float, most: float) -> str:
    """Judge an interval: inside the tolerance, outside it, or across one of its ends."""
    if least <= found.low and found.high <= most:
        return REPRODUCED
    if found.high < least or found.low > most:
        return NOT_REPRODUCED
    return PARTLY


def combine(parts: Iterable[Part], *, any_failure_refutes: bool = True) -> tuple[str, str]:
    """Return the verdict of a claim and its reason, from those of its parts."""
    parts = list(parts)
    tested = [part for part in parts if part.part_verdict != NOT_TESTABLE]
    if not tested:
        return NOT_TESTABLE, "; ".join(dict.fromkeys(part.part_reason for part in parts))
    found = [part.part_verdict for part in tested]
    good = found.count(REPRODUCED)
    reason = f"{good} of {len(tested)} parts hold"
    untested = len(parts) - len(tested)
    reason += f", {untested} cannot be tested" if untested else ""
    failing = [part.part for part in tested if part.part_verdict != REPRODUCED]
    reason += f"; not: {'; '.join(failing)}" if failing else ""
    if good == len(tested):
        return REPRODUCED, reason
    refuted = NOT_REPRODUCED in found if any_failure_refutes else good == 0
    return (NOT_REPRODUCED if refuted else PARTLY), reason


def headlines(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the parts that are drawn and quoted: the main ones, and all that do not hold."""
    failing = claims["part_verdict"].isin([PARTLY, NOT_REPRODUCED])
    return claims[claims["headline"].astype(bool) | failing]


def measured_text(row: pd.Series) -> str:
    """Write the measured number of a part with its interval."""
    if not np.isfinite(row["value"]) and not np.isposinf(row["value"]):
        return "\u2013"
    text = _short(row["value"])
    low, high = _short(row["low"]), _short(row["high"])
    # Ends that are written alike say nothing, and may differ in digits that a table does not keep.
    if np.isfinite(row["low"]) and low != high:
        text += f" [{low}, {high}]"
    return text


def tolerance_text(row: pd.Series) -> str:
    """Write the declared tolerance of a part."""
    least, most = _short(row["least"]), _short(row["most"])
    if np.isfinite(row["least"]) and np.isfinite(row["most"]):
        return f"\u00b1 {most}" if row["least"] == -row["most"] else f"{least} to {most}"
    if np.isfinite(row["least"]):
        return f"at least {least}"
    return f"at most {most}" if np.isfinite(row["most"]) else ""


def _short(number: float) -> str:
    """Write a number with two or three digits and a real minus sign."""
    text = f"{number:.2g}" if abs(number) < 0.1 else f"{number:.3g}"
    if 1e3 <= abs(number) < 1e7:
        text = f"{float(text):,.0f}"
    return text.replace("-", "\u2212").replace("inf", "\u221e")
