"""Make all datasets of one cell."""

import json

import numpy as np

from winning_tickets.datasets import make_dataset
from winning_tickets.job import logged
from winning_tickets.seeds import seed
from winning_tickets.storage import save_arrays


def generate(settings):
    """Return the arrays of a cell, each with leading axes target and replicate."""
    family, dimension, modulus = (settings[key] for key in ("family", "dimension", "modulus"))
    seeds = [
        [
            seed(settings["seed"], "dataset", family, dimension, target, replicate)
            for replicate in range(settings["replicates"])
        ]
        for target in settings["targets"]
    ]
    datasets = [
        [
            make_dataset(
                family,
                target,
                dimension=dimension,
                modulus=modulus,
                seed=own_seed,
                **settings["settings"],
            )
            for own_seed in row
        ]
        for target, row in zip(settings["targets"], seeds, strict=True)
    ]
    names = ("points", "targets", "test_points", "test_targets", "attempt")
    arrays = {
        name: np.array([[getattr(dataset, name) for dataset in row] for row in datasets])
        for name in names
    }
    return arrays | {"seed": np.array(seeds)}


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_arrays(snakemake.output[0], **generate(json.loads(snakemake.params.settings)))
