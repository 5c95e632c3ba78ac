"""A family: all multiples of the vector of ones."""

from __future__ import annotations

import numpy as np

from ..field import smallest_unsigned
from .base import Config, Family, FamilySize


class Diagonal(Family):
    """P points on one line, at every dimension."""

    name = "diagonal"
    label = "diagonal"

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return P points."""
        return FamilySize(dimension, config["modulus"], config["modulus"], {})

    def draw_points(self, dimension: int, modulus: int, rng: np.random.Generator) -> np.ndarray:
        """Return all of them; nothing is random."""
        steps = np.arange(modulus, dtype=smallest_unsigned(modulus))
        return np.repeat(steps[:, None], dimension, axis=1)
