"""Put the tables of all cells under each other."""

import json

from winning_tickets.records.files import load_rows, save_rows
from winning_tickets.records.step import logged


def aggregate(paths, columns, further_rows):
    """Return one table: every cell's rows as they are written, then rows for what was left out."""
    rows = [row for path in paths for row in load_rows(path, columns)]
    return rows + further_rows


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = json.loads(snakemake.params.settings)
        rows = aggregate(snakemake.input.tables, **settings)
        save_rows(snakemake.output[0], rows, settings["columns"])
