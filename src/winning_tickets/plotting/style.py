"""What all figures share: one look per sampler, printed sizes, captions, deterministic files."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import style as mpl_style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from ..records.files import whole_file
from ..risk import RISK_FLOOR as RISK_FLOOR
from ..statistics import FEWEST_VALUES

SINGLE_COLUMN, DOUBLE_COLUMN = 3.5, 7.2
"""Printed widths in inches."""

SMALLEST_FONT = 6.5
OUR_DERIVATION = "Curves follow our own derivation from the abstract, not the paper's figures."

# Seaborn's plain style, with what it leaves open: sizes for print.
RC = sns.axes_style("ticks") | {
    "axes.edgecolor": "0.2",
    "axes.grid": True,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 8,
    "errorbar.capsize": 0,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "grid.color": "0.9",
    "grid.linewidth": 0.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "lines.linewidth": 1.1,
    "lines.markersize": 4,
    # TrueType outlines keep the text of a PDF selectable.
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
}


PALETTE = tuple(sns.color_palette("colorblind").as_hex())
"""Colours that most colour-blind readers tell apart."""

SOLID, DASHED, DOTTED = "-", (0, (3.7, 1.6)), (0, (1, 1.65))


@dataclass(frozen=True)
class Look:
    """How one curve appears in every figure: the marker and the dashes survive greyscale."""

    label: str
    colour: str
    marker: str
    line: str | tuple = SOLID
    filled: bool = True

    def shown(self) -> dict:
        """Return line and marker as keyword arguments of a plotting call."""
        edge = {"mfc": self.colour, "mec": "white", "mew": 0.4}
        if not self.filled:
            edge = {"mfc": "white", "mec": self.colour, "mew": 0.8}
        return {"color": self.colour, "marker": self.marker, "ls": self.line, **edge}


LOOKS = {
    "uniform": Look("uniform", PALETTE[1], "o", DASHED),
    "enumeration": Look("exact: enumeration", PALETTE[0], "s"),
    "fft": Look("exact: FFT", PALETTE[9], "D", (0, (5, 1))),
    "rejection": Look("quantum-inspired (rejection)", PALETTE[3], "^", (0, (4, 1, 1, 1))),
    "spectral": Look("spectral (ours)", PALETTE[2], "v"),
    "circuit": Look("quantum circuit (simulated)", PALETTE[4], "P", DOTTED),
    "ancestral": Look("ancestral (any prior)", "#4d4d9f", "d", (0, (3, 1, 1, 1, 1, 1))),
    "capped": Look("capped (uniform proposals)", "#6b4c1e", "8", (0, (2, 1))),
    "heavy": Look("heavy (oracle access)", "#000000", "X", (0, (1, 1))),
}
"""Looks of the samplers by name; others get a spare one."""

# Colours and markers of samplers without a look of their own, in the order they are met.
_SPARE = ((PALETTE[5], "<"), (PALETTE[7], ">"), ("#5b2a86", "p"), ("#8a8a00", "h"), ("0.35", "*"))

_looks: ContextVar[Mapping[str, Look]] = ContextVar("looks", default=LOOKS)


@contextmanager
def _looks_of(samplers: Iterable[str]) -> Iterator[None]:
    """Give those of a study's samplers that have no look the next unused ones."""
    unknown = [name for name in samplers if name not in LOOKS]
    spare = zip(unknown, cycle(_SPARE), strict=False)
    given = {name: Look(name, *colour_and_marker) for name, colour_and_marker in spare}
    token = _looks.set(LOOKS | given)
    try:
        yield
    finally:
        _looks.reset(token)


