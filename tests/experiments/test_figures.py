"""What holds for every figure of every question: layout, captions, studies without the data."""

import itertools

import pytest

from tests.experiments.figures import FIGURES, draw, drawn, given
from tests.plotting.checks import assert_readable, caption
from winning_tickets.plotting import style


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_clipped_too_small_or_on_top_of_another_text(name):
    assert_readable(drawn(name)[0])


@pytest.mark.parametrize("name", FIGURES)
def test_captions_state_the_study_and_whose_curves_they_are(name):
    figure, table = drawn(name)
    assert "P = " in caption(figure)
    assert "seed 7" in caption(figure)
    assert "our own" in caption(figure)
    assert figure.get_figwidth() in (style.SINGLE_COLUMN, style.DOUBLE_COLUMN)
    assert len(table)


@pytest.mark.parametrize("name", FIGURES)
def test_a_study_without_the_data_gets_a_figure_that_says_so(name):
    empty = {table: rows.iloc[:0] for table, rows in given().items()}
    figure, _ = draw(name, **empty)
    assert "holds no" in figure.texts[0].get_text()


@pytest.mark.parametrize("name", FIGURES)
def test_colours_are_the_same_in_every_figure(name):
    figure, _ = drawn(name)
    for handle in itertools.chain(*(legend.legend_handles for legend in figure.legends)):
        for look in style.LOOKS.values():
            if handle.get_label() == look.label:
                assert handle.get_color() == look.colour
