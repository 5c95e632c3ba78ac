"""Put the tables of all cells under each other."""

import json

import pandas as pd

from winning_tickets.job import logged
from winning_tickets.tables import load_table, save_table


def aggregate(paths, columns, further_rows):
    """Return one table: every cell's rows as they are written, then rows for what was left out."""
    tables = [load_table(path, columns, dtype=str, keep_default_na=False) for path in paths]
    tables.append(pd.DataFrame(further_rows, columns=columns, dtype=str).fillna(""))
    return pd.concat(tables, ignore_index=True)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = json.loads(snakemake.params.settings)
        save_table(snakemake.output[0], aggregate(snakemake.input.tables, **settings))