@dataclass(frozen=True)
class Names:
    """How a figure names families and targets, and what samplers are, from the study's facts.

    Attributes
    ----------
    facts : mapping
        "families", "targets" and "samplers", as `winning_tickets.experiments.base.labels` gives
        them; what they do not hold goes by its own name.
    """

    facts: Mapping

    def family(self, name: str) -> str:
        """Return the label of a family."""
        return self.facts.get("families", {}).get(name, {}).get("label", name)

    def target(self, name: str) -> str:
        """Return the label of a target."""
        return self.facts.get("targets", {}).get(name, name)

    def families(self, **wanted: bool) -> list[str]:
        """Return the families that are, or are not, ``single`` or ``sparse``, in order."""
        return self._those("families", wanted)

    def samplers(self, **wanted: object) -> list[str]:
        """Return the samplers of a ``role``, or those that are or are not ``exact``, in order."""
        return self._those("samplers", wanted)

    def _those(self, kind: str, wanted: Mapping[str, object]) -> list[str]:
        return [
            name
            for name, facts in self.facts.get(kind, {}).items()
            if all(facts[fact] == value for fact, value in wanted.items())
        ]

    def in_order(self, kind: str, present: Iterable[str]) -> list[str]:
        """Return the "families" or "targets" that are present, known ones first."""
        known, found = list(self.facts.get(kind, {})), set(present)
        return [name for name in known if name in found] + sorted(found - set(known))


def look(sampler: str) -> Look:
    """Return the look of a sampler; one that the study does not name is drawn plainly."""
    return _looks.get().get(sampler, Look(sampler, "0.4", "."))


def line(sampler: str) -> dict:
    """Return the line and marker of a sampler as keyword arguments of a plotting call."""
    return look(sampler).shown()


def in_order(samplers: Iterable[str]) -> list[str]:
    """Sort samplers as the legends list them: known ones first, then by name."""
    known, found = list(_looks.get()), set(samplers)
    return [name for name in known if name in found] + sorted(found - set(known))


def styled(draw: Callable[..., tuple[Figure, pd.DataFrame]]) -> Callable:
    """Run a figure function under the shared look, whatever the caller's settings are.

    Samplers of ``settings["samplers"]`` without an entry in `LOOKS` are told apart too.
    """

    @functools.wraps(draw)
    def wrapper(
        tables: Mapping[str, pd.DataFrame], settings: Mapping
    ) -> tuple[Figure, pd.DataFrame]:
        with mpl_style.context(["default", RC]), _looks_of(settings.get("samplers", {})):
            return draw(tables, settings)

    return wrapper


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of a printed size in inches; no global state is touched."""
    return Figure(figsize=(width, height), layout="constrained")


def label_panels(axes: Sequence[Axes]) -> None:
    """Mark panels (a), (b), ... at their upper left, outside the data."""
    for letter, axis in zip("abcdefghijklmnopqrstuvwxyz", axes, strict=False):
        axis.set_title(f"({letter})", loc="left", fontweight="bold")


def short(sampler: str) -> str:
    """Return the name of a sampler as it stands inside a sentence."""
    return look(sampler).label.removeprefix("exact: ")


def cause(row: pd.Series) -> str:
    """Return why a row was skipped, without the limit, which the table states."""
    return str(row["reason"]).partition(";")[0]


def footer(figure: Figure, sentences: Iterable[str]) -> None:
    """Write the caption under a figure, wrapped to its width, and keep its space free."""
    width, height = figure.get_size_inches()
    lines = _wrap(figure, " ".join(s for s in sentences if s), 0.96 * width)
    share = (len(lines) * SMALLEST_FONT * 1.35 + 5) / 72 / height
    figure.get_layout_engine().set(rect=(0.0, share, 1.0, 1.0 - share))
    # Below the panels by as much on every figure, however tall: what is kept free is in inches too.
    top = share - 0.03 / height
    figure.text(0.01, top, "\n".join(lines), fontsize=SMALLEST_FONT, color="0.25", va="top")


def _wrap(figure: Figure, text: str, width: float) -> list[str]:
    """Break a text into lines of at most ``width`` inches, as wide as they will be printed."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    font = FontProperties(size=SMALLEST_FONT)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        wide = renderer.get_text_width_height_descent(longer, font, ismath=False)[0] / figure.dpi
        if wide <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def study_line(settings: Mapping, **facts: object) -> str:
    """Return the sentence that states P, N, M, replicates, draws and seed.

    Parameters
    ----------
    settings : mapping
        Plain settings of the study; keys used: modulus, nodes, replicates, draws, seed.
    **facts : object
        What a figure knows better: the same names, or ``points``; None leaves a fact out.

    Returns
    -------
    str
        One sentence with a full stop.
    """
    known = {**settings, **facts}
    words = [
        f"{sign} = {_in_words(known[name])}"
        for sign, name in (("P", "modulus"), ("N", "nodes"), ("M", "points"))
        if known.get(name) is not None
    ]
    if known.get("replicates") is not None:
        drawn = known.get("draws")
        times = f" \u00d7 {_in_words(drawn)} draws" if drawn is not None else ""
        words.append(f"{_in_words(known['replicates'])} replicates (data sets){times}")
    words.append(f"seed {known.get('seed', 'unknown')}")
    return ", ".join(words) + "."


