"""Draw one figure, and write the table behind it."""

import json
from importlib import import_module
from pathlib import Path

from winning_tickets.plotting.style import save
from winning_tickets.records.frames import load_table
from winning_tickets.records.step import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = json.loads(snakemake.params.settings)
        columns = settings.pop("columns")
        tables = {
            name: load_table(path, columns[name])
            for path in snakemake.input.tables
            for name in [Path(path).stem]
        }
        figure, table = import_module(settings.pop("module")).draw(tables, settings)
        save(figure, table, Path(snakemake.output.png).with_suffix(""))
