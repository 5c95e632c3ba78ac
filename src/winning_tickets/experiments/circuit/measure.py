"""Count the gates of the quantum circuit: of simulated ones, and by closed forms beyond."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...families import make_dataset
from ...families.random import Random
from ...field import index_to_digits
from ...problem import Problem
from ...samplers.circuit import (
    MAX_AMPLITUDES,
    GateCounts,
    build_circuit,
    count_gates,
    gate_formula,
    run_circuit,
)
from ...seeds import seed

COLUMNS = (
    "dimension",
    "modulus",
    "gates",
    "depth",
    "state_preparation_gates",
    "method",
    "points",
    "amplitude_error",
    "status",
    "reason",
)
"""Columns of the table of gate counts; method is "simulated" or "closed form"."""

# Nodes, evenly spread, whose amplitudes are compared with the optimal weights.
_COMPARED = 50_000


@dataclass(frozen=True)
class Settings:
    """What is asked.

    Attributes
    ----------
    seed, modulus, activation
        Of the study.
    points : int
        Data points; half the domain where that is smaller.
    dimensions : tuple of int
        Dimensions D.
    """

    seed: int
    modulus: int
    activation: str | tuple[float, ...]
    points: int
    dimensions: tuple[int, ...]

    def points_at(self, dimension: int) -> int:
        """Return the number of data points at a dimension."""
        return min(self.points, -(-(self.modulus**dimension) // 2))

    def problem(self, dimension: int) -> Problem:
        """Return random points with random labels."""
        dataset = make_dataset(
            Random.name,
            "labels",
            dimension=dimension,
            modulus=self.modulus,
            count=self.points_at(dimension),
            seed=seed(self.seed, "circuit", dimension),
        )
        return Problem(
            dataset.points, dataset.targets, modulus=self.modulus, activation=self.activation
        )


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the counts: the small dimensions simulated, then all by closed form."""
    modulus = settings.modulus
    for dimension in settings.dimensions:
        if modulus ** (dimension + 1) <= MAX_AMPLITUDES:
            yield _simulated_row(settings.problem(dimension))
    for dimension in settings.dimensions:
        points = settings.points_at(dimension)
        counts = gate_formula(modulus, dimension, points)
        yield _count_row(modulus, dimension, points, counts) | {"method": "closed form"}


def _simulated_row(problem: Problem) -> dict[str, Any]:
    """Return the counts of a circuit, and how far its amplitudes are from the optimal weights."""
    modulus, dimension = problem.modulus, problem.dimension
    gates = build_circuit(problem)
    state = run_circuit(gates, modulus, dimension).reshape(-1)
    index = np.unique(np.linspace(0, len(state) - 1, _COMPARED).astype(np.int64))
    nodes = index_to_digits(index, modulus, dimension + 1)
    weights = problem.optimal_weights(nodes[:, :-1], nodes[:, -1])
    error = float(np.abs(state[index] - weights / np.sqrt(problem.norm_squared)).max())
    row = _count_row(modulus, dimension, problem.support_size, count_gates(gates))
    return row | {"method": "simulated", "amplitude_error": error}


def _count_row(modulus: int, dimension: int, points: int, counts: GateCounts) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "modulus": modulus,
        "gates": counts.gates,
        "depth": counts.depth,
        "state_preparation_gates": counts.state_preparation_gates,
        "points": points,
        "status": "ok",
    }
