"""All points of a random linear subspace: structure that stays at every D."""

from __future__ import annotations

import numpy as np

from ..field import inner_products, smallest_unsigned, uniform_residues
from ..schema import COUNT, section
from .base import Config, Family, FamilySize
from .grid import grid_points


def subspace_points(
    dimension: int, modulus: int, rng: np.random.Generator, *, rank: int
) -> np.ndarray:
    """Return all points of a random linear subspace.

    Parameters
    ----------
    dimension, modulus : int
        D and P.
    rng : numpy.random.Generator
        The source of randomness.
    rank : int
        Dimension of the subspace, from 1 to D.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (P^rank, D)
        Distinct rows, closed under addition modulo P.

    Raises
    ------
    ValueError
        If the rank does not lie in 1..D.
    """
    if not 1 <= rank <= dimension:
        raise ValueError(f"rank: {rank} must lie in 1..{dimension}, the dimension")
    coefficients = grid_points(rank, modulus)
    while True:
        basis = uniform_residues(rng, (rank, dimension), modulus)
        points = inner_products(coefficients, np.ascontiguousarray(basis.T), modulus)
        # The basis has full rank if and only if no other combination of it is zero.
        if np.count_nonzero(points.any(axis=1)) == len(points) - 1:
            return points.astype(smallest_unsigned(modulus))


class Subspace(Family):
    """Data of low intrinsic dimension."""

    name = "subspace"
    label = "random subspace"
    schema = section(rank=COUNT)

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return P^rank points, with the rank at most D."""
        modulus, rank = config["modulus"], min(config["subspace"]["rank"], dimension)
        return FamilySize(dimension, modulus, modulus**rank, {"rank": rank})

    def draw_points(
        self, dimension: int, modulus: int, rng: np.random.Generator, *, rank: int
    ) -> np.ndarray:
        """Draw a subspace."""
        return subspace_points(dimension, modulus, rng, rank=rank)
