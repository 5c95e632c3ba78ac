"""Write down the machine that times were taken on."""

from winning_tickets.records.files import save_json
from winning_tickets.records.machine import machine_record
from winning_tickets.records.step import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_json(snakemake.output[0], machine_record())
