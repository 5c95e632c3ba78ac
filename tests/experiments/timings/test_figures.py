"""Figures of the times: growth with intervals, operations, fits, proposals."""

import numpy as np
import pandas as pd
import pytest

from tests.experiments.figures import draw, drawn, given
from tests.plotting.checks import caption
from tests.tables import risk_table


def test_a_single_dimension_is_marked_by_its_own_number_alone():
    timings = given()["timings"]
    timings = timings[(timings["grid"] == "dimension") & (timings["dimension"] == 4)]
    figure, _ = draw("runtime_vs_dimension", timings=timings)
    axis = figure.axes[0]
    low, high = axis.get_xlim()
    assert [tick for tick in axis.get_xticks() if low <= tick <= high] == [4]


def test_runtime_legend_gives_growth_with_intervals():
    figure, _ = drawn("runtime_vs_dimension")
    labels = {label.get_text() for legend in figure.legends for label in legend.get_texts()}
    (enumeration,) = (label for label in labels if label.startswith("exact: enumeration"))
    (spectral,) = (label for label in labels if label.startswith("spectral"))
    assert "\u00d75.6 [" in enumeration
    assert "(P = 5)" in enumeration and "\u00d73.4 [" in enumeration
    assert "slope 1.0" in spectral
    assert "fitted, not measured" in labels
    assert "enumeration from D = 64" in caption(figure)
    assert "P^D of at least 100,000" in caption(figure)


def test_operations_are_counted_and_those_of_the_circuit_are_gates():
    rows = drawn("runtime_vs_dimension")[1]
    rows = rows[rows["modulus"] == 5].set_index(["sampler", "dimension"])
    operations = rows["operations_per_node"]
    # 200 points, 64 nodes, P = 5: one inner product a point; the domain is shared by the nodes; D
    # to write a node down; for spectral its walk over the trie, made up as one operation a point.
    assert operations["spectral", 64] == 200 * 64 + 200 + 64
    entries = 5**6
    table = (entries * 200 * 6 + entries * 5) / 64
    assert operations["enumeration", 6] == pytest.approx(table + 6)
    assert operations["circuit", 64] == 2 * 64 + 2
    assert rows["with_state_preparation"]["circuit", 64] == 2 * 64 + 2 + 200 * 64


def test_a_simulated_circuit_that_was_timed_is_not_taken_for_the_gates():
    timings = given()["timings"]
    simulated = timings[timings["sampler"] == "fft"].assign(sampler="circuit")
    both = pd.concat([timings, simulated])
    figure, _ = draw("runtime_vs_dimension", timings=both)
    labels = [label.get_text() for legend in figure.legends for label in legend.get_texts()]
    assert any(label.startswith("quantum circuit (simulated)") for label in labels)
    assert "quantum circuit: gates" in labels


def test_the_fit_goes_on_where_measurement_ends():
    axis = drawn("runtime_vs_dimension")[0].axes[0]
    fits = [
        line
        for line in axis.lines
        if line.get_marker() in ("None", "") and len(line.get_xdata()) == 20
    ]
    assert len(fits) == 2
    for line in fits:
        assert line.get_xdata()[0] == 10
        assert line.get_linestyle() == "--"


def test_proposals_follow_the_line_and_prefixes_are_counted_once():
    _, counts = drawn("acceptance_vs_points")
    assert (np.abs(counts["ratio"] - 1) < 5 / np.sqrt(counts["accepted"])).all()
    assert counts["per_node"].to_numpy() == pytest.approx(counts["ratio"] * counts["support"])
    risks = risk_table()
    largest = risks[(risks["family"] == "random") & (risks["sampler"] == "rejection")]
    tickets = largest.groupby(["target", "dimension", "replicate", "draw"])["nodes"].max().sum()
    only = draw("acceptance_vs_points", risks=risks, timings=given()["timings"].iloc[:0])[1]
    assert only.set_index("support").loc[200.0, "accepted"] == tickets
