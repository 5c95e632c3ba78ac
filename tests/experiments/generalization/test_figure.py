"""The figure of the question: its caption and its marks."""

from tests.experiments.figures import drawn
from tests.plotting.checks import caption


def test_the_caption_states_sizes_and_repetitions():
    figure, _ = drawn("generalization")
    assert "P = 5, N = 12, M = " in caption(figure)
    assert "replicates" in caption(figure)
