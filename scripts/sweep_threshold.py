"""Sweep the soft threshold, and the ridge parameter where points repeat evenly and unevenly."""

import json
import traceback

import numpy as np
import pandas as pd

from winning_tickets.datasets import make_dataset
from winning_tickets.extensions import THRESHOLD_COLUMNS
from winning_tickets.job import logged
from winning_tickets.samplers import make_sampler
from winning_tickets.seeds import seed
from winning_tickets.subnetwork import fit_subnetwork
from winning_tickets.tables import save_table
from winning_tickets.tickets import relative_ridge_problem

# Draws from p* that the acceptance rates of both proposals are estimated from.
RATE_DRAWS = 2000
# Uneven points repeat 1, 2, 4, ... 64 times.
DOUBLINGS = 7


def sweep(settings):
    """Return the rows of one family: thresholds first, then ridge parameters."""
    rows = []
    for target in settings["targets"]:
        for replicate in range(settings["replicates"]):
            names = ("threshold", settings["family"], settings["dimension"], target, replicate)
            own = {"family": settings["family"], "target": target, "replicate": replicate}
            own["dataset_seed"] = seed(settings["seed"], *names)
            data = make_dataset(
                settings["family"],
                target,
                dimension=settings["dimension"],
                modulus=settings["problem"]["modulus"],
                seed=own["dataset_seed"],
                **settings["settings"],
            )
            rows += [own | row for row in threshold_rows(data, settings, names)]
            rows += [own | row for row in ridge_rows(data, settings, names)]
    return pd.DataFrame(rows, columns=THRESHOLD_COLUMNS)


def threshold_rows(data, settings, names):
    """Yield a row per soft threshold and draw, None (p* itself) and uniform nodes included."""
    problem = relative_ridge_problem(data.points, data.targets, **settings["problem"])
    probe = make_sampler("spectral", problem).sample(
        RATE_DRAWS, rng=seed(settings["seed"], *names, "rates")
    )
    # u^2 over its mean over all nodes.
    weight = problem.node_energy(probe.a, probe.b) * problem.modulus / problem.norm_squared
    for threshold in [*settings["thresholds"], "uniform"]:
        for draw in range(settings["draws"]):
            row = {
                "sweep": "threshold",
                "soft_threshold": None if threshold == "uniform" else threshold,
                "ticket": "uniform" if threshold == "uniform" else "optimized",
                "draw": draw,
                "draw_seed": seed(settings["seed"], *names, str(threshold), draw),
            }
            if threshold not in (None, "uniform"):
                from_optimum = float(np.mean(threshold / (weight + threshold)))
                row["rate_optimized"] = from_optimum
                row["rate_uniform"] = from_optimum / threshold
                row["proposal"] = "optimized" if threshold >= 1 else "uniform"
            yield row | size(problem, settings) | softened(problem, row, settings["nodes"])


def softened(problem, row, nodes):
    """Draw and train one ticket; a rate too low to wait for is a row with its reason."""
    uniform = row["ticket"] == "uniform"
    sampler = make_sampler(
        "uniform" if uniform else "spectral", problem, soft_threshold=row["soft_threshold"]
    )
    try:
        drawn = sampler.sample(nodes, rng=row["draw_seed"])
    except RuntimeError as error:
        traceback.print_exc()
        return {"status": "failed", "reason": str(error)}
    network = fit_subnetwork(problem, drawn)
    return {
        "acceptance_rate": sampler.report.acceptance_rate,
        "relative_risk": network.relative_risk,
        "unique_nodes": network.unique_nodes,
        "status": "ok",
    }


def ridge_rows(data, settings, names):
    """Yield a row per ridge parameter and draw, for even and uneven repeats of the points."""
    rng = np.random.default_rng(seed(settings["seed"], *names, "repeats"))
    repeats = 2 ** rng.integers(0, DOUBLINGS, size=len(data.points))
    for kind, times in (("even", np.ones_like(repeats)), ("uneven", repeats)):
        points, targets = np.repeat(data.points, times, axis=0), np.repeat(data.targets, times)
        for ridge in settings["ridges"]:
            problem = relative_ridge_problem(
                points, targets, **settings["problem"] | {"ridge_relative": ridge}
            )
            for draw in range(settings["draws"]):
                row = {
                    "sweep": "ridge",
                    "repeats": kind,
                    "ridge_relative": ridge,
                    "ticket": "optimized",
                    "soft_threshold": None,
                    "draw": draw,
                    # The same for every ridge parameter, so that only its effect shows.
                    "draw_seed": seed(settings["seed"], *names, kind, draw),
                }
                yield row | size(problem, settings) | softened(problem, row, settings["nodes"])


def size(problem, settings):
    """Return what all rows of a problem share."""
    return {
        "dimension": problem.dimension,
        "modulus": problem.modulus,
        "points": len(problem.points),
        "support": problem.support_size,
        "nodes": settings["nodes"],
    }


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_table(snakemake.output[0], sweep(json.loads(snakemake.params.settings)))
