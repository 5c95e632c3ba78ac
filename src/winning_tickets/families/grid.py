"""All P^D points of the domain."""

from __future__ import annotations

import numpy as np

from ..field import index_to_digits
from ..quantities import quantity
from ..schema import COUNT, section
from .base import Config, Family, FamilySize


def grid_points(dimension: int, modulus: int) -> np.ndarray:
    """Return all P^D points of Z_P^D in lexicographic order, shape (P^D, D)."""
    return index_to_digits(np.arange(modulus**dimension), modulus, dimension)


class Grid(Family):
    """Full grids: every point is seen."""

    name = "grid"
    label = "full grid"
    schema = section(points_most=COUNT)

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return P^D points."""
        modulus = config["modulus"]
        return FamilySize(dimension, modulus, modulus**dimension, {})

    def size_in_question(self, config: Config, own: Config) -> FamilySize:
        """Return the size at the question's ``grid_dimension``: smaller, as all points count."""
        return self.size(config, own["grid_dimension"])

    def refusal(self, config: Config, size: FamilySize) -> str:
        """Return why a grid is too large."""
        most = config["grid"]["points_most"]
        if size.points <= most:
            return ""
        return f"the grid has {quantity(size.points)} points; grid.points_most is {most}"

    def draw_points(self, dimension: int, modulus: int, rng: np.random.Generator) -> np.ndarray:
        """Return all points; nothing is random."""
        return grid_points(dimension, modulus)
