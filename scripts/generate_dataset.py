"""Draw all datasets of one cell."""

import msgspec

from winning_tickets.families.cell import Settings, draw_cell
from winning_tickets.records.files import save_arrays
from winning_tickets.records.step import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = msgspec.json.decode(snakemake.params.settings, type=Settings)
        save_arrays(snakemake.output[0], **draw_cell(settings))
