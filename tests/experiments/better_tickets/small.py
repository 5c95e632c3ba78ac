"""A small table of better tickets, measured once for all tests of a process."""

from dataclasses import replace
from functools import cache

import pandas as pd

from winning_tickets.experiments.better_tickets.measure import COLUMNS, Settings, measure
from winning_tickets.tickets import ProblemSettings

SMALL = Settings(
    seed=3,
    problem=ProblemSettings(5, "relu"),
    family="random",
    dimension=8,
    targets=("labels",),
    family_settings={"count": 50},
    nodes=8,
    candidates=(2, 4),
    factor=4,
    sweep=(4,),
    train_share=0.8,
    replicates=3,
)
GRID = {"family": "grid", "dimension": 2, "targets": ("sine",), "family_settings": {}}


def measured(**changes):
    return pd.DataFrame(measure(replace(SMALL, **changes)), columns=COLUMNS)


@cache
def table():
    return pd.concat([measured(**GRID), measured()], ignore_index=True)
