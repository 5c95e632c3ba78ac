"""Compare the optimal weights with a direct solution, and every exact sampler with p*."""

import json

import numpy as np
import pandas as pd

from winning_tickets import checks
from winning_tickets.checks import IDENTITY_COLUMNS
from winning_tickets.job import logged
from winning_tickets.problem import Problem
from winning_tickets.samplers import SAMPLERS, make_sampler
from winning_tickets.seeds import seed
from winning_tickets.statistics import chi_square
from winning_tickets.tables import save_table


def make_case(case, study_seed, ridge=0.0):
    """Return a problem with random points, some of them repeated, and normal targets."""
    rng = np.random.default_rng(seed(study_seed, "identities", *map(str, case.values())))
    shape = (case["points"], case["dimension"])
    points = rng.integers(case["modulus"], size=shape)
    targets = rng.normal(size=case["points"])
    again = rng.integers(case["points"], size=case["points"] // 3)
    return Problem(
        np.concatenate([points, points[again]]),
        np.concatenate([targets, rng.normal(size=len(again))]),
        modulus=case["modulus"],
        activation=case["activation"],
        ridge=ridge,
    )


def describe(case):
    """Return the columns that say which case a row is about."""
    return {key: case[key] for key in ("modulus", "dimension", "points", "activation")}


def solution_rows(cases, study_seed):
    """Yield a row for each case and ridge parameter: the error of the closed form."""
    for case in cases:
        for ridge in case["ridges"]:
            problem = make_case(case, study_seed, ridge)
            error = checks.wide_solution_error(problem, ridge)
            yield describe(case) | {"check": "solution", "ridge": ridge, "error": error}


def distribution_rows(cases, draws, study_seed):
    """Yield a row for each case and exact sampler: the chi-square test against p*."""
    exact = [name for name, sampler in SAMPLERS.items() if sampler.exact and sampler.claimed]
    for case in cases:
        problem = make_case(case, study_seed)
        probabilities = checks.node_probabilities(problem)
        for name in exact:
            names = ("identities", *map(str, case.values()), name)
            nodes = make_sampler(name, problem).sample(draws, rng=seed(study_seed, *names))
            counts = checks.node_counts(nodes, problem.modulus)
            fit = chi_square(counts, probabilities)
            yield describe(case) | {
                "check": "distribution",
                "sampler": name,
                "draws": draws,
                "statistic": fit.statistic,
                "degrees": fit.degrees,
                "p_value": fit.p_value,
            }


def check(settings):
    """Return the rows of both checks."""
    rows = [
        *solution_rows(settings["solutions"], settings["seed"]),
        *distribution_rows(settings["distributions"], settings["draws"], settings["seed"]),
    ]
    table = pd.DataFrame(rows, columns=IDENTITY_COLUMNS)
    return table.astype(dict.fromkeys(["draws", "degrees"], "Int64"))


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_table(snakemake.output[0], check(json.loads(snakemake.params.settings)))
