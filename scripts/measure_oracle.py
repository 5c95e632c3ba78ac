"""Measure what tickets under oracle access risk and query, at one dimension."""

import json

import pandas as pd

from winning_tickets.access import ORACLE_COLUMNS, measure_access
from winning_tickets.job import logged
from winning_tickets.seeds import seed
from winning_tickets.tables import save_table


def measure(settings):
    """Return the rows of all replicates at one dimension."""
    rows = []
    for replicate in range(settings["replicates"]):
        # Not of the dimension: the same amplitudes, so the same threshold, at all of them.
        names = (settings["seed"], "oracle", replicate)
        rows += measure_access(settings, replicate, seed(*names, "dataset"), seed(*names, "draw"))
    table = pd.DataFrame(rows, columns=ORACLE_COLUMNS)
    # Whole numbers stay whole beside the empty cells of skipped rows.
    whole = ["queries", "coefficients", "coefficients_missed", "unique_nodes"]
    return table.astype(dict.fromkeys(whole, "Int64"))


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_table(snakemake.output[0], measure(json.loads(snakemake.params.settings)))
