"""What the figures of the times share: curves of seconds, legends with rates, words on the rest."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from ...plotting import style
from ...plotting.lines import draw_lines
from ...statistics import Estimate
from .measure import TABLE

MEDIANS = (
    "Marker: median of the passes; bar: quartiles; processor time of one thread, preparation and "
    "drawing together: all of a table is charged to one ticket."
)


def interval(found: Estimate, digits: int = 2) -> str:
    """Write a number with its interval."""
    low, high = (f"{end:.{digits}f}" for end in (found.low, found.high))
    return f"{found.value:.{digits}f} [{low}, {high}]"


def legend(figure: Figure, labels: Mapping[str, str], extra: Sequence[Line2D] = ()) -> None:
    """Put one legend above the figure."""
    handles = [style.handle(style.look(name), labels[name]) for name in style.in_order(labels)]
    columns = 2 if figure.get_size_inches()[0] > style.SINGLE_COLUMN else 1
    figure.legend(handles=[*handles, *extra], loc="outside upper center", ncols=columns)


def draw_times(axis: Axes, curve: pd.DataFrame, along: str, per_node: bool = False) -> None:
    """Draw the medians of one sampler with their quartiles."""
    share = 1 / curve["nodes"] if per_node else 1.0
    shares = {name: curve[name] * share for name in ("seconds", "low", "high")}
    looks = {name: style.look(name) for name in curve["sampler"].unique()}
    draw_lines(axis, curve.assign(**shares), along, "seconds", looks)


def stops(timings: pd.DataFrame, grid: str, modulus: int) -> list[str]:
    """Say for each sampler from which size on it was not timed, and why."""
    left = timings[(timings["grid"] == grid) & (timings["modulus"] == modulus)]
    left = left[(left["status"] == "skipped") & (left["mode"] != TABLE)]
    along = "points" if grid == "points" else "dimension"
    letter = "M" if along == "points" else "D"
    parts = []
    for sampler in style.in_order(left["sampler"]):
        first = left[left["sampler"] == sampler].sort_values(along).iloc[0]
        label = style.short(sampler)
        parts.append(f"{label} from {letter} = {first[along]:,} ({style.cause(first)})")
    return [f"Not measured: {'; '.join(parts)}."] if parts else []


def unstable(times: pd.DataFrame) -> list[str]:
    """Say how many medians are uncertain."""
    count = int(times["unstable"].astype(bool).sum())
    spread = "an inter-quartile range above 0.3 of the median"
    return [f"{count} of {len(times)} medians have {spread}."] if count else []


def thousands(axis: Axes) -> None:
    """Write the numbers of the horizontal axis with commas."""
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axis.xaxis.set_minor_formatter(FuncFormatter(lambda x, _: ""))
