"""Time all samplers of one timing cell."""

import json

from winning_tickets.datasets import make_dataset
from winning_tickets.job import logged
from winning_tickets.problem import Problem
from winning_tickets.seeds import seed
from winning_tickets.storage import save_rows
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
    return time_samplers(
        problem,
        settings["samplers"],
        settings["nodes"],
        seed=seed(settings["seed"], *names, "draws"),
        grid=settings["grid"],
        skipped=settings["skipped"],
        **{key: settings[key] for key in ("repeats", "warmups", "seconds")},
    )


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        rows = time_cell(json.loads(snakemake.params.settings))
        save_rows(snakemake.output[0], rows, TIMING_COLUMNS)
