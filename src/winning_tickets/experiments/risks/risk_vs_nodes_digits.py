"""Training risk and test accuracy on the digits against the number of hidden nodes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...law import law_risk
from ...plotting import style
from .panels import draw_samplers, fewer_draws, stops
from .summary import risk_summary


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
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
    names, risks = style.Names(settings), tables["risks"]
    risks = risks[risks["family"] == settings["family"]]
    training = risk_summary(risks)
    if training.empty:
        return style.no_data("digits", settings)
    accuracy = risk_summary(risks, "test_accuracy")
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.1)
    left, right = figure.subplots(1, 2)
    samplers = style.in_order(training["sampler"])
    places = sorted(training["nodes"].unique().tolist())
    for axis, summary in ((left, training), (right, accuracy)):
        draw_samplers(axis, summary, "nodes", places, samplers)
        axis.set_ylim(0, 1.02)
        axis.set_xlabel("nodes N")
    left.set_ylabel("relative risk, training images")
    right.set_ylabel("accuracy, test images")
    right.axhline(0.5, color="0.4", lw=0.8, ls=(0, (1, 2)), zorder=1)
    right.text(0.01, 0.54, "chance", transform=right.get_yaxis_transform(), va="bottom", fontsize=7)
    kappa = risks["kappa"].dropna().mean()
    _draw_law(left, places, training["points"].iloc[0], kappa)
    style.label_panels((left, right))
    extra = Line2D(
        [], [], color="0.2", lw=0.8, ls=(0, (2, 1.5)), label=f"law, \u03ba = {kappa:.2f}"
    )
    style.sampler_legend(figure, samplers, [extra] if np.isfinite(kappa) else [])
    bars = style.mean_line(training["replicates"].max())
    facts = [bars, *stops(risks, names), style.OUR_DERIVATION]
    study = style.study_line(settings, nodes=places, points=training["points"])
    study += " ".join(["", *fewer_draws(risks, settings)])
    style.footer(figure, ["scikit-learn's digits, odd against even.", study, *facts])
    measures = {"relative_risk": training, "test_accuracy": accuracy}
    return figure, pd.concat(measures, names=["measure"]).reset_index(level=0)


def _draw_law(axis: Axes, places: Sequence[int], points: int, kappa: float) -> None:
    """Draw what the law predicts for the optimized distribution, kappa estimated from draws."""
    predicted = law_risk(np.array(places) / points, kappa)
    axis.plot(range(len(places)), predicted, color="0.2", lw=0.8, ls=(0, (2, 1.5)), zorder=1)
