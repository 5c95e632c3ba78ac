"""Measure passes over the timing grid, and put all of them into one table."""

from pathlib import Path

import msgspec

from winning_tickets.experiments.timings.measure import COLUMNS, Settings, measure
from winning_tickets.records.files import save_rows
from winning_tickets.records.step import logged


class Task(msgspec.Struct):
    """The protocol, and rows for what does not fit."""

    protocol: Settings
    further_rows: list[dict]


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        task = msgspec.json.decode(snakemake.params.settings, type=Task)
        table = Path(snakemake.output[0])
        rows = measure(task.protocol, table.with_suffix(""), snakemake.input.modules)
        save_rows(table, rows + task.further_rows, COLUMNS)
