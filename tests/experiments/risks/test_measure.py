"""Rows of the risks: rounding is 0, and where there is nothing to miss, no number."""

import numpy as np

from winning_tickets.experiments.risks.measure import Settings, TicketSizes, measure
from winning_tickets.families import make_dataset
from winning_tickets.tickets import CellSettings, ProblemSettings, draw_cell

PROBLEM = ProblemSettings(7, "relu")


def rows_of(test_targets):
    """Return the rows of one exact ticket on all points of a line, tested on the same points."""
    data = make_dataset("line", "sine", dimension=1, modulus=7, seed=0)
    arrays = {"points": data.points, "targets": data.targets, "seed": np.array(0)}
    arrays |= {"test_points": data.points, "test_targets": test_targets(data)}
    stacked = {name: values[None, None] for name, values in arrays.items()}
    cell = CellSettings(1, "line", 1, ("sine",), "spectral", None, 40, 1, PROBLEM)
    tickets = {"spectral": draw_cell(cell, stacked)}
    sizes = (TicketSizes("spectral", (40,), (), "", True),)
    settings = Settings("line", 1, 7, ("sine",), PROBLEM, sizes)
    return list(measure(settings, stacked, tickets))


def test_rounding_is_written_as_zero():
    (row,) = rows_of(lambda data: data.targets)
    assert row["status"] == "ok"
    assert row["test_risk"] == row["relative_risk"] == 0.0


def test_over_zero_there_is_no_risk():
    (row,) = rows_of(lambda data: np.zeros(7))
    assert row["test_risk"] is None


def test_sizes_beyond_the_budget_are_rows_with_their_reason():
    data = {"targets": np.empty((1, 0, 5))}
    sizes = (TicketSizes("rejection", (), (8, 16), "needs too much", True),)
    settings = Settings("random", 3, 5, ("sines",), PROBLEM, sizes)
    rows = list(measure(settings, data, {}))
    assert [(row["nodes"], row["status"], row["reason"]) for row in rows] == [
        (8, "skipped", "needs too much"),
        (16, "skipped", "needs too much"),
    ]
