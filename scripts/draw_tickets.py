"""Draw the tickets of one sampler in one cell: all targets, replicates and draws."""

import msgspec

from winning_tickets.records.files import load_arrays, save_arrays
from winning_tickets.records.step import logged
from winning_tickets.tickets import CellSettings, draw_cell

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = msgspec.json.decode(snakemake.params.settings, type=CellSettings)
        data = load_arrays(snakemake.input.dataset, ["points", "targets"])
        save_arrays(snakemake.output[0], **draw_cell(settings, data))
