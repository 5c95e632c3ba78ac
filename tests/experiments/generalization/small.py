"""A small table of generalization, measured once for all tests of a process."""

from dataclasses import replace
from functools import cache

import pandas as pd

from winning_tickets.experiments.generalization.measure import COLUMNS, Settings, measure
from winning_tickets.tickets import ProblemSettings

SMALL = Settings(
    seed=3,
    problem=ProblemSettings(5, "relu"),
    dimension=3,
    targets=("sine", "sines"),
    shares=(0.05, 0.3, 0.8),
    nodes=12,
    candidates=4,
    replicates=3,
)


def measured(**changes):
    return pd.DataFrame(measure(replace(SMALL, **changes)), columns=COLUMNS)


@cache
def table():
    return pd.concat([measured(dimension=dimension) for dimension in (3, 4)])
