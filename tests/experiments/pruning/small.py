"""A small table of pruning, measured once for all tests of a process."""

from dataclasses import replace
from functools import cache

import pandas as pd

from winning_tickets.experiments.pruning.measure import COLUMNS, Settings, measure
from winning_tickets.tickets import ProblemSettings

SMALL = Settings(
    seed=3,
    problem=ProblemSettings(5, "relu"),
    family="random",
    dimension=5,
    targets=("labels",),
    family_settings={"count": 100},
    nodes=(8, 16),
    factor=8,
    enumerable=True,
    replicates=3,
)
SUBSPACE = {"family": "subspace", "family_settings": {"rank": 3}}


def measured(**changes):
    return pd.DataFrame(measure(replace(SMALL, **changes)), columns=COLUMNS)


@cache
def table():
    return pd.concat([measured(targets=("labels", "sine")), measured(**SUBSPACE)])
