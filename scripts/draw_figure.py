"""Draw one figure, and write the table behind it."""

import json
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from winning_tickets.records.step import logged


@contextmanager
def marked_on_failure(path, marks):
    """Add a mark to those of a file, and take it away again at the end: a failure leaves it."""
    path.write_text(f"{marks}x", encoding="utf-8")
    yield
    path.write_text(marks, encoding="utf-8")


def draw(paths, stem, settings):
    """Draw a figure from tables and write its three files."""
    # Here, so that a failure to load them is logged and marked like any other.
    from winning_tickets.plotting.style import save
    from winning_tickets.records.frames import load_table

    columns, module = settings.pop("columns"), settings.pop("module")
    names = {Path(path).stem: path for path in paths}
    tables = {name: load_table(path, columns[name]) for name, path in names.items()}
    save(*import_module(module).draw(tables, settings), stem)


if "snakemake" in globals():
    log = Path(snakemake.log[0])
    marks = log.with_suffix(".failures")
    with logged(log), marked_on_failure(marks, snakemake.params.failures):
        draw(
            snakemake.input.tables,
            Path(snakemake.output.png).with_suffix(""),
            json.loads(snakemake.params.settings),
        )
