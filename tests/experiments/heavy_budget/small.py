"""A small table of budgets, measured once for all tests of a process."""

from functools import cache

import pandas as pd

from winning_tickets.experiments.heavy_budget.measure import COLUMNS, Settings, measure

SMALL = Settings(
    seed=3,
    modulus=5,
    activation="relu",
    dimension=3,
    modes=6,
    thresholds=(0.15, 0.02),
    failure_probability=1e-3,
    replicates=2,
)


@cache
def table():
    return pd.DataFrame(measure(SMALL), columns=COLUMNS)
