"""A made-up table of the question `own_tables`."""

from itertools import product

import pandas as pd

from winning_tickets.experiments.own_tables.measure import COLUMNS, LINE, METHODS


def table(family="table_my", nodes=(16, 64), replicates=4):
    """Return risks that fall with N for tickets, and stay for the straight line."""
    rows = [
        {
            "family": family,
            "target": "y",
            "dimension": None if way == LINE else 5,
            "modulus": 61,
            "sampler": way,
            "replicate": replicate,
            "nodes": size,
            "points": 300,
            "relative_risk": 0.5 if way == LINE else (4 + 0.1 * replicate) / size,
            "test_risk": 0.55 if way == LINE else (5 + 0.1 * replicate) / size,
            "unique_nodes": None if way == LINE else size,
            "status": "ok",
        }
        for way, size, replicate in product([LINE, *METHODS], nodes, range(replicates))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
