"""Figures of generalization, soft thresholds and better tickets: layout, captions, marks."""

import itertools

import numpy as np
import pytest
from tests.test_plotting import GREYS, texts
from winning_tickets.extensions import EXTENSIONS
from winning_tickets.plotting.extensions import _TICKETS, _WAYS

from tests.extension_tables import extension_tables
from winning_tickets import plotting
from winning_tickets.plotting import style

SETTINGS = {"seed": 7, "modulus": 5}


@pytest.fixture(scope="module")
def drawn():
    given = extension_tables()
    return {name: plotting.FIGURES[name](given, SETTINGS) for name in EXTENSIONS}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_nothing_is_clipped_too_small_or_on_top_of_another_text(drawn, name):
    figure, _ = drawn[name]
    found = texts(figure)
    for text, box in found:
        assert text.get_fontsize() >= 6.5, text.get_text()
        inside = figure.bbox.padded(1.5)
        corners = ((box.x0, box.y0), (box.x1, box.y1))
        assert all(inside.contains(*corner) for corner in corners), f"clipped: {text.get_text()!r}"
    for (one, first), (two, second) in itertools.combinations(found, 2):
        overlap = first.padded(-1).overlaps(second.padded(-1))
        assert not overlap, f"{one.get_text()!r} on {two.get_text()!r}"


@pytest.mark.parametrize(("name", "size"), [*zip(EXTENSIONS, (12, 32, "4 or 8"), strict=True)])
def test_captions_state_the_study_and_whose_curves_they_are(drawn, name, size):
    figure, table = drawn[name]
    caption = " ".join(figure.texts[-1].get_text().split())
    assert f"P = 5, N = {size}, M = " in caption
    assert "replicates" in caption and "seed 7" in caption
    assert "not the paper's figures" in caption
    assert figure.get_figwidth() == style.DOUBLE_COLUMN
    assert len(table)


@pytest.mark.parametrize("name", EXTENSIONS)
def test_a_study_without_the_data_gets_a_figure_that_says_so(name):
    empty = {table: rows.iloc[:0] for table, rows in extension_tables().items()}
    for given in ({}, empty):
        figure, _ = plotting.FIGURES[name](given, SETTINGS)
        assert "holds no" in figure.texts[0].get_text()


def test_the_control_stands_in_the_table_behind_the_comparison(drawn):
    _, table = drawn["better_tickets"]
    control = table[table["control"].notna()]
    assert set(control["control"]) == {"candidates", "seconds"}
    assert control["verdict"].notna().all()
    sparse = control[(control["family"] == "random") & (control["control"] == "candidates")]
    assert (sparse["ratio"] < 1).all()


def test_marks_differ_and_survive_greyscale():
    assert len({marker for marker, *_ in _WAYS.values()}) == len(_WAYS)
    for colour, _ in _TICKETS.values():
        rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        assert rgb @ GREYS < 0.75
