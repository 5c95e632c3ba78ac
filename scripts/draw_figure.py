"""Draw one figure, and write the table behind it."""

import json
from pathlib import Path

from winning_tickets import plotting
from winning_tickets.job import logged
from winning_tickets.provenance import stage_record
from winning_tickets.tables import load_table


def load_tables(paths, columns):
    """Return the tables by the name of their file."""
    return {Path(path).stem: load_table(path, columns[Path(path).stem]) for path in paths}


def draw(name, paths, stem, settings):
    """Draw a figure from tables and write its three files."""
    facts = {key: value for key, value in settings.items() if key != "columns"}
    figure, table = plotting.FIGURES[name](load_tables(paths, settings["columns"]), facts)
    plotting.save(figure, table, stem, stage_record(f"figure {name}", paths, [], facts))


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        draw(
            snakemake.wildcards.figure,
            snakemake.input.tables,
            snakemake.output.png.removesuffix(".png"),
            json.loads(snakemake.params.settings),
        )
