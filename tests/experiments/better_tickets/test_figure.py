"""The figure of the question: its caption and its marks."""

from tests.experiments.figures import drawn
from tests.plotting.checks import caption


def test_the_caption_states_sizes_and_repetitions():
    figure, _ = drawn("better_tickets")
    assert "P = 5, N = 4 or 8, M = " in caption(figure)
    assert "replicates" in caption(figure)


def test_the_control_stands_in_the_table_behind_the_figure():
    _, table = drawn("better_tickets")
    control = table[table["control"].notna()]
    assert set(control["control"]) == {"candidates", "seconds"}
    assert control["verdict"].notna().all()
    sparse = control[(control["family"] == "random") & (control["control"] == "candidates")]
    assert (sparse["ratio"] < 1).all()
