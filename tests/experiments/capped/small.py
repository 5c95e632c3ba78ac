"""A small table of caps, measured once for all tests of a process."""

from dataclasses import replace
from functools import cache

import pandas as pd

from winning_tickets.experiments.capped.measure import COLUMNS, Settings, measure
from winning_tickets.tickets import ProblemSettings

SMALL = Settings(
    seed=3,
    problem=ProblemSettings(5, "relu"),
    family="random",
    dimension=5,
    targets=("labels", "sine"),
    family_settings={"count": 100},
    caps=(5.0, 20.0),
    tolerance=0.01,
    nodes=16,
    enumerable=True,
    evaluations_most=1_000_000,
    replicates=3,
)
GRID = {"family": "grid", "dimension": 3, "family_settings": {}}


def measured(**changes):
    return pd.DataFrame(measure(replace(SMALL, **changes)), columns=COLUMNS)


@cache
def table():
    return pd.concat([measured(), measured(**GRID)], ignore_index=True)
