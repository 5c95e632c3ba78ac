"""A small table of priors, measured once for all tests of a process."""

from functools import cache

import pandas as pd

from winning_tickets.experiments.prior.measure import COLUMNS, Settings, measure


def measured(data):
    return list(measure(Settings(seed=3, data=data, widths=(0.5, 2.0), nodes=32, splits=1)))


@cache
def table():
    rows = [row for data in ("grid_sines", "mode") for row in measured(data)]
    return pd.DataFrame(rows, columns=COLUMNS)