def mean_line(replicates: int) -> str:
    """Return the sentence that says what markers and bars are, with that many replicates."""
    if replicates < FEWEST_VALUES:
        return "Marker: mean over replicates, too few of them for an interval."
    return "Marker: mean over replicates; bar: 95 % interval (Student) over replicates."


def _in_words(value: object) -> str:
    """Write one value, or the ends of several."""
    if isinstance(value, str) or np.ndim(value) == 0:
        return f"{value:,}" if isinstance(value, int | np.integer) else str(value)
    several = sorted(set(np.asarray(value).tolist()))
    if not several:
        return "none"
    if len(several) <= 3:
        *first, last = (f"{entry:,}" for entry in several)
        return f"{', '.join(first)} or {last}" if first else last
    return f"{several[0]:,} to {several[-1]:,}"


def handle(entry: Look, label: str | None = None) -> Line2D:
    """Return the entry of a look in a legend."""
    return Line2D([], [], label=label or entry.label, **entry.shown())


def sampler_legend(figure: Figure, samplers: Iterable[str], extra: Sequence[Line2D] = ()) -> None:
    """Put one legend for all panels above the figure."""
    handles = [handle(look(name)) for name in in_order(samplers)]
    handles += extra
    room = 5 if figure.get_size_inches()[0] > SINGLE_COLUMN else 2
    rows = -(-len(handles) // room)
    columns = -(-len(handles) // rows)
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, columnspacing=1.2)


def no_data(what: str, settings: Mapping) -> tuple[Figure, pd.DataFrame]:
    """Make the figure that says what the study at hand does not hold."""
    figure = new_figure(SINGLE_COLUMN, 1.2)
    figure.text(0.5, 0.6, f"This study holds no {what}.", ha="center", va="center")
    footer(figure, [study_line(settings)])
    return figure, pd.DataFrame({"note": [f"no {what} in this study"]})


def save(figure: Figure, table: pd.DataFrame, stem: str | Path) -> list[Path]:
    """Write a figure as PNG and PDF and the table behind it as CSV, the same bytes every time.

    Parameters
    ----------
    figure : Figure
        The figure.
    table : DataFrame
        The numbers it shows; six digits are kept, as further ones differ between processors.
    stem : str or Path
        Path without the ending; its folder is made when missing.

    Returns
    -------
    list of Path
        The three files, each complete: they are written under another name and then renamed.

    Notes
    -----
    No date, commit or machine is written into them: the bytes are a function of the tables and of
    the code that draws. Where they come from stands in results/provenance/figures.json.
    """
    target = Path(stem)
    files = [target.with_name(f"{target.name}.{ending}") for ending in ("png", "pdf", "csv")]
    png, pdf, csv = files
    with mpl_style.context(["default", RC]):
        _freeze(figure)
        with whole_file(png) as partial:
            figure.savefig(partial, format="png", metadata={"Software": None})
        with whole_file(pdf) as partial:
            figure.savefig(partial, format="pdf", metadata={"CreationDate": None})
    with whole_file(csv) as partial:
        table.to_csv(partial, index=False, float_format="%.6g", lineterminator="\n")
    return files


def _freeze(figure: Figure) -> None:
    """Lay the figure out once and round: the solver's last bits differ from run to run."""
    figure.get_layout_engine().execute(figure)
    places = [axis.get_position() for axis in figure.axes]
    figure.set_layout_engine(None)  # or each file would be laid out once more
    for axis, place in zip(figure.axes, places, strict=True):
        axis.set_position([round(edge, 4) for edge in place.bounds])
