"""Figures: what they show, that nothing is clipped or too small, and that files repeat exactly."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread
from matplotlib.text import Text

from tests.tables import SETTINGS, declared, risk_table, study_tables
from winning_tickets import plotting
from winning_tickets.claims import judge_claims
from winning_tickets.plotting import style
from winning_tickets.plotting.risks import fewer_draws, risk_axis

# Figures of the tables that tests/tables.py makes up.
NAMES = (
    "risk_vs_dimension",
    "risk_vs_nodes",
    "risk_vs_nodes_digits",
    "runtime_vs_dimension",
    "runtime_vs_points",
    "acceptance_vs_points",
    "sampling_fidelity",
    "ticket_law",
    "claims",
)
GREYS = np.array([0.299, 0.587, 0.114])


@pytest.fixture(scope="module")
def given():
    """Every table, the verdicts included."""
    tables = study_tables()
    return tables | {"claims": judge_claims(declared(), tables, SETTINGS)}


@pytest.fixture(scope="module")
def drawn(given):
    """Every figure once, with the table behind it."""
    return {name: plotting.FIGURES[name](given, SETTINGS) for name in NAMES}


def texts(figure):
    """Return the visible texts of a figure with the boxes they fill, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    hidden = {id(label) for axis in figure.axes for label in _labels_not_drawn(axis)}
    return [
        (text, text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]


def _labels_not_drawn(axis):
    """Yield the tick labels outside the limits of an axis, and all of a panel that is off."""
    for side, limits in ((axis.xaxis, axis.get_xlim()), (axis.yaxis, axis.get_ylim())):
        for tick in (*side.get_major_ticks(), *side.get_minor_ticks()):
            if not axis.axison or not min(limits) <= tick.get_loc() <= max(limits):
                yield from (tick.label1, tick.label2)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_clipped_too_small_or_on_top_of_another_text(drawn, name):
    figure, _ = drawn[name]
    found = texts(figure)
    assert found
    for text, box in found:
        assert text.get_fontsize() >= 6.5, text.get_text()
        inside = figure.bbox.padded(1.5)
        corners = ((box.x0, box.y0), (box.x1, box.y1))
        assert all(inside.contains(*corner) for corner in corners), f"clipped: {text.get_text()!r}"
    for (one, first), (two, second) in itertools.combinations(found, 2):
        overlap = first.padded(-1).overlaps(second.padded(-1))
        assert not overlap, f"{one.get_text()!r} on {two.get_text()!r}"


def test_the_check_of_layouts_sees_a_clipped_and_an_overlapping_text():
    figure = style.new_figure(3.5, 2.0)
    figure.text(0.99, 0.5, "a long text that leaves the page")
    _, box = texts(figure)[0]
    assert box.x1 > figure.bbox.x1


@pytest.mark.parametrize("name", NAMES)
def test_captions_state_the_study_and_whose_curves_they_are(drawn, name):
    figure, table = drawn[name]
    caption = " ".join(figure.texts[-1].get_text().split())
    assert "P = " in caption
    assert "seed 7" in caption
    assert "not the paper's figures" in caption
    assert figure.get_figwidth() in (style.SINGLE_COLUMN, style.DOUBLE_COLUMN)
    assert len(table)


@pytest.mark.parametrize("name", NAMES)
def test_a_study_without_the_data_gets_a_figure_that_says_so(given, name):
    empty = {table: rows.iloc[:0] for table, rows in given.items()}
    figure, _ = plotting.FIGURES[name](empty, SETTINGS)
    assert "holds no" in figure.texts[0].get_text()


def test_looks_differ_in_marker_and_survive_greyscale():
    markers = [look.marker for look in style.LOOKS.values()]
    assert len(set(markers)) == len(markers)
    assert len({look.colour for look in style.LOOKS.values()}) == len(markers)
    lines = {(look.marker, str(look.line)) for look in style.LOOKS.values()}
    assert len(lines) == len(markers)
    assert style.look("later").label == "later"


def test_colours_are_the_same_in_every_figure(drawn):
    for figure, _ in drawn.values():
        for handle in itertools.chain(*(legend.legend_handles for legend in figure.legends)):
            for look in style.LOOKS.values():
                if handle.get_label().startswith(look.label):
                    assert handle.get_color() == look.colour


def test_files_are_complete_repeat_exactly_and_hold_the_provenance(given, tmp_path):
    metadata = {"commit": "abc", "seed": 7}
    figure, table = plotting.FIGURES["acceptance_vs_points"](given, SETTINGS)
    first = plotting.save(figure, table, tmp_path / "one" / "picture", metadata)
    figure, table = plotting.FIGURES["acceptance_vs_points"](given, SETTINGS)
    second = plotting.save(figure, table, tmp_path / "two" / "picture", metadata)
    assert [path.name for path in first] == ["picture.png", "picture.pdf", "picture.csv"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(
        path.name for path in first
    )
    png = first[0].read_bytes()
    assert json.dumps(metadata, sort_keys=True).encode() in png
    assert b"CreationDate" not in first[1].read_bytes()
    assert imread(first[0]).shape[1] == 300 * style.SINGLE_COLUMN
    assert len(pd.read_csv(first[2])) == len(table)


def test_colours_are_dark_enough_in_greyscale():
    """Every sampler stands out from white paper when colour is lost."""
    for look in style.LOOKS.values():
        rgb = np.array([int(look.colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        assert rgb @ GREYS < 0.75, look.label


def test_zero_risk_is_drawn_at_the_foot_of_the_axis(drawn):
    figure, table = drawn["risk_vs_dimension"]
    assert (table["mean"] == 0).any()
    axis = figure.axes[0]
    foot = axis.get_ylim()[0]
    heights = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axis.lines])
    assert foot == style.RISK_FLOOR
    assert (heights == foot).any()
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels[0] == "0"


def test_the_risk_axis_is_monotone_and_its_two_parts_meet():
    figure = style.new_figure(3.5, 2.0)
    axis = figure.subplots()
    risk_axis(axis, 1e-20)
    scale = axis.yaxis.get_transform()
    risks = np.logspace(-20, 0, 200)
    heights = scale.transform(risks)
    assert (np.diff(heights) > 0).all()
    assert scale.inverted().transform(heights) == pytest.approx(risks, rel=1e-9)
    assert scale.transform(np.array([0.0]))[0] == heights[0]


def test_risk_figures_say_where_samplers_stop(drawn):
    caption = " ".join(drawn["risk_vs_dimension"][0].texts[-1].get_text().split())
    assert "enumeration from random points, D = 32 (needs 7,451 MiB)" in caption
    assert "full grid, D = 6 and beyond (too many)" in caption


def test_two_replicates_have_no_bars_and_the_caption_says_so():
    risks = {"risks": risk_table(replicates=2)}
    figure, summary = plotting.FIGURES["risk_vs_dimension"](risks, SETTINGS)
    assert (summary["low"].isna() | (summary["low"] == summary["mean"])).all()
    assert summary["low"].isna().any()
    caption = " ".join(text.get_text() for text in figure.texts)
    assert "too few of them for an interval" in " ".join(caption.split())


def test_a_single_dimension_is_marked_by_its_own_number_alone(given):
    timings = given["timings"]
    timings = timings[(timings["grid"] == "dimension") & (timings["dimension"] == 4)]
    figure, _ = plotting.FIGURES["runtime_vs_dimension"](given | {"timings": timings}, SETTINGS)
    axis = figure.axes[0]
    low, high = axis.get_xlim()
    assert [tick for tick in axis.get_xticks() if low <= tick <= high] == [4]


def test_captions_say_which_samplers_drew_fewer_tickets():
    risks = risk_table()
    assert fewer_draws(risks, SETTINGS) == []
    fewer = risks[(risks["sampler"] != "rejection") | (risks["draw"] == 0)]
    (sentence,) = fewer_draws(fewer, SETTINGS)
    assert sentence.endswith("quantum-inspired (rejection) 1.")
    caption = plotting.FIGURES["risk_vs_dimension"]({"risks": fewer}, SETTINGS)[0].texts[-1]
    assert "Fewer draws" in caption.get_text()


def test_runtime_legend_gives_growth_with_intervals(drawn):
    figure, _ = drawn["runtime_vs_dimension"]
    labels = {label.get_text() for legend in figure.legends for label in legend.get_texts()}
    (enumeration,) = (label for label in labels if label.startswith("exact: enumeration"))
    (spectral,) = (label for label in labels if label.startswith("spectral"))
    assert "\u00d75.6 [" in enumeration
    assert "slope 0.9" in spectral
    assert "fitted, not measured" in labels
    caption = " ".join(figure.texts[-1].get_text().split())
    assert "enumeration from D = 10" in caption


def test_operations_are_counted_and_those_of_the_circuit_are_gates(drawn):
    rows = drawn["runtime_vs_dimension"][1].set_index(["sampler", "dimension"])
    operations = rows["operations_per_node"]
    # 200 points, 64 nodes, P = 5: one inner product a point; the domain is shared by the nodes.
    assert operations["spectral", 64] == 200 * 64
    entries = 5**6
    assert operations["enumeration", 6] == pytest.approx((entries * 200 * 6 + entries * 5) / 64)
    assert operations["circuit", 64] == 2 * 64 + 2
    assert rows["with_state_preparation"]["circuit", 64] == 2 * 64 + 2 + 200 * 64


def test_a_simulated_circuit_that_was_timed_is_not_taken_for_the_gates(given):
    timings = given["timings"]
    simulated = timings[timings["sampler"] == "fft"].assign(sampler="circuit")
    tables = given | {"timings": pd.concat([timings, simulated])}
    figure, _ = plotting.FIGURES["runtime_vs_dimension"](tables, SETTINGS)
    labels = [label.get_text() for legend in figure.legends for label in legend.get_texts()]
    assert any(label.startswith("quantum circuit (simulated)") for label in labels)
    assert "quantum circuit: gates" in labels


def test_the_fit_goes_on_where_measurement_ends(drawn):
    axis = drawn["runtime_vs_dimension"][0].axes[0]
    fits = [
        line
        for line in axis.lines
        if line.get_marker() in ("None", "") and len(line.get_xdata()) == 20
    ]
    assert len(fits) == 2
    for line in fits:
        assert line.get_xdata()[0] == 9
        assert line.get_linestyle() == "--"


def test_proposals_follow_the_line_and_prefixes_are_counted_once(drawn):
    _, counts = drawn["acceptance_vs_points"]
    assert (np.abs(counts["ratio"] - 1) < 5 / np.sqrt(counts["accepted"])).all()
    assert counts["per_node"].to_numpy() == pytest.approx(counts["ratio"] * counts["support"])
    risks = risk_table()
    largest = risks[(risks["family"] == "random") & (risks["sampler"] == "rejection")]
    tickets = largest.groupby(["target", "dimension", "replicate", "draw"])["nodes"].max().sum()
    only = plotting.FIGURES["acceptance_vs_points"]({"risks": risks}, SETTINGS)[1]
    assert only.set_index("support").loc[200.0, "accepted"] == tickets


def test_the_library_itself_does_not_load_matplotlib():
    code = "import sys, winning_tickets, winning_tickets.summaries, winning_tickets.law;"
    code += "sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
