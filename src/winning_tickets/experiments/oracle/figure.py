"""Risk and queries against the dimension under oracle access."""

from collections.abc import Iterator, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from ...plotting import style
from ...plotting.lines import draw_lines
from ...statistics import last_slope

ACCESS = (
    "Access model: h may be queried at any point of Z_P^D and no example is stored; a table of M "
    "random examples offers no such choice, and heavy cannot work from one."
)


def oracle_summary(oracle: pd.DataFrame) -> pd.DataFrame:
    """Average the replicates of every dimension and sampler.

    Parameters
    ----------
    oracle : DataFrame
        The table of oracle access; skipped rows are left out.

    Returns
    -------
    DataFrame
        Columns dimension, sampler, replicates, and mean, low (smallest) and high (largest) of
        relative_risk, signal_risk and queries.
    """
    measured = oracle[oracle["status"] == "ok"]
    columns = {"replicates": ("replicate", "nunique")}
    for value in ("relative_risk", "signal_risk", "queries"):
        columns |= {
            value: (value, "mean"),
            f"{value}_low": (value, "min"),
            f"{value}_high": (value, "max"),
        }
    return measured.groupby(["dimension", "sampler"]).agg(**columns).reset_index()


@style.styled
def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Risk on fresh points and queries against D, under oracle access.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``oracle``.
    settings : mapping
        Plain settings of the study: seed, modulus.

    Returns
    -------
    Figure, DataFrame
        The figure and the summary it shows.
    """
    oracle = tables.get("oracle")
    if oracle is None or not (oracle["status"] == "ok").any():
        return style.no_data("oracle access", settings)
    summary = oracle_summary(oracle)
    figure = style.new_figure(style.DOUBLE_COLUMN, 3.3)
    axes = figure.subplots(1, 3)
    for axis, value in zip(axes, ("relative_risk", "signal_risk", "queries"), strict=True):
        _draw_over_dimension(axis, summary, value)
    noise = oracle["noise_share"].iloc[0]
    axes[0].axhline(noise, color="0.35", lw=0.8, ls=(0, (1, 1.5)))
    axes[0].set_ylim(0, None)
    axes[0].set_ylabel("relative risk on fresh points")
    axes[1].set_yscale("log")
    axes[1].set_ylabel("the same, against the signal")
    axes[2].set_yscale("log")
    axes[2].set_ylabel("queries of h")
    style.label_panels(axes)
    grey = Line2D([], [], color="0.35", lw=0.8, ls=(0, (1, 1.5)), label="share of noise in h")
    style.sampler_legend(figure, summary["sampler"], [grey])
    style.footer(figure, _caption(oracle, summary, settings))
    return figure, summary


def _draw_over_dimension(axis: Axes, summary: pd.DataFrame, value: str) -> None:
    places = sorted(set(summary["dimension"]))
    looks = {name: style.look(name) for name in style.in_order(summary["sampler"])}
    ends = (f"{value}_low", f"{value}_high")
    draw_lines(axis, summary, "dimension", value, looks, ends=ends)
    axis.set_xscale("log", base=2)
    # Neighbours below 8 stand too close together for a name each.
    named = [place for place in places if place in (places[0], places[-1]) or place >= 8]
    axis.xaxis.set_major_locator(FixedLocator(named))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticklabels([f"{place:,}" for place in named])
    axis.set_xlabel("dimension D (logarithmic)")


def _caption(oracle: pd.DataFrame, summary: pd.DataFrame, settings: Mapping) -> list[str]:
    facts = {"modulus": oracle["modulus"].iloc[0], "replicates": summary["replicates"].max()}
    facts |= {"nodes": oracle["nodes"].iloc[0], "points": None, "draws": None}
    points = oracle["points"].iloc[0]
    left = oracle[oracle["status"] == "skipped"].sort_values("dimension")
    stop = ""
    if len(left):
        first = left.iloc[0]
        name, dimension = style.short(first["sampler"]), first["dimension"]
        stop = f"{name} is left out from D = {dimension} on: it {style.cause(first)}."
    return [
        style.study_line(settings, **facts),
        "h: sine modes and products of two, plus noise that is a fixed function of x.",
        f"All output layers are fitted on {points:,} random points, which count as queries, and "
        f"judged on {points:,} others (partly the same ones where P^D is that small).",
        "Marker: mean over replicates; bar: smallest and largest.",
        *_search_results(oracle, summary, settings),
        stop,
        ACCESS,
        style.OUR_DERIVATION,
    ]


def _search_results(
    oracle: pd.DataFrame, summary: pd.DataFrame, settings: Mapping
) -> Iterator[str]:
    """Yield what the samplers that query found, and how their queries grow."""
    searching = oracle[oracle["sampler"].isin(style.Names(settings).samplers(role="oracle"))]
    for name, found in searching.groupby("sampler"):
        complete = int((found["coefficients_missed"] == 0).sum())
        yield f"{name} found all coefficients of the signal in {complete} of {len(found)} runs."
        slope = last_slope(summary[summary["sampler"] == name], "dimension", "queries")
        if slope:
            interval = f"{slope.value:.2f} [{slope.low:.2f}, {slope.high:.2f}]"
            yield f"Queries of {name}: slope {interval} here, 1 for large D by their closed form."
