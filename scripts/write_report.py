"""Write the page that people read, from the tables and figures of a study."""

import json
from pathlib import Path

from winning_tickets.claims.verdicts import CLAIM_COLUMNS
from winning_tickets.records.files import load_json
from winning_tickets.records.frames import load_table
from winning_tickets.records.step import logged
from winning_tickets.report import contents
from winning_tickets.report.page import write_page


def write(page, files, settings):
    """Gather what the page shows and write it."""
    results, pictures = Path(settings["results"]), Path(settings["figures_folder"])
    verdicts = contents.verdicts(load_table(files.claims, CLAIM_COLUMNS)) if files.claims else []
    tables = {Path(path).stem: contents.table_of(path) for path in files.tables}
    shown = {
        "name": results.name,
        "verdicts": verdicts,
        "counts": contents.verdict_counts(verdicts),
        "figures": [
            contents.figure_entry(name, pictures / name, module, verdicts)
            for name, module in settings["figures"].items()
        ],
        "pictures": pictures,
        "results": results,
        "changes": contents.changes(settings["default"], settings["config"]),
        "seed": settings["config"]["seed"],
        "left_out": contents.left_out(tables),
        "machine": contents.machine_facts(load_json(files.machine)) if files.machine else [],
        "times": contents.run_times(results / "logs"),
        "stages": [contents.origin(load_json(path)) for path in files.provenance],
    }
    write_page(page, files.template, shown)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        write(snakemake.output[0], snakemake.input, json.loads(snakemake.params.settings))
