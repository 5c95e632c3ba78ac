"""Targets: what is learnt on points of Z_P^D."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..field import inner_products, uniform_residues

SINE_MODES = 3
"""Modes of the target "sines"."""


@dataclass(frozen=True)
class Target:
    """A target.

    Attributes
    ----------
    label : str
        Its name in figures.
    values : callable
        From points (M, D), the modulus and a source of randomness to the outputs (M,).
    """

    label: str
    values: Callable[[np.ndarray, int, np.random.Generator], np.ndarray]


def sine_modes(
    points: np.ndarray, modulus: int, rng: np.random.Generator, *, modes: int = SINE_MODES
) -> np.ndarray:
    """Return a sum of random sine modes, sum_k sin(2 pi (k.x) / P + phase_k).

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Where to evaluate it.
    modulus : int
        The modulus P.
    rng : numpy.random.Generator
        Draws directions k, nonzero and distinct up to sign, and phases.
    modes : int
        How many; fewer where Z_P^D has not as many directions up to sign, (P^D - 1) / 2.

    Returns
    -------
    numpy.ndarray of float64, shape (M,)
        Values between -modes and modes.
    """
    dimension = points.shape[1]
    directions = _directions(min(modes, (modulus**dimension - 1) // 2), dimension, modulus, rng)
    phases = rng.uniform(0, 2 * np.pi, size=len(directions))
    # The library of C differs less between processors than NumPy's vectorised sine.
    tables = [
        [math.sin(2 * math.pi * t / modulus + phase) for t in range(modulus)] for phase in phases
    ]
    residues = inner_products(points, directions, modulus)
    return sum(np.array(table)[column] for table, column in zip(tables, residues.T, strict=True))


def relu_ridge(points: np.ndarray, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Return a ReLU of one random direction, max(((k.x - shift) mod P) - (P-1)/2, 0)."""
    direction = _directions(1, points.shape[1], modulus, rng)
    shift = rng.integers(modulus)
    residues = (inner_products(points, direction, modulus)[:, 0] - shift) % modulus
    return np.maximum(residues - (modulus - 1) / 2, 0.0)


def random_labels(points: np.ndarray, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Return independent labels, -1 or 1 with equal probability."""
    return rng.choice([-1.0, 1.0], size=len(points))


def single_sine(points: np.ndarray, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Return one random sine mode."""
    return sine_modes(points, modulus, rng, modes=1)


TARGETS: dict[str, Target] = {
    "sines": Target("three sine modes", sine_modes),
    "ridge": Target("ReLU ridge function", relu_ridge),
    "labels": Target("random labels", random_labels),
    "sine": Target("one sine mode", single_sine),
}
"""Targets by name."""


def _directions(count: int, dimension: int, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Draw nonzero directions that are distinct up to sign, shape (count, D)."""
    found: dict[bytes, np.ndarray] = {}
    while len(found) < count:
        direction = uniform_residues(rng, (1, dimension), modulus)[0]
        opposite = (modulus - direction.astype(np.int64)) % modulus
        if direction.any():
            opposite = opposite.astype(direction.dtype)
            found.setdefault(min(direction.tobytes(), opposite.tobytes()), direction)
    return np.stack(list(found.values()))
