"""A small table of soft thresholds, measured once for all tests of a process."""

from dataclasses import replace
from functools import cache

import pandas as pd

from winning_tickets.experiments.threshold_sweep.measure import COLUMNS, Settings, measure
from winning_tickets.tickets import ProblemSettings

SMALL = Settings(
    seed=3,
    problem=ProblemSettings(5, "relu"),
    family="grid",
    dimension=3,
    targets=("sines", "labels"),
    family_settings={},
    nodes=32,
    thresholds=(0.1, 1.0, 10.0, None),
    ridges=(0.0, 1.0, 10.0),
    replicates=2,
    draws=2,
)


def measured(**changes):
    return pd.DataFrame(measure(replace(SMALL, **changes)), columns=COLUMNS)


@cache
def table():
    random = measured(family="random", dimension=6, family_settings={"count": 40})
    return pd.concat([measured(), random], ignore_index=True)
