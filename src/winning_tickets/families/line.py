"""All points at D = 1 and a large modulus: one cell in the predecessor's likely setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from ..field import check_modulus
from ..schema import COUNT, COUNTS, section
from .base import Config, Family, FamilySize
from .grid import grid_points
from .targets import TARGETS


class Line(Family):
    """One sine on Z_P, at a modulus of its own."""

    name = "line"
    label = "line"
    own_targets: ClassVar = {"sine": TARGETS["sine"].label}
    single = True
    schema = section(modulus=COUNT, nodes=COUNTS)

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return all P points."""
        modulus = config["line"]["modulus"]
        return FamilySize(dimension, modulus, modulus, {})

    def size_in_question(self, config: Config, own: Config) -> FamilySize:
        """Return the one size it has."""
        return self.size(config, 1)

    def dimensions(self, config: Config) -> Sequence[int]:
        """Return 1."""
        return (1,)

    def nodes(self, config: Config, dimension: int) -> tuple[int, ...]:
        """Return ticket sizes of its own."""
        return tuple(sorted(config["line"]["nodes"]))

    def draw_points(self, dimension: int, modulus: int, rng: np.random.Generator) -> np.ndarray:
        """Return all points."""
        return grid_points(dimension, modulus)

    def faults(self, config: Config) -> Iterator[str]:
        """Find a modulus that is no odd prime."""
        try:
            check_modulus(config["line"]["modulus"])
        except ValueError as error:
            yield f"line.modulus: {str(error).partition(': ')[2]}"
