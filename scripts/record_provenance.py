"""Write down where the results of one stage come from."""

import json

from winning_tickets.records.files import save_json
from winning_tickets.records.provenance import stage_record
from winning_tickets.records.step import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        record = stage_record(
            snakemake.wildcards.stage,
            snakemake.input.read,
            snakemake.input.written,
            json.loads(snakemake.params.settings),
        )
        save_json(snakemake.output[0], record)
