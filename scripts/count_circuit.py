"""Count the gates of the quantum circuit: of simulated ones, and by closed forms beyond."""

import json

import numpy as np
import pandas as pd

from winning_tickets.datasets import make_dataset
from winning_tickets.field import index_to_digits
from winning_tickets.job import logged
from winning_tickets.problem import Problem
from winning_tickets.samplers.circuit import (
    CIRCUIT_COLUMNS,
    GATE_COLUMNS,
    MAX_AMPLITUDES,
    build_circuit,
    count_gates,
    gate_formula,
    layers,
    run_circuit,
)
from winning_tickets.seeds import seed
from winning_tickets.tables import save_table

# Nodes, evenly spread, whose amplitudes are compared with the optimal weights.
COMPARED = 50_000


def make_problem(dimension, settings):
    """Return random points, fewer where the domain is small, with random labels."""
    modulus = settings["modulus"]
    dataset = make_dataset(
        "random",
        "labels",
        dimension=dimension,
        modulus=modulus,
        count=min(settings["points"], -(-(modulus**dimension) // 2)),
        seed=seed(settings["seed"], "circuit", dimension),
    )
    activation = settings["activation"]
    return Problem(dataset.points, dataset.targets, modulus=modulus, activation=activation)


def count(settings):
    """Return the counts: every dimension by closed form, the small ones also simulated."""
    rows = []
    for dimension in settings["dimensions"]:
        if settings["modulus"] ** (dimension + 1) <= MAX_AMPLITUDES:
            rows.append(simulated_row(make_problem(dimension, settings)))
    for dimension in settings["dimensions"]:
        points = min(settings["points"], -(-(settings["modulus"] ** dimension) // 2))
        counts = gate_formula(settings["modulus"], dimension, points)
        rows.append(count_row(settings["modulus"], dimension, points, counts, "closed form"))
    return pd.DataFrame(rows, columns=CIRCUIT_COLUMNS)


def simulated_row(problem):
    """Return the counts of a circuit, and how far its amplitudes are from the optimal weights."""
    gates = build_circuit(problem)
    state = run_circuit(gates, problem.modulus, problem.dimension).reshape(-1)
    index = np.unique(np.linspace(0, len(state) - 1, COMPARED).astype(np.int64))
    nodes = index_to_digits(index, problem.modulus, problem.dimension + 1)
    weights = problem.optimal_weights(nodes[:, :-1], nodes[:, -1])
    error = float(np.abs(state[index] - weights / np.sqrt(problem.norm_squared)).max())
    row = count_row(
        problem.modulus, problem.dimension, problem.support_size, count_gates(gates), "simulated"
    )
    return row | {"amplitude_error": error}


def count_row(modulus, dimension, points, counts, method):
    """Return one row without an amplitude error."""
    return {
        "dimension": dimension,
        "modulus": modulus,
        "gates": counts.gates,
        "depth": counts.depth,
        "state_preparation_gates": counts.state_preparation_gates,
        "method": method,
        "points": points,
    }


def list_gates(dimension, settings):
    """Return all gates of one circuit with the layers they stand in."""
    problem = make_problem(dimension, settings)
    gates = build_circuit(problem)
    return pd.DataFrame(
        [
            (
                dimension,
                problem.modulus,
                number,
                layer,
                gate.symbol,
                " ".join(map(str, gate.qudits)),
                gate.prepares_data,
            )
            for number, (gate, layer) in enumerate(zip(gates, layers(gates), strict=True))
        ],
        columns=GATE_COLUMNS,
    )


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = json.loads(snakemake.params.settings)
        save_table(snakemake.output.counts, count(settings))
        save_table(snakemake.output.gates, list_gates(settings["drawn"], settings))
