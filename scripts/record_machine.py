"""Write down the machine that times were taken on."""

from winning_tickets.job import logged
from winning_tickets.storage import save_json
from winning_tickets.timing import machine_record

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_json(snakemake.output[0], machine_record())
