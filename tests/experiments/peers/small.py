"""A small table of peers, measured once for all tests of a process."""

from dataclasses import replace
from functools import cache

import pandas as pd

from winning_tickets.experiments.peers.measure import COLUMNS, Settings, measure

SMALL = Settings(seed=3, data="grid_sines", nodes=(8,), splits=2)


def measured(**changes):
    return pd.DataFrame(measure(replace(SMALL, **changes)), columns=COLUMNS)


@cache
def table():
    return pd.concat([measured(), measured(data="wine", splits=1)], ignore_index=True)
