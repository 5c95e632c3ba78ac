"""Measure train and test risks against the share of the domain seen, at one dimension."""

import json

import numpy as np
import pandas as pd

from winning_tickets.datasets import make_dataset
from winning_tickets.extensions import GENERALIZATION_COLUMNS
from winning_tickets.generalization import (
    LINES,
    coherent_share,
    fit_line,
    predict,
    success_probability,
)
from winning_tickets.job import logged
from winning_tickets.risk import relative_risk
from winning_tickets.samplers import make_sampler
from winning_tickets.seeds import seed
from winning_tickets.selection import select_greedy
from winning_tickets.subnetwork import fit_subnetwork
from winning_tickets.tables import save_table
from winning_tickets.tickets import relative_ridge_problem

# Random functions and node sets that the prediction averages over, and nodes on a line at most.
LINE_SAMPLES, LINE_NODES = 300, 20


def measure(settings):
    """Return the rows of one dimension: every target, share, replicate and kind of ticket."""
    lines = {name: line_fit(settings, name) for name in sorted(line_names(settings))}
    rows = []
    for target in settings["targets"]:
        name, count = LINES[target]
        expected = {
            points: predictions(settings, lines[name], count, points) for points in sizes(settings)
        }
        rows += skipped_rows(settings, target)
        for replicate in range(settings["replicates"]):
            names = ("generalization", settings["dimension"], target, replicate)
            rows += replicate_rows(settings, target, replicate, names, expected)
    return pd.DataFrame(rows, columns=GENERALIZATION_COLUMNS)


def line_names(settings):
    """Return the functions along one line that the targets are made of."""
    return {LINES[target][0] for target in settings["targets"]}


def line_fit(settings, name):
    """Return how well few nodes represent a function along its line."""
    return fit_line(
        name,
        modulus=settings["problem"]["modulus"],
        activation=settings["problem"]["activation"],
        most=LINE_NODES,
        samples=LINE_SAMPLES,
        seed=seed(settings["seed"], "generalization", "line", name),
    )


def all_sizes(settings):
    """Return the numbers of examples, ascending, with their shares of the domain."""
    domain = settings["problem"]["modulus"] ** settings["dimension"]
    return {max(1, round(share * domain)): share for share in sorted(settings["shares"])}


def sizes(settings):
    """Return the sizes at which tickets do not come near interpolating whatever they see."""
    return {
        points: share
        for points, share in all_sizes(settings).items()
        if points >= 2 * settings["nodes"]
    }


def skipped_rows(settings, target):
    """Yield a row for each size left out."""
    for points, share in all_sizes(settings).items():
        if points not in sizes(settings):
            yield {
                "dimension": settings["dimension"],
                "modulus": settings["problem"]["modulus"],
                "target": target,
                "share": share,
                "points": points,
                "nodes": settings["nodes"],
                "status": "skipped",
                "reason": f"fewer than twice as many points as nodes, {settings['nodes']}",
            }


def predictions(settings, line, count, points):
    """Return what is expected of each kind of ticket."""
    modulus, dimension = settings["problem"]["modulus"], settings["dimension"]
    nodes = settings["nodes"]
    size = {"nodes": nodes, "points": points, "modulus": modulus, "dimension": dimension}
    drawn = nodes * settings["candidates"]
    chance = coherent_share(points, modulus, dimension) / count
    return {
        "optimized": columns(predict(line, count, **size)),
        "uniform": columns(predict(line, count, optimized=False, **size)),
        "greedy": {"predicted_success": success_probability(line, count, drawn, chance)},
    }


def columns(prediction):
    """Return a prediction as columns of the table."""
    return {
        "predicted_risk": prediction.train_risk,
        "predicted_test_risk": prediction.test_risk,
        "predicted_success": prediction.success,
    }


def replicate_rows(settings, target, replicate, names, expected):
    """Yield the rows of one function; larger sets of examples contain the smaller ones."""
    dataset_seed = seed(settings["seed"], *names)
    dimension, modulus = settings["dimension"], settings["problem"]["modulus"]
    data = make_dataset("grid", target, dimension=dimension, modulus=modulus, seed=dataset_seed)
    order_seed = seed(settings["seed"], *names, "order")
    order = np.random.default_rng(order_seed).permutation(len(data.points))
    for points, share in sizes(settings).items():
        seen, unseen = order[:points], order[points:]
        row = {
            "dimension": dimension,
            "modulus": modulus,
            "target": target,
            "share": share,
            "points": points,
            "nodes": settings["nodes"],
            "replicate": replicate,
            "dataset_seed": dataset_seed,
        }
        wanted = data.targets[unseen]
        if not (wanted.any() and data.targets[seen].any()):
            reason = "all targets are 0 on the examples or on the rest of the domain"
            yield row | {"status": "skipped", "reason": reason}
            continue
        problem = relative_ridge_problem(
            data.points[seen], data.targets[seen], **settings["problem"]
        )
        draw_seed = seed(settings["seed"], *names, points)
        for ticket, nodes in tickets(problem, settings, draw_seed):
            network = fit_subnetwork(problem, nodes)
            facts = {
                "ticket": ticket,
                "kept_nodes": len(nodes),
                "relative_risk": network.relative_risk,
                "test_risk": relative_risk(wanted, network.predict(data.points[unseen])),
                "draw_seed": draw_seed,
                "status": "ok",
            }
            yield row | facts | expected[points].get(ticket, {})


def tickets(problem, settings, draw_seed):
    """Yield the nodes of each kind of ticket."""
    count = settings["nodes"]
    spectral = make_sampler("spectral", problem)
    yield "optimized", spectral.sample(count, rng=draw_seed)
    yield "uniform", make_sampler("uniform", problem).sample(count, rng=draw_seed)
    candidates = spectral.sample(count * settings["candidates"], rng=draw_seed)
    yield "greedy", select_greedy(problem, candidates, count)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_table(snakemake.output[0], measure(json.loads(snakemake.params.settings)))
