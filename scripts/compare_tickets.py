"""Compare tickets of one family: independent, distinct and greedily chosen nodes."""

import json
from time import perf_counter

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from winning_tickets.datasets import make_dataset
from winning_tickets.extensions import COMPARISON_COLUMNS
from winning_tickets.job import logged
from winning_tickets.risk import relative_risk
from winning_tickets.samplers import make_sampler
from winning_tickets.seeds import seed
from winning_tickets.selection import distinct_nodes, select_greedy
from winning_tickets.subnetwork import fit_subnetwork
from winning_tickets.tables import save_table
from winning_tickets.tickets import relative_ridge_problem


def compare(settings):
    """Return the rows of one family: every target, replicate, way and size."""
    rows = []
    for target in settings["targets"]:
        for replicate in range(settings["replicates"]):
            names = ("better", settings["family"], settings["dimension"], target, replicate)
            rows += compare_dataset(settings, target, replicate, names)
    return pd.DataFrame(rows, columns=COMPARISON_COLUMNS)


def compare_dataset(settings, target, replicate, names):
    """Return the rows of one dataset; the order of the ways is drawn anew for each."""
    dataset_seed = seed(settings["seed"], *names, "dataset")
    train, test = split_data(
        settings, target, dataset_seed, seed(settings["seed"], *names, "split")
    )
    problem = relative_ridge_problem(*train, **settings["problem"])
    samplers = {name: make_sampler(name, problem) for name in ("spectral", "uniform")}
    for sampler in samplers.values():
        # What the first call alone takes, such as compilation, belongs to no ticket.
        sampler.sample(1, rng=0)
        select_greedy(problem, sampler.sample(8, rng=0), 2)
    activation = settings["problem"]["activation"]
    common = {
        "family": settings["family"],
        "target": target,
        "dimension": settings["dimension"],
        "modulus": problem.modulus,
        "activation": activation if isinstance(activation, str) else "table",
        "points": len(problem.points),
        "test_points": len(test[1]),
        "support": problem.support_size,
        "replicate": replicate,
        "dataset_seed": dataset_seed,
    }
    plans = ticket_plans(settings)
    order = np.random.default_rng(seed(settings["seed"], *names, "order")).permutation(len(plans))
    rows = {}
    for place in order:
        plan = plans[place]
        own_seed = seed(settings["seed"], *names, *plan.values())
        ticket, facts = make_ticket(problem, samplers[plan["sampler"]], plan, own_seed)
        rows[place] = common | plan | facts | risks(ticket, test) | {"draw_seed": own_seed}
    return [rows[place] for place in range(len(plans))]


def split_data(settings, target, dataset_seed, split_seed):
    """Return examples to learn from and examples held back, as (points, targets) each."""
    data = make_dataset(
        settings["family"],
        target,
        dimension=settings["dimension"],
        modulus=settings["problem"]["modulus"],
        seed=dataset_seed,
        **settings["settings"],
    )
    if len(data.test_targets):
        return (data.points, data.targets), (data.test_points, data.test_targets)
    order = np.random.default_rng(split_seed).permutation(len(data.points))
    seen = max(1, round(settings["train_share"] * len(order)))
    parts = order[:seen], order[seen:]
    return tuple((data.points[part], data.targets[part]) for part in parts)


def ticket_plans(settings):
    """Return every way to make a ticket: candidates vary at one N, and N at one factor."""
    sizes = [(settings["nodes"], factor) for factor in settings["candidates"]]
    sizes += [(nodes, settings["factor"]) for nodes in settings["sweep"]]
    plans = [
        {"way": way, "sampler": sampler, "nodes": nodes, "candidates": factor}
        for nodes in sorted({nodes for nodes, _ in sizes})
        for way, sampler, factor in (
            ("independent", "spectral", 1),
            ("independent", "uniform", 1),
            ("distinct", "spectral", settings["factor"]),
        )
    ]
    plans += [
        {"way": "greedy", "sampler": sampler, "nodes": nodes, "candidates": factor}
        for nodes, factor in sorted(set(sizes))
        for sampler in ("spectral", "uniform")
    ]
    # Uniform candidates are drawn sooner: this many more take the time of the most from p*.
    further = 2 * max(settings["candidates"])
    last = {"way": "greedy", "sampler": "uniform", "nodes": settings["nodes"]}
    return [*plans, last | {"candidates": further}]


def make_ticket(problem, sampler, plan, own_seed):
    """Return a fitted ticket and what it took."""
    count = plan["nodes"]
    started = perf_counter()
    if plan["way"] == "distinct":
        candidates = draw_until_distinct(sampler, count, plan["candidates"], own_seed)
    else:
        candidates = sampler.sample(plan["candidates"] * count, rng=own_seed)
    drawn = perf_counter()
    nodes = candidates
    if plan["way"] == "distinct":
        nodes = distinct_nodes(candidates, count)
    elif plan["way"] == "greedy":
        nodes = select_greedy(problem, candidates, count)
    selected = perf_counter()
    ticket = fit_subnetwork(problem, nodes)
    return ticket, {
        "drawn_nodes": len(candidates),
        "kept_nodes": len(nodes),
        "draw_seconds": drawn - started,
        "select_seconds": selected - drawn,
        "fit_seconds": perf_counter() - selected,
    }


def draw_until_distinct(sampler, count, factor, own_seed):
    """Draw ``count`` nodes at a time until as many differ, ``factor`` times at most."""
    rng = np.random.default_rng(own_seed)
    nodes = sampler.sample(count, rng)
    while nodes.unique_count < count and len(nodes) < factor * count:
        nodes = type(nodes).join([nodes, sampler.sample(count, rng)])
    return nodes


def risks(ticket, test):
    """Return the relative risks on the examples and on those held back."""
    points, targets = test
    row = {"relative_risk": ticket.relative_risk}
    # Relative to nothing there is no risk: no examples held back, or only zeros.
    if targets.any():
        row["test_risk"] = relative_risk(targets, ticket.predict(points))
    return row


if "snakemake" in globals():
    with logged(snakemake.log[0]), threadpool_limits(limits=1):
        save_table(snakemake.output[0], compare(json.loads(snakemake.params.settings)))
