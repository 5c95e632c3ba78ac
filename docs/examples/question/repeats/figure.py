"""Distinct nodes against the number of nodes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from ...plotting import style


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Draw a curve for each sampler at the largest dimension.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``repeats``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the rows it shows.
    """
    table = tables["repeats"]
    table = table[table["status"] == "ok"]
    if table.empty:
        return style.no_data("count of repeated nodes", settings)
    shown = table[table["dimension"] == table["dimension"].max()]
    figure = style.new_figure(style.SINGLE_COLUMN, 2.6)
    axis = figure.subplots()
    for sampler, rows in shown.groupby("sampler"):
        axis.plot(rows["nodes"], rows["unique_nodes"], **style.line(sampler))
    axis.set_xlabel("nodes N")
    axis.set_ylabel("distinct nodes")
    style.sampler_legend(figure, shown["sampler"])
    study = style.study_line(settings, nodes=shown["nodes"], replicates=None)
    style.footer(figure, [f"D = {shown['dimension'].iloc[0]}.", study, style.OUR_DERIVATION])
    return figure, shown
