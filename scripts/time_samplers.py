"""Time all samplers of one timing cell."""

import json

import pandas as pd

from winning_tickets.datasets import make_dataset
from winning_tickets.job import logged
from winning_tickets.problem import Problem
from winning_tickets.seeds import seed
from winning_tickets.tables import save_table
from winning_tickets.timing import TIMING_COLUMNS, time_samplers


def time_cell(settings):
    """Return the rows of a cell: random points, and labels, which are nowhere zero."""
    names = ("timing", settings["grid"], settings["dimension"], settings["points"])
    dataset = make_dataset(
        "random",
        "labels",
        dimension=settings["dimension"],
        modulus=settings["modulus"],
        count=settings["points"],
        seed=seed(settings["seed"], *names, "dataset"),
    )
    problem = Problem(
        dataset.points,
        dataset.targets,
        modulus=settings["modulus"],
        activation=settings["activation"],
    )
    rows = time_samplers(
        problem,
        settings["samplers"],
        settings["nodes"],
        seed=seed(settings["seed"], *names, "draws"),
        grid=settings["grid"],
        skipped=settings["skipped"],
        **{key: settings[key] for key in ("repeats", "warmups", "seconds")},
    )
    table = pd.DataFrame(rows, columns=TIMING_COLUMNS)
    # Whole numbers stay whole beside the empty cells of skipped rows.
    whole = ["repeat", "position", "proposals", "weight_evaluations", "array_entries"]
    whole += ["memory_bytes", "threads", "seed"]
    return table.astype(dict.fromkeys(whole, "Int64"))


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_table(snakemake.output[0], time_cell(json.loads(snakemake.params.settings)))
