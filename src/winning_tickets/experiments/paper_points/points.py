"""Points read from the paper's figures: a CSV file, checked line by line."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("figure", "curve", "x", "y", "reading_error")
"""Columns of the file, in this order."""


class PointsError(ValueError):
    """A file of points that cannot be used; the message is one line."""


@dataclass(frozen=True)
class Point:
    """One point read from a figure of the paper.

    Attributes
    ----------
    figure, curve : str
        The figure's number and the curve's name there.
    x, y : float
        What was read; y at least 0.
    reading_error : float
        By how much y may have been misread to either side, at least 0.
    """

    figure: str
    curve: str
    x: float
    y: float
    reading_error: float


def read_points(path: str | Path) -> list[Point]:
    """Read a file of points.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8 with the columns `COLUMNS`.

    Returns
    -------
    list of Point
        At least one.

    Raises
    ------
    PointsError
        Naming the file and, where there is one, the line, with what would be right.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise PointsError(f"{path}: not in UTF-8; save it so") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise PointsError(f"{path}: {reason}") from None
    header, *rows = csv.reader(lines) if lines else [[]]
    if tuple(name.strip() for name in header) != COLUMNS:
        raise PointsError(f"{path}, line 1: the columns must be {','.join(COLUMNS)}")
    points = []
    for line, row in enumerate(rows, 2):
        if row:
            points.append(_point(row, f"{path}, line {line}"))
    if not points:
        raise PointsError(f"{path}: it holds no point")
    return points


def _point(row: list[str], where: str) -> Point:
    if len(row) != len(COLUMNS):
        raise PointsError(f"{where}: {len(row)} entries; there must be {len(COLUMNS)}")
    figure, curve, *texts = (entry.strip() for entry in row)
    if not (figure and curve):
        raise PointsError(f"{where}: a point needs the names of its figure and its curve")
    x, y, error = (
        _number(name, text, where) for name, text in zip(COLUMNS[2:], texts, strict=True)
    )
    if y < 0 or error < 0:
        raise PointsError(f"{where}: y and reading_error must be at least 0")
    return Point(figure, curve, x, y, error)


def _number(name: str, text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise PointsError(f"{where}: {name} is {text!r}; it must be a finite number")
    return value
