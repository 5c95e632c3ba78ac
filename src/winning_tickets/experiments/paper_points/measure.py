"""Hold points read from the paper's figures against our risks, one row a point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .points import Point

# The Snakefile reads this module on every run, by its columns.
if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "figure",
    "curve",
    "sampler",
    "family",
    "target",
    "along",
    "at",
    "x",
    "y",
    "reading_error",
    "mean",
    "low",
    "high",
    "replicates",
    "inside",
    "status",
    "reason",
)
"""Columns of the table, one row a point of the paper."""

OTHER = {"nodes": "dimension", "dimension": "nodes"}
"""What stays fixed along a curve."""


def compare(
    points: Sequence[Point], curves: Sequence[Mapping[str, Any]], risks: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    """Yield a row for each point: ours at the same place, and whether they agree.

    Parameters
    ----------
    points : sequence of Point
        What was read.
    curves : sequence of mapping
        Entries of ``paper_points.curves``: the curve of ours that stands for one of the paper's.
    risks : DataFrame
        The summary of `winning_tickets.experiments.risks.summary.risk_summary`.

    Yields
    ------
    dict
        A row with the columns `COLUMNS`. A point is inside the joint interval where it differs
        from our mean by at most the root of the sum of squares of our interval, on its side, and
        of its reading error.
    """
    named = {(curve["figure"], curve["curve"]): curve for curve in curves}
    for point in points:
        curve = named[point.figure, point.curve]
        row = dict(curve) | {name: getattr(point, name) for name in ("x", "y", "reading_error")}
        found = _ours(curve, point.x, risks)
        if found is None:
            place = f"{curve['along']} {point.x:g}"
            reason = f"our study has no value at {place}"
            yield row | {"status": "skipped", "reason": reason}
            continue
        ours = found[["mean", "low", "high"]].astype(float).to_dict()
        inside = is_inside(point, **ours)
        yield (
            row
            | ours
            | {
                "replicates": int(found["replicates"]),
                "inside": inside,
                "status": "ok",
                "reason": "",
            }
        )


def _ours(curve: Mapping[str, Any], x: float, risks: pd.DataFrame) -> pd.Series | None:
    """Return our row at one place of a curve, or None."""
    wanted = {name: curve[name] for name in ("sampler", "family", "target")}
    wanted |= {curve["along"]: x, OTHER[curve["along"]]: curve["at"]}
    rows = risks
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return None if rows.empty else rows.iloc[0]


def is_inside(point: Point, mean: float, low: float, high: float) -> bool:
    """Tell whether a point agrees with our mean and its interval; without one no point does."""
    side = high - mean if point.y > mean else mean - low
    return abs(point.y - mean) <= math.hypot(side, point.reading_error)
