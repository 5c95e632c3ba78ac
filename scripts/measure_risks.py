"""Train the tickets of one cell and write their risks, one row per ticket and size."""

from pathlib import Path

import msgspec

from winning_tickets.experiments.risks.measure import COLUMNS, Settings, measure
from winning_tickets.families.cell import ARRAYS
from winning_tickets.records.files import load_arrays, save_rows
from winning_tickets.records.step import logged
from winning_tickets.tickets import STACKED

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = msgspec.json.decode(snakemake.params.settings, type=Settings)
        data = load_arrays(snakemake.input.dataset, [*ARRAYS, "seed"])
        tickets = {Path(path).stem: load_arrays(path, STACKED) for path in snakemake.input.tickets}
        save_rows(snakemake.output[0], measure(settings, data, tickets), COLUMNS)
