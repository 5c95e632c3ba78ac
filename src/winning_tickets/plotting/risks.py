"""Figures of the empirical risk: against dimension, against nodes, and on the digits."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from ..law import law_risk
from ..summaries import risk_summary
from . import style

# Where the risk axis turns from its wide to its squeezed part, and by how much it is squeezed.
KINK, SQUEEZE = 1e-2, 0.05

SINGLE_CELLS = ("line", "digits")
"""Families that are one cell of their own, over N."""

SQUEEZED = "Grey: the logarithmic axis is squeezed below 0.01; 0 is numerical zero (1e-20 or less)."
SIDE_BY_SIDE = "Samplers of one distribution lie on each other and are drawn side by side."


def stops(risks: pd.DataFrame) -> list[str]:
    """Say in one sentence where a family or a sampler was first left out, and why."""
    left = risks[risks["status"] == "skipped"].sort_values(["dimension", "nodes"], kind="stable")
    parts = []
    for sampler in style.in_order(left["sampler"].dropna()):
        firsts = left[left["sampler"] == sampler].drop_duplicates("family")
        # Where families stop at the same size, the first of them speaks for the others.
        for _, first in firsts.drop_duplicates("dimension").iterrows():
            parts.append(f"{style.short(sampler)} from {_place(first)} ({style.cause(first)})")
    for _, first in left[left["sampler"].isna()].drop_duplicates("family").iterrows():
        parts.append(f"{_place(first)} and beyond ({style.cause(first)})")
    return [f"Left out: {'; '.join(parts)}."] if parts else []


def _place(row: pd.Series) -> str:
    """Name the size at which something stops: N where there is one dimension only."""
    family = row["family"]
    if family in SINGLE_CELLS:
        return f"N = {row['nodes']:,.0f}"
    return f"{style.FAMILY_NAMES.get(family, family)}, D = {row['dimension']}"


def risk_axis(axis: Axes, floor: float) -> None:
    """Give a panel the risk axis: logarithmic, squeezed below 0.01, numerical zero at its foot.

    All panels share it, so that 0.4 against 0.7 and 1e-2 against 1e-15 can both be read.
    """
    depth = SQUEEZE * (np.log10(KINK) - np.log10(floor))

    def forward(risk: np.ndarray) -> np.ndarray:
        logs = np.log10(np.maximum(risk, floor))
        kink = np.log10(KINK)
        return np.where(logs >= kink, logs, kink + SQUEEZE * (logs - kink))

    def inverse(height: np.ndarray) -> np.ndarray:
        kink = np.log10(KINK)
        height = np.maximum(height, kink - depth)
        return 10.0 ** np.where(height >= kink, height, kink + (height - kink) / SQUEEZE)

    axis.set_yscale("function", functions=(forward, inverse))
    axis.set_ylim(floor, 1.5)
    axis.axhspan(floor, KINK, color="0.945", lw=0, zorder=0)
    middle = 10.0 ** round(np.log10(floor) / 2)
    axis.yaxis.set_major_locator(FixedLocator([floor, middle, KINK, 0.1, 1.0]))
    axis.yaxis.set_minor_locator(FixedLocator([*np.arange(2, 10) / 10, *np.arange(2, 10) / 100]))
    names = {floor: "0", KINK: f"{KINK:g}", 0.1: "0.1", 1.0: "1"}
    exponent = f"$10^{{{round(np.log10(middle))}}}$"
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: names.get(y, exponent)))
    axis.yaxis.set_minor_formatter(NullFormatter())


def draw_samplers(
    axis: Axes, cells: pd.DataFrame, along: str, places: Sequence, samplers: Sequence[str]
) -> None:
    """Draw one panel: a curve per sampler with intervals, at evenly spaced places, moved apart."""
    foot = axis.get_ylim()[0]
    spread = min(0.12, 0.5 / max(len(samplers) - 1, 1))
    for turn, sampler in enumerate(samplers):
        rows = cells[cells["sampler"] == sampler].sort_values(along)
        if rows.empty:
            continue
        heights, low, high = (rows[name].clip(lower=foot) for name in ("mean", "low", "high"))
        aside = spread * (turn - (len(samplers) - 1) / 2)
        axis.errorbar(
            [places.index(value) + aside for value in rows[along]],
            heights,
            yerr=[heights - low.fillna(heights), high.fillna(heights) - heights],
            clip_on=False,
            elinewidth=0.8,
            **style.line(sampler),
        )
    # Every other name where there is no room for all; the largest always has its own.
    every = 2 if len(places) > 8 else 1
    names = [f"{p:,}" if turn % every == 0 else "" for turn, p in enumerate(reversed(places))]
    axis.set_xticks(range(len(places)), names[::-1])
    axis.set_xlim(-0.5, len(places) - 0.5)


def fewer_draws(risks: pd.DataFrame, settings: Mapping) -> list[str]:
    """Say which samplers drew fewer tickets per data set than the others, and how many.

    Parameters
    ----------
    risks : DataFrame
        Rows of the risk table.
    settings : mapping
        Plain settings of the study; key used: draws.

    Returns
    -------
    list of str
        At most one sentence.
    """
    drawn = risks[risks["status"] == "ok"]
    counts = drawn.groupby(["sampler", "family", "dimension"])["draw"].nunique()
    parts = []
    for sampler in style.in_order(drawn["sampler"]):
        least, most = counts[sampler].min(), counts[sampler].max()
        if least < settings.get("draws", 0):
            parts.append(
                f"{style.short(sampler)} {least}" + (f" to {most}" if most > least else "")
            )
    return [f"Fewer draws, as its budget allows: {'; '.join(parts)}."] if parts else []


def _chosen(names: Sequence[str], present: pd.Series) -> list[str]:
    """Return the names that are present, in the order of the labels, then the others."""
    found = set(present)
    return [name for name in names if name in found] + sorted(found - set(names))


@style.styled
def risk_vs_dimension(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Relative empirical risk against D, one panel per family and target.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes, replicates, draws, floor.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows.
    """
    risks = tables["risks"]
    risks = risks[~risks["family"].isin(SINGLE_CELLS)]
    at_n = risks[(risks["nodes"] == settings["nodes"]) | (risks["status"] == "skipped")]
    cells = risk_summary(at_n, settings["seed"])
    if cells.empty:
        return style.no_data("risks", settings)
    families = _chosen(list(style.FAMILY_NAMES), cells["family"])
    targets = _chosen(list(style.TARGET_NAMES), cells["target"])
    samplers = style.in_order(cells["sampler"])
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.3 + 1.6 * len(families))
    axes = figure.subplots(len(families), len(targets), squeeze=False, sharey=True)
    for row, family in enumerate(families):
        of_family = cells[cells["family"] == family]
        places = sorted(of_family["dimension"].unique().tolist())
        for axis, target in zip(axes[row], targets, strict=True):
            risk_axis(axis, settings.get("floor", style.RISK_FLOOR))
            panel = of_family[of_family["target"] == target]
            draw_samplers(axis, panel, "dimension", places, samplers)
        axes[row, 0].set_ylabel(f"{style.FAMILY_NAMES.get(family, family)}\nrelative risk")
    for axis, target in zip(axes[0], targets, strict=True):
        axis.set_title(style.TARGET_NAMES.get(target, target))
    for axis in axes[-1]:
        axis.set_xlabel("dimension D (evenly spaced)")
    style.sampler_legend(figure, samplers)
    bars = style.mean_line(cells["replicates"].max())
    facts = [bars, SQUEEZED, SIDE_BY_SIDE, *stops(at_n), style.OUR_DERIVATION]
    study = style.study_line(settings, points=cells["points"])
    style.footer(figure, [study, *fewer_draws(at_n, settings), *facts])
    return figure, cells


