"""Invented points of an invented figure, and a small table of risks; none is the paper's."""

import pandas as pd

from winning_tickets.experiments.paper_points.measure import COLUMNS, compare
from winning_tickets.experiments.paper_points.points import Point

CURVES = [
    {"figure": "9", "curve": name, "sampler": sampler, "family": "random", "target": "sines"}
    | {"along": "nodes", "at": 8}
    for name, sampler in (("plain", "uniform"), ("theirs", "rejection"))
]
SIZES = (8, 16, 32, 64, 128)


def summary():
    """Return mean risks with intervals of 0.02 to either side."""
    rows = [
        {"sampler": sampler, "family": "random", "target": "sines", "dimension": 8, "nodes": nodes}
        | {"mean": 1 - nodes / size, "low": 0.98 - nodes / size, "high": 1.02 - nodes / size}
        | {"replicates": 20}
        for sampler, size in (("uniform", 256), ("rejection", 160))
        for nodes in SIZES
    ]
    return pd.DataFrame(rows)


def points(shift=0.0, error=0.01, sizes=SIZES):
    """Return invented points at our means, shifted."""
    return [
        Point("9", name, nodes, 1 - nodes / size + shift, error)
        for name, size in (("plain", 256), ("theirs", 160))
        for nodes in sizes
    ]


def table(*given):
    """Return the rows of invented points, by default of some that agree and one beside ours."""
    given = given or [*points(0.01), Point("9", "plain", 12, 0.9, 0.01)]
    return pd.DataFrame(compare(given, CURVES, summary()), columns=COLUMNS)
