"""Relative empirical risk against the number of hidden nodes, for some dimensions and the line."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style
from ...plotting.risk_axis import SQUEEZED, risk_axis
from .panels import SIDE_BY_SIDE, draw_samplers, fewer_draws
from .summary import risk_summary


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
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
    names, risks = style.Names(settings), tables["risks"]
    risks = risks[~risks["family"].isin(_held_back(risks))]
    cells = risk_summary(risks)
    cell = ["family", "target", "dimension"]
    cells = cells[cells.groupby(cell)["nodes"].transform("nunique") > 1]
    if cells.empty:
        return style.no_data("cells with several ticket sizes", settings)
    panels, columns = _panels_over_nodes(cells, names)
    samplers = style.in_order(cells["sampler"])
    rows = -(-len(panels) // columns)
    figure = style.new_figure(style.DOUBLE_COLUMN, 1.0 + 1.9 * rows)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    floor = settings.get("floor", style.RISK_FLOOR)
    for axis, (title, panel) in zip(axes, panels, strict=False):
        places = sorted(panel["nodes"].unique().tolist())
        draw_samplers(axis, panel, "nodes", places, samplers, floor)
        axis.set_title(title, fontsize=style.SMALLEST_FONT)
        axis.set_xlabel("nodes N")
    for axis in axes:
        risk_axis(axis, floor)
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    for axis in axes[::columns]:
        axis.set_ylabel("relative risk")
    style.sampler_legend(figure, samplers)
    bars = style.mean_line(cells["replicates"].max())
    facts = [bars, SQUEEZED, SIDE_BY_SIDE, style.OUR_DERIVATION]
    study = style.study_line(settings, nodes=cells["nodes"], modulus=cells["modulus"])
    style.footer(figure, [study, *fewer_draws(risks, settings), *facts])
    return figure, cells


def _held_back(risks: pd.DataFrame) -> pd.Series:
    """Return the families with test examples: they have a figure of their own."""
    return risks.loc[risks["test_risk"].notna(), "family"].unique()


def _panels_over_nodes(
    cells: pd.DataFrame, names: style.Names
) -> tuple[list[tuple[str, pd.DataFrame]], int]:
    """Choose panels: random points by target and dimension, each row ended by one other cell.

    Returns the panels with their titles, row by row, and the number of columns.
    """
    targets = names.in_order("targets", cells["target"])
    main = names.families(sparse=True, single=False)
    random = cells[cells["family"].isin(main)]
    dimensions = sorted(random["dimension"].unique())[:3]
    others = [
        panel
        for family in names.families(single=True) + names.families(sparse=False, single=False)
        for panel in _split(cells[cells["family"] == family], targets)[:1]
    ]
    panels = []
    for target in [name for name in targets if name in set(random["target"])]:
        rows = random[random["target"] == target]
        panels += [rows[rows["dimension"] == dimension] for dimension in dimensions]
        panels += [others.pop(0)] if others else []
    titled = [(_title(panel, names), panel) for panel in panels + others if len(panel)]
    return titled, min(len(titled), len(dimensions) + 1)


def _split(cells: pd.DataFrame, targets: Sequence[str]) -> list[pd.DataFrame]:
    """Split one family into its cells: by target, and the largest dimension first."""
    groups = dict(list(cells.groupby(["target", "dimension"])))
    order = sorted(groups, key=lambda key: (targets.index(key[0]), -key[1]))
    return [groups[key] for key in order]


def _title(panel: pd.DataFrame, names: style.Names) -> str:
    first = panel.iloc[0]
    family = first["family"]
    points = f"P = {first['modulus']}, D = {first['dimension']}, M = {first['points']:,}"
    return f"{family}: {names.target(first['target'])}\n{points}"
