"""Train the tickets of one cell and write their risks, one row per ticket and size."""

import json

import numpy as np

from winning_tickets.job import logged
from winning_tickets.law import kappa
from winning_tickets.prefixes import PrefixTrainer, count_unique
from winning_tickets.risk import relative_risk
from winning_tickets.samplers.base import Nodes
from winning_tickets.storage import load_arrays, save_rows
from winning_tickets.tickets import RISK_COLUMNS, relative_ridge_problem


def risk_rows(data, tickets, settings):
    """Return the rows of a cell.

    Parameters: arrays of the datasets, arrays of the tickets by sampler, plain settings.
    """
    rows = []
    for target, name in enumerate(settings["targets"]):
        common = cell_columns(settings) | {"target": name}
        for replicate in range(data["targets"].shape[1]):
            known = common | {"replicate": replicate}
            place = (target, replicate)
            example = at(data, place)
            drawn = {sampler: at(arrays, place) for sampler, arrays in tickets.items()}
            rows += [known | row for row in dataset_rows(example, drawn, settings)]
        rows += [common | row for plan in settings["tickets"] for row in skipped_rows(plan)]
    return rows


def at(arrays, place):
    """Return the part of each array that belongs to one target and replicate."""
    return {name: values[place] for name, values in arrays.items()}


def cell_columns(settings):
    """Return what all rows of a cell share."""
    activation = settings["problem"]["activation"]
    return {
        "family": settings["family"],
        "dimension": settings["dimension"],
        "modulus": settings["problem"]["modulus"],
        "activation": activation if isinstance(activation, str) else "table",
        "points": settings["points"],
    }


def skipped_rows(plan):
    """Yield a row for each ticket size that a sampler does not reach."""
    for nodes in plan["skipped"]:
        yield {
            "sampler": plan["sampler"],
            "nodes": nodes,
            "status": "skipped",
            "reason": plan["reason"],
        }


def dataset_rows(example, drawn, settings):
    """Yield the rows of all samplers on one dataset."""
    problem = relative_ridge_problem(example["points"], example["targets"], **settings["problem"])
    trainer = PrefixTrainer(problem)
    known = {
        "points": len(problem.points),
        "support": problem.support_size,
        "dataset_seed": int(example["seed"]),
    }
    for plan in settings["tickets"]:
        if plan["nodes"]:
            for row in sampler_rows(trainer, example, drawn[plan["sampler"]], plan):
                yield known | {"sampler": plan["sampler"]} | row


def sampler_rows(trainer, example, drawn, plan):
    """Yield the rows of one sampler on one dataset."""
    if drawn["reason"]:
        for nodes in plan["nodes"]:
            yield {"nodes": nodes, "status": "failed", "reason": str(drawn["reason"])}
        return
    tickets = [Nodes(a, b) for a, b in zip(drawn["a"], drawn["b"], strict=True)]
    concentration = kappa(trainer.problem, Nodes.join(tickets)) if plan["exact"] else None
    for number, nodes in enumerate(tickets):
        known = {
            "draw": number,
            "kappa": concentration,
            "proposals": int(drawn["proposals"][number]),
            "acceptance_rate": len(nodes) / drawn["proposals"][number],
            "weight_evaluations": int(drawn["weight_evaluations"][number]),
            "levels": int(drawn["levels"][number]),
            "draw_seed": int(drawn["seed"][number]),
            "status": "ok",
        }
        for row in ticket_rows(trainer, example, nodes, plan["nodes"]):
            yield known | row


def ticket_rows(trainer, example, nodes, sizes):
    """Yield the risks of one ticket at each of its sizes."""
    unique = count_unique(nodes, sizes)
    for (network, risk), distinct in zip(trainer.train(nodes, sizes), unique, strict=True):
        row = {"nodes": len(network.nodes), "relative_risk": risk, "unique_nodes": distinct}
        wanted = example["test_targets"]
        if len(wanted):
            predicted = network.predict(example["test_points"])
            row["test_risk"] = relative_risk(wanted, predicted) if wanted.any() else None
            row["test_accuracy"] = np.mean(np.sign(predicted) == wanted)
        yield row


def load_tickets(paths):
    """Return the arrays of each sampler, by the name of its file."""
    names = ["a", "b", "proposals", "weight_evaluations", "levels", "seed", "reason"]
    return {path.split("/")[-1].removesuffix(".npz"): load_arrays(path, names) for path in paths}


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        parts = ["points", "targets", "test_points", "test_targets", "seed"]
        rows = risk_rows(
            load_arrays(snakemake.input.dataset, parts),
            load_tickets(snakemake.input.tickets),
            json.loads(snakemake.params.settings),
        )
        save_rows(snakemake.output[0], rows, RISK_COLUMNS)
