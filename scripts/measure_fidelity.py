"""Measure how far drawn nodes are from p* after growing numbers of draws."""

import json

import pandas as pd

from winning_tickets import checks
from winning_tickets.checks import FIDELITY_COLUMNS
from winning_tickets.datasets import make_dataset
from winning_tickets.job import logged
from winning_tickets.problem import Problem
from winning_tickets.samplers import SAMPLERS, make_sampler
from winning_tickets.seeds import seed
from winning_tickets.tables import save_table


def names_of(cell):
    """Return what the seeds of a cell derive from."""
    return ("fidelity", cell["family"], cell["target"], cell["dimension"])


def make_problem(cell, settings):
    """Return the problem of a small cell."""
    dataset = make_dataset(
        cell["family"],
        cell["target"],
        dimension=cell["dimension"],
        modulus=settings["modulus"],
        seed=seed(settings["seed"], *names_of(cell), "dataset"),
        **cell["settings"],
    )
    activation = settings["activation"]
    return Problem(
        dataset.points, dataset.targets, modulus=settings["modulus"], activation=activation
    )


def cell_rows(cell, settings):
    """Yield a row for each sampler, replicate and number of draws."""
    problem = make_problem(cell, settings)
    probabilities = checks.node_probabilities(problem)
    common = {key: cell[key] for key in ("family", "target", "dimension")}
    common |= {"modulus": problem.modulus, "points": len(problem.points)}
    names, draws = names_of(cell), settings["draws"]
    band = checks.expected_distances(probabilities, draws, seed(settings["seed"], *names, "band"))
    for sampler in [name for name, known in SAMPLERS.items() if known.claimed]:
        for replicate in range(settings["replicates"]):
            stream = seed(settings["seed"], *names, sampler, replicate)
            found = checks.distances(make_sampler(sampler, problem), probabilities, draws, stream)
            for number, distance, exact in zip(draws, found, band, strict=True):
                yield common | {
                    "sampler": sampler,
                    "replicate": replicate,
                    "draws": number,
                    "distance": distance,
                    "expected": exact.value,
                    "low": exact.low,
                    "high": exact.high,
                    "draw_seed": stream,
                }


def measure(settings):
    """Return the rows of all cells."""
    rows = [row for cell in settings["cells"] for row in cell_rows(cell, settings)]
    return pd.DataFrame(rows, columns=FIDELITY_COLUMNS)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_table(snakemake.output[0], measure(json.loads(snakemake.params.settings)))
