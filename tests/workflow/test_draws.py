"""The script that draws tickets: what cannot be drawn is told, not lost."""

import numpy as np

from scripts import draw_tickets

SETTINGS = {
    "seed": 1,
    "family": "random",
    "dimension": 2,
    "targets": ["labels"],
    "sampler": "uniform",
    "nodes": 3,
    "draws": 2,
    "soft_threshold": None,
    "problem": {"modulus": 5, "activation": "relu", "ridge_relative": 0.0},
}


def test_a_mistake_in_a_sampler_is_a_reason_and_a_traceback(monkeypatch, capsys):
    original = draw_tickets.draw_tickets

    def draw(sampler, nodes, seeds):
        if sampler.problem.points[0, 0] == 1:
            raise ValueError("operands could not be broadcast")
        return original(sampler, nodes, seeds)

    monkeypatch.setattr(draw_tickets, "draw_tickets", draw)
    points = np.array([[[[0, 1], [2, 3]], [[1, 1], [2, 3]]]])
    drawn = draw_tickets.draw({"points": points, "targets": np.ones((1, 2, 2))}, SETTINGS)
    assert drawn["reason"].tolist() == [["", "operands could not be broadcast"]]
    assert drawn["a"].shape == (1, 2, 2, 3, 2)
    told = capsys.readouterr().err
    assert told.count("Traceback") == 1
    assert 'raise ValueError("operands could not be broadcast")' in told
