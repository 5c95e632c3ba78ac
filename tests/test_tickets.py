"""Tickets of a cell: what cannot be drawn is told, not lost."""

import numpy as np

from winning_tickets import tickets

SETTINGS = tickets.CellSettings(
    seed=1,
    family="random",
    dimension=2,
    targets=("labels",),
    sampler="uniform",
    soft_threshold=None,
    nodes=3,
    draws=2,
    problem=tickets.ProblemSettings(5, "relu"),
)
POINTS = np.array([[[[0, 1], [2, 3]], [[1, 1], [2, 3]]]])


def test_a_mistake_in_a_sampler_is_a_reason_and_a_traceback(monkeypatch, capsys):
    original = tickets.draw_tickets

    def draw(sampler, nodes, seeds):
        if sampler.problem.points[0, 0] == 1:
            raise ValueError("operands could not be broadcast")
        return original(sampler, nodes, seeds)

    monkeypatch.setattr(tickets, "draw_tickets", draw)
    drawn = tickets.draw_cell(SETTINGS, {"points": POINTS, "targets": np.ones((1, 2, 2))})
    assert drawn.keys() == {*tickets.STACKED}
    assert drawn["reason"].tolist() == [["", "operands could not be broadcast"]]
    assert drawn["a"].shape == (1, 2, 2, 3, 2)
    told = capsys.readouterr().err
    assert told.count("Traceback") == 1
    assert 'raise ValueError("operands could not be broadcast")' in told


def test_the_ridge_parameter_is_relative_to_the_points_that_count():
    points, targets = [[0], [1], [2]], [1.0, 0.0, 2.0]
    settings = tickets.ProblemSettings(3, "relu", ridge_relative=0.5)
    problem = settings.pose(points, targets)
    assert problem.support_size == 2
    assert problem.ridge == 0.25
    assert tickets.ProblemSettings(3, "relu").pose(points, targets).ridge == 0.0
    assert settings.activation_name == "relu"
    assert tickets.ProblemSettings(3, (0.0, 1.0, 2.0)).activation_name == "table"
