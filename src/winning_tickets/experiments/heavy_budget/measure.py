"""Search the coefficients of known functions at falling thresholds, and compare with p* exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...families.grid import grid_points
from ...field import digits_to_index, uniform_residues
from ...oracle import OracleProblem
from ...problem import Problem
from ...samplers import make_sampler
from ...samplers.enumeration import enumerate_energies
from ...seeds import seed
from .theory import expected_variation, line_overlap

COLUMNS = (
    "dimension",
    "modulus",
    "activation",
    "lines",
    "threshold",
    "replicate",
    "queries",
    "coefficients",
    "missed",
    "total_variation",
    "bound",
    "predicted",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of budgets; one row per function and threshold."""

SAMPLERS = ("heavy",)
"""The sampler that is judged."""

LINES = ("separate", "shared")
"""Where the modes lie: each on a line of its own, or a weaker one beside each strong one."""


@dataclass(frozen=True)
class Settings:
    """What is asked.

    Attributes
    ----------
    seed, modulus, activation
        Of the study.
    dimension : int
        D, small enough for all P^(D+1) nodes.
    modes : int
        Modes of a function, an even number; their powers halve from one to the next.
    thresholds : tuple of float
        tau.
    failure_probability : float
        Accepted probability of missing a coefficient above tau.
    replicates : int
        Functions.
    """

    seed: int
    modulus: int
    activation: str | tuple[float, ...]
    dimension: int
    modes: int
    thresholds: tuple[float, ...]
    failure_probability: float
    replicates: int


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the rows of every kind of function, replicate and threshold."""
    modulus, dimension = settings.modulus, settings.dimension
    grid = grid_points(dimension, modulus)
    own = {"modulus": modulus, "activation": settings.activation}
    for lines in LINES:
        for replicate in range(settings.replicates):
            names = (settings.seed, "heavy_budget", dimension, lines, replicate)
            dataset_seed, draw_seed = seed(*names, "dataset"), seed(*names, "draw")
            function = _Ladder(settings, grid, lines, np.random.default_rng(dataset_seed))
            values = function.values
            exact = _probabilities(Problem(grid, values, **own))
            for threshold in settings.thresholds:
                oracle = OracleProblem(
                    lambda points, values=values: values[digits_to_index(points, modulus)],
                    modulus,
                    dimension,
                    settings.activation,
                )
                row = {
                    "dimension": dimension,
                    "modulus": modulus,
                    "activation": (
                        settings.activation if isinstance(settings.activation, str) else "table"
                    ),
                    "lines": lines,
                    "threshold": threshold,
                    "replicate": replicate,
                    "dataset_seed": dataset_seed,
                    "draw_seed": draw_seed,
                }
                try:
                    sampler = make_sampler(
                        "heavy",
                        oracle,
                        threshold=threshold,
                        failure_probability=settings.failure_probability,
                        seed=draw_seed,
                    )
                except (ValueError, RuntimeError) as error:
                    yield row | {"status": "skipped", "reason": str(error)}
                    continue
                found = sampler.coefficients
                phases = 2j * np.pi / modulus * (grid @ found.frequencies.T.astype(np.int64))
                rebuilt = (np.exp(phases) @ found.values).real
                drawn = _probabilities(Problem(grid, rebuilt, **own))
                found_mass, missed_mass = function.masses(found.frequencies)
                overlap = line_overlap(oracle.activation)
                yield row | {
                    "queries": sampler.queries,
                    "coefficients": len(found.values),
                    "missed": float(missed_mass.sum()),
                    "total_variation": float(np.abs(drawn - exact).sum() / 2),
                    "bound": sampler.total_variation_bound,
                    "predicted": expected_variation(found_mass, missed_mass, overlap),
                    "status": "ok",
                }


class _Ladder:
    """A sum of sine modes whose powers halve from one to the next."""

    def __init__(
        self, settings: Settings, grid: np.ndarray, lines: str, rng: np.random.Generator
    ) -> None:
        self._modulus, count = settings.modulus, settings.modes
        modes = _distinct_lines(rng, count, settings.dimension, self._modulus)
        # The line of each mode: its own, or that of a mode in the stronger half.
        self._line = np.arange(count)
        if lines == "shared":
            half = count - count // 2
            modes[half:] = 2 * modes[: count // 2] % self._modulus
            self._line[half:] -= half
        self._modes, amplitudes = modes, 2.0 ** (-np.arange(count) / 2)
        angles = 2 * np.pi / self._modulus * (grid @ modes.T)
        self.values = np.sin(angles + rng.uniform(0, 2 * np.pi, count)) @ amplitudes
        self._mass = amplitudes**2 / np.sum(amplitudes**2)

    def masses(self, frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mass of every line that lies on some frequencies, and that does not."""
        known = {tuple(frequency) for frequency in frequencies.tolist()}
        found = np.array([tuple(mode) in known for mode in self._modes.tolist()])
        parts = (self._mass * found, self._mass * ~found)
        return tuple(np.bincount(self._line, part, len(self._line)) for part in parts)


def _distinct_lines(
    rng: np.random.Generator, count: int, dimension: int, modulus: int
) -> np.ndarray:
    """Draw frequencies of which none is a multiple of another, and none 0."""
    while True:
        modes = uniform_residues(rng, (count, dimension), modulus).astype(np.int64)
        multiples = np.arange(1, modulus)[:, None, None] * modes % modulus
        if len(np.unique(multiples.reshape(-1, dimension), axis=0)) == (modulus - 1) * count:
            return modes


def _probabilities(problem: Problem) -> np.ndarray:
    energies = enumerate_energies(problem)
    return energies / energies.sum()
