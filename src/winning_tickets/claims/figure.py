"""Every declared claim: the numbers that decide it, their intervals, the limits set beforehand."""

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..plotting import style
from .verdicts import headlines, measured_text, tolerance_text

VERDICT_COLOURS = {
    "reproduced": style.PALETTE[2],
    "partly": style.PALETTE[1],
    "not reproduced": style.PALETTE[3],
    "not testable here": "0.5",
}

ROW = 0.185
"""Height of one row of the forest plot in inches."""

# Where the ends of the tolerance stand in every row, as shares of the width of the plot.
LEAST_AT, MOST_AT = 0.3, 0.7

VERDICT_MARKERS = {
    "reproduced": "o",
    "partly": "D",
    "not reproduced": "X",
    "not testable here": "",
}


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Forest plot of the declared claims: each number against its tolerance, verdicts in words.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``claims``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes, replicates, draws.

    Returns
    -------
    Figure, DataFrame
        The figure and the whole table of claims.
    """
    table = tables["claims"]
    if table.empty:
        return style.no_data("claims", settings)
    shown = headlines(table)
    titles = {name: _claim_title(rows) for name, rows in shown.groupby("claim", sort=False)}
    count = len(shown) + sum(len(lines) + 0.5 for lines in titles.values()) + 1
    figure = style.new_figure(style.DOUBLE_COLUMN, ROW * count + 0.75)
    axis = figure.subplots()
    axis.set_axis_off()
    axis.set_xlim(0, 1)
    axis.set_ylim(count, 0)
    _write(axis, 0.4, ("measured part", None, "measured [95 %]", "declared", "verdict"), "0.35")
    height = 1.0
    for name, rows in shown.groupby("claim", sort=False):
        height = _draw_claim(axis, height, titles[name], rows)
    meaning = (
        "Each row has its own scale; in grey what was declared beforehand, its ends at the same "
        "places in every row. An arrow marks a number beyond the drawn range."
    )
    style.footer(figure, [style.study_line(settings), meaning, style.OUR_DERIVATION])
    return figure, table


COLUMNS_AT = (0.0, 0.42, 0.585, 0.79, 1.0)
"""Where the columns of the forest plot stand: part, plot, measured, declared, verdict."""


def _write(axis: Axes, height: float, words: tuple, colour: str, **font: object) -> None:
    """Write the words of one row into the columns; the last column ends at the right edge."""
    for place, word in zip(COLUMNS_AT, words, strict=True):
        side = "right" if place == 1.0 else "left"
        if word:
            shown = {"fontsize": style.SMALLEST_FONT, "color": colour, "va": "center", "ha": side}
            shown["parse_math"] = False
            axis.text(place, height, word, **shown | font)


def _claim_title(rows: pd.DataFrame) -> list[str]:
    first = rows.iloc[0]
    return textwrap.wrap(f"{first['claim']}  {first['statement']}", 100)


def _draw_claim(axis: Axes, height: float, title: list[str], rows: pd.DataFrame) -> float:
    """Draw one claim from ``height`` on, and return where the next one begins."""
    verdict = rows.iloc[0]["verdict"]
    height += 0.5
    for turn, line in enumerate(title):
        words = (line, None, None, None, verdict.upper() if turn == 0 else None)
        _write(axis, height + 0.4, words, "black", fontweight="bold")
        height += 1
    for _, row in rows.iterrows():
        centre = height + 0.4
        words = (measured_text(row), tolerance_text(row), row["part_verdict"])
        _write(axis, centre, (f"   {row['part']}", None, *words), "0.15")
        _draw_part(axis, centre, row)
        height += 1
    return height


def _positions(row: pd.Series) -> np.ndarray:
    """Return where value, low and high of a part lie in the plot, its tolerance at fixed places."""
    scale = np.log if row["logarithmic"] else np.asarray
    ends = [row["least"], row["most"]]
    # One-sided: the reference takes the place of the end that is missing.
    ends = [end if np.isfinite(end) else row["reference"] for end in ends]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (float(scale(end)) for end in ends)
        numbers = scale(row[["value", "low", "high"]].to_numpy(dtype=float))
        return LEAST_AT + (MOST_AT - LEAST_AT) * (numbers - low) / (high - low)


def _draw_part(axis: Axes, centre: float, row: pd.Series) -> None:
    start, end = COLUMNS_AT[1], COLUMNS_AT[2] - 0.015
    width = end - start
    zone = (
        LEAST_AT if np.isfinite(row["least"]) else 0,
        MOST_AT if np.isfinite(row["most"]) else 1,
    )
    if zone != (0, 1):
        left, right = (start + width * place for place in zone)
        axis.fill_between([left, right], centre - 0.42, centre + 0.42, color="0.9", lw=0)
    if row["part_verdict"] == "not testable here" or np.isnan(row["value"]):
        return
    value, low, high = _positions(row)
    colour = VERDICT_COLOURS[row["part_verdict"]]
    if np.isfinite([low, high]).any():
        ends = np.clip(np.nan_to_num([low, high], nan=value), 0.02, 0.98)
        axis.plot(start + width * ends, [centre, centre], color=colour, lw=1.2)
    marker = VERDICT_MARKERS[row["part_verdict"]]
    if not 0 <= value <= 1:
        marker = ">" if value > 1 else "<"
    place = start + width * np.clip(value, 0.02, 0.98)
    axis.plot([place], [centre], color=colour, marker=marker, ms=4.5, mec="white", mew=0.4)
