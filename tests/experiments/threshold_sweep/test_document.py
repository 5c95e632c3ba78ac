"""The numbers of docs/soft_threshold.md are those of the table."""

import numpy as np

from tests.experiments.documents import agrees, rows, table


def cell_of(name):
    family = "grid" if name.startswith("full grid") else "random"
    return family, "labels" if name.endswith("labels") else "sines"


def test_risks_against_the_threshold_are_those_of_the_table():
    swept = table("threshold_sweep").query("sweep == 'threshold'")
    _, *lines = rows("soft_threshold.md", "Mean relative risk:")
    for name, *stated in lines:
        family, target = cell_of(name)
        cell = swept[(swept["family"] == family) & (swept["target"] == target)]
        softened = cell[cell["ticket"] == "optimized"].set_index("soft_threshold")["mean"]
        values = [softened[place] for place in (0.01, 0.1, 1.0, 10.0, 100.0, np.inf)]
        values = [cell.loc[cell["ticket"] == "uniform", "mean"].iloc[0], *values]
        for number, value in zip(stated, values, strict=True):
            assert agrees(number, value), (name, number, value)


def test_risks_against_the_ridge_parameter_are_those_of_the_table():
    swept = table("threshold_sweep").query("sweep == 'ridge' and repeats == 'uneven'")
    _, *lines = rows("soft_threshold.md", "the risk counts every example:")
    for name, *stated in lines:
        family, target = cell_of(name)
        cell = swept[(swept["family"] == family) & (swept["target"] == target)]
        values = cell.sort_values("ridge_relative")["mean"]
        for number, value in zip(stated, values, strict=True):
            assert abs(float(number) - value) <= 5.1e-4, (name, number, value)