@style.styled
def risk_vs_nodes(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Relative empirical risk against N: random points at three dimensions, and further cells.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``.
    settings : mapping
        Plain settings of the study: seed, modulus, replicates, draws.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary of every cell with several N, drawn or not.
    """
    risks = tables["risks"]
    risks = risks[risks["family"] != "digits"]
    cells = risk_summary(risks, settings["seed"])
    cell = ["family", "target", "dimension"]
    cells = cells[cells.groupby(cell)["nodes"].transform("nunique") > 1]
    if cells.empty:
        return style.no_data("cells with several ticket sizes", settings)
    panels, columns = _panels_over_nodes(cells)
    samplers = style.in_order(cells["sampler"])
    rows = -(-len(panels) // columns)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.0 + 1.9 * rows)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axis, (title, panel) in zip(axes, panels, strict=False):
        risk_axis(axis, settings.get("floor", style.RISK_FLOOR))
        places = sorted(panel["nodes"].unique().tolist())
        draw_samplers(axis, panel, "nodes", places, samplers)
        axis.set_title(title, fontsize=style.SMALLEST_FONT)
        axis.set_xlabel("nodes N")
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    for axis in axes[::columns]:
        axis.set_ylabel("relative risk")
    style.sampler_legend(figure, samplers)
    bars = style.mean_line(cells["replicates"].max())
    facts = [bars, SQUEEZED, SIDE_BY_SIDE, style.OUR_DERIVATION]
    study = style.study_line(settings, nodes=cells["nodes"], modulus=cells["modulus"])
    style.footer(figure, [study, *fewer_draws(risks, settings), *facts])
    return figure, cells


def _panels_over_nodes(cells: pd.DataFrame) -> tuple[list[tuple[str, pd.DataFrame]], int]:
    """Choose panels: random points by target and dimension, each row ended by one other cell.

    Returns the panels with their titles, row by row, and the number of columns.
    """
    targets = _chosen(list(style.TARGET_NAMES), cells["target"])
    random = cells[cells["family"] == "random"]
    dimensions = sorted(random["dimension"].unique())[:3]
    others = [
        panel
        for family in ("line", "grid", "subspace")
        for panel in _split(cells[cells["family"] == family], targets)[:1]
    ]
    panels = []
    for target in [name for name in targets if name in set(random["target"])]:
        rows = random[random["target"] == target]
        panels += [rows[rows["dimension"] == dimension] for dimension in dimensions]
        panels += [others.pop(0)] if others else []
    titled = [(_title(panel), panel) for panel in panels + others if len(panel)]
    return titled, min(len(titled), len(dimensions) + 1)


def _split(cells: pd.DataFrame, targets: Sequence[str]) -> list[pd.DataFrame]:
    """Split one family into its cells: by target, and the largest dimension first."""
    groups = dict(list(cells.groupby(["target", "dimension"])))
    order = sorted(groups, key=lambda key: (targets.index(key[0]), -key[1]))
    return [groups[key] for key in order]


def _title(panel: pd.DataFrame) -> str:
    first = panel.iloc[0]
    family = first["family"]
    points = f"P = {first['modulus']}, D = {first['dimension']}, M = {first['points']:,}"
    return f"{family}: {style.TARGET_NAMES[first['target']]}\n{points}"


@style.styled
def risk_vs_nodes_digits(
    tables: Mapping[str, pd.DataFrame], settings: Mapping
) -> tuple[Figure, pd.DataFrame]:
    """Training risk and test accuracy on scikit-learn's digits against N.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``risks``, with its columns for the test images.
    settings : mapping
        Plain settings of the study: seed, modulus, nodes, replicates, draws of the digits.

    Returns
    -------
    Figure, DataFrame
        The figure and both summaries, told apart by the column ``measure``.
    """
    risks = tables["risks"]
    risks = risks[risks["family"] == "digits"]
    training = risk_summary(risks, settings["seed"])
    if training.empty:
        return style.no_data("digits", settings)
    accuracy = risk_summary(risks, settings["seed"], "test_accuracy")
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.1)
    left, right = figure.subplots(1, 2)
    samplers = style.in_order(training["sampler"])
    places = sorted(training["nodes"].unique().tolist())
    for axis, summary in ((left, training), (right, accuracy)):
        axis.set_ylim(0, 1.02)
        draw_samplers(axis, summary, "nodes", places, samplers)
        axis.set_xlabel("nodes N")
    left.set_ylabel("relative risk, training images")
    right.set_ylabel("accuracy, test images")
    right.axhline(0.5, color="0.4", lw=0.8, ls=(0, (1, 2)), zorder=1)
    right.text(0.01, 0.51, "chance", transform=right.get_yaxis_transform(), va="bottom", fontsize=7)
    kappa = risks["kappa"].dropna().mean()
    _draw_law(left, places, training["points"].iloc[0], kappa)
    style.label_panels((left, right))
    extra = Line2D(
        [], [], color="0.2", lw=0.8, ls=(0, (2, 1.5)), label=f"law, \u03ba = {kappa:.2f}"
    )
    style.sampler_legend(figure, samplers, [extra] if np.isfinite(kappa) else [])
    bars = style.mean_line(training["replicates"].max())
    facts = [bars, *stops(risks), style.OUR_DERIVATION]
    study = style.study_line(settings, nodes=places, points=training["points"])
    study += " ".join(["", *fewer_draws(risks, settings)])
    style.footer(figure, ["scikit-learn's digits, odd against even.", study, *facts])
    measures = {"relative_risk": training, "test_accuracy": accuracy}
    return figure, pd.concat(measures, names=["measure"]).reset_index(level=0)


def _draw_law(axis: Axes, places: Sequence[int], points: int, kappa: float) -> None:
    """Draw what the law predicts for the optimized distribution, kappa estimated from draws."""
    predicted = law_risk(np.array(places) / points, kappa)
    axis.plot(range(len(places)), predicted, color="0.2", lw=0.8, ls=(0, (2, 1.5)), zorder=1)
