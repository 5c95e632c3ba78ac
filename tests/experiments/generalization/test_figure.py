"""The figure of the question: its caption and its marks."""

from tests.experiments.figures import drawn
from tests.plotting.checks import caption, greyscale
from winning_tickets.experiments.generalization.figure import _TICKETS


def test_the_caption_states_sizes_and_repetitions():
    figure, _ = drawn("generalization")
    assert "P = 5, N = 12, M = " in caption(figure)
    assert "replicates" in caption(figure)


def test_colours_survive_greyscale():
    for colour, _ in _TICKETS.values():
        assert greyscale(colour) < 0.75
