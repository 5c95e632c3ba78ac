"""A small table of noise, measured once for all tests of a process."""

from functools import cache

import pandas as pd

from winning_tickets.experiments.noise.measure import COLUMNS, Settings, measure
from winning_tickets.tickets import ProblemSettings

SMALL = Settings(
    seed=3,
    problem=ProblemSettings(5, "relu"),
    dimension=3,
    noises=(0.0, 1.0, 3.0),
    shares=(0.6, 1.0),
    nodes=16,
    tickets=20,
    replicates=6,
)


@cache
def table():
    return pd.DataFrame(measure(SMALL), columns=COLUMNS)
