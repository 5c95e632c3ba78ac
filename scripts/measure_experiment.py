"""Measure one job of a question and write its rows."""

from importlib import import_module

import msgspec

from winning_tickets.records.files import save_rows
from winning_tickets.records.step import logged

if "snakemake" in globals():
    with logged(snakemake.log[0]):
        name = f"winning_tickets.experiments.{snakemake.params.experiment}.measure"
        question = import_module(name)
        settings = msgspec.json.decode(snakemake.params.settings, type=question.Settings)
        save_rows(snakemake.output[0], question.measure(settings), question.COLUMNS)
