"""Figures that judge: fidelity of the samplers, the law of the risk, the verdicts on the claims."""

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..claims import headlines, measured_text, tolerance_text
from ..law import law_risk, uniform_risk
from ..summaries import law_summary
from . import style

TOLERANCE = 0.03
"""Distance from the law within which a cell agrees, before standard errors."""

VERDICT_COLOURS = {
    "reproduced": "#009E73",
    "partly": "#E69F00",
    "not reproduced": "#D55E00",
    "not testable here": "0.5",
}


@style.styled
def sampling_fidelity(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Total-variation distance to p* against the number of draws, with what exact draws show.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``fidelity``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the mean distances with the expectation and its band.
    """
    fidelity = tables["fidelity"]
    cell = ["family", "target", "dimension", "modulus", "points"]
    means = fidelity.groupby([*cell, "sampler", "draws"], sort=True).agg(
        distance=("distance", "mean"),
        smallest=("distance", "min"),
        largest=("distance", "max"),
        expected=("expected", "first"),
        low=("low", "first"),
        high=("high", "first"),
        replicates=("replicate", "nunique"),
    )
    means = means.reset_index()
    if means.empty:
        return style.no_data("fidelity of samplers", settings)
    cells = list(means.groupby(cell, sort=False))
    samplers = style.in_order(means["sampler"])
    figure = style.new_figure(style.DOUBLE_COLUMN, 4.9)
    shape = {"height_ratios": (1.7, 1), "squeeze": False, "sharex": True, "sharey": "row"}
    upper, lower = figure.subplots(2, len(cells), **shape)
    for column, (names, rows) in enumerate(cells):
        _draw_distances(upper[column], lower[column], rows, samplers)
        family, target, dimension, modulus, points = names
        what = f"{style.FAMILY_NAMES[family]}, {style.TARGET_NAMES[target]}"
        upper[column].set_title(f"{what}\nP = {modulus}, D = {dimension}, M = {points}")
        lower[column].set_xlabel("draws")
    upper[0].set_ylabel("total-variation distance to p*")
    lower[0].set_ylabel("over expectation")
    band = Patch(color="0.85", label="95 % band of exact draws")
    expected = Line2D([], [], color="0.2", lw=0.8, label="their expectation")
    style.sampler_legend(figure, samplers, [expected, band])
    sizes = {name: means[name] for name in ("modulus", "points", "replicates")}
    study = style.study_line(settings, **sizes, nodes=None, draws=None)
    study = study.replace("data sets", "streams")
    meaning = (
        "Marker: mean over streams; band: one stream. "
        "Uniform nodes are the control: they stay away from p*."
    )
    style.footer(figure, [study, meaning, style.OUR_DERIVATION])
    return figure, means


def _draw_distances(upper: Axes, lower: Axes, rows: pd.DataFrame, samplers: list[str]) -> None:
    """Draw distances, and below them the same over what exact draws show, moved apart."""
    exact = rows.drop_duplicates("draws").sort_values("draws")
    for axis, unit in ((upper, 1.0), (lower, exact["expected"])):
        axis.fill_between(
            exact["draws"], exact["low"] / unit, exact["high"] / unit, color="0.85", lw=0
        )
        axis.plot(exact["draws"], exact["expected"] / unit, color="0.2", lw=0.8)
        axis.set_xscale("log")
    for turn, sampler in enumerate(samplers):
        own = rows[rows["sampler"] == sampler].sort_values("draws")
        upper.plot(own["draws"], own["distance"], **style.line(sampler) | {"lw": 0.7})
        if sampler != "uniform":
            aside = 1.1 ** (turn - len(samplers) / 2)
            ratio = own["distance"] / own["expected"]
            lower.plot(own["draws"] * aside, ratio, **style.line(sampler) | {"ls": ""})
    upper.set_yscale("log")


@style.styled
def ticket_law(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Measured against predicted risk over all sparse cells, kappa estimated from draws alone.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``.
    settings : mapping
        Plain settings of the study: seed, modulus, replicates, draws, and ridge_relative (0 where
        it is missing).

    Returns
    -------
    Figure, DataFrame
        The figure and the cells: measured mean with interval, nu, kappa, predicted, applies.
    """
    cells = law_summary(
        tables["risks"], settings["seed"], ridge=settings.get("ridge_relative", 0.0)
    )
    cells = cells[cells["sparse"]]
    if cells.empty:
        return style.no_data("sparse cells", settings)
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.9)
    left, right = figure.subplots(1, 2)
    _draw_predictions(left, right)
    for sampler in style.in_order(cells["sampler"]):
        for applies in (False, True):
            own = cells[(cells["sampler"] == sampler) & (cells["applies"] == applies)]
            _draw_cells(left, own, "nu", applies)
            _draw_cells(right, own, "predicted", applies)
    left.set_xlabel("\u03bd = N / M")
    right.set_xlabel("risk predicted by the law")
    for axis in (left, right):
        axis.set_ylabel("measured relative risk")
        axis.set_xlim(-0.02, 1.02)
        axis.set_ylim(-0.02, 1.05)
    style.label_panels((left, right))
    plain = {"color": "0.4", "marker": "o", "ls": "", "mfc": "none"}
    extra = [
        Line2D([], [], **plain, label="outside the range of the law"),
        Line2D([], [], color="0.2", lw=0.8, label="(a): law at \u03ba = 1 and 3; (b): equality"),
        Patch(color="0.9", label=f"\u00b1 {TOLERANCE}"),
    ]
    style.sampler_legend(figure, cells["sampler"], extra)
    meaning = (
        "One marker a cell (family, target, D, N): mean with 95 % interval over replicates; "
        f"\u03ba from the draws alone, {cells['kappa'].min():.1f} to {cells['kappa'].max():.1f}. "
        "Range: equal shares, \u03bb = 0, 0.05 \u2264 \u03bd \u2264 0.9, M \u2265 100, "
        "\u03ba \u2264 3.5, M at most a tenth of the domain."
    )
    sizes = {name: cells[name] for name in ("modulus", "nodes", "points")}
    study = style.study_line(settings, **sizes, replicates=cells["replicates"])
    style.footer(figure, [study, meaning, "The law is our own finding.", style.OUR_DERIVATION])
    return figure, cells


def _draw_predictions(left: Axes, right: Axes) -> None:
    """Draw the law against N / M, and the line on which it and the measurement agree."""
    shares = np.linspace(0, 1, 100)
    left.plot(shares, uniform_risk(shares), color="0.2", lw=0.8)
    left.plot(shares, law_risk(shares, 3.0), color="0.2", lw=0.8)
    right.fill_between([0, 1], [-TOLERANCE, 1 - TOLERANCE], [TOLERANCE, 1 + TOLERANCE], color="0.9")
    right.plot([0, 1], [0, 1], color="0.2", lw=0.8)


def _draw_cells(axis: Axes, cells: pd.DataFrame, along: str, filled: bool) -> None:
    if cells.empty:
        return
    looks = style.look(cells["sampler"].iloc[0])
    means = cells["mean"]
    bars = [means - cells["low"].fillna(means), cells["high"].fillna(means) - means]
    face = looks.colour if filled else "white"
    shown = {"color": looks.colour, "marker": looks.marker, "mfc": face, "mew": 0.7, "ms": 3.5}
    axis.errorbar(cells[along], means, yerr=bars, ls="", elinewidth=0.6, **shown)


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
def claims(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
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
