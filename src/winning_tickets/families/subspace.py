"""All points of a random linear subspace: structure that stays at every D."""

from __future__ import annotations

import numpy as np

from ..field import (
    index_to_digits,
    inner_products,
    row_keys,
    smallest_unsigned,
    uniform_residues,
)
from ..schema import COUNT, section
from .base import Config, Family, FamilySize
from .grid import grid_points

# Coordinates computed at a time, so that products of many points in high dimension stay small.
_COLUMNS = 1024


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


def points_of_subspace(
    dimension: int, modulus: int, rng: np.random.Generator, *, rank: int, count: int
) -> np.ndarray:
    """Draw distinct points from the span of random vectors.

    Parameters
    ----------
    dimension, modulus : int
        D and P.
    rng : numpy.random.Generator
        The source of randomness.
    rank : int
        How many vectors span it, from 1 to D.
    count : int
        How many points, from 1 to P^rank; every set of combinations is equally likely.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (count, D)
        Distinct rows.

    Raises
    ------
    ValueError
        If the rank does not lie in 1..D or the count not in 1..P^rank.
    """
    if not 1 <= rank <= dimension:
        raise ValueError(f"rank: {rank} must lie in 1..{dimension}, the dimension")
    if not 1 <= count <= modulus**rank:
        raise ValueError(f"count: {count} must lie in 1..{modulus**rank}, the subspace's points")
    chosen = rng.choice(modulus**rank, count, replace=False)
    coefficients = index_to_digits(chosen, modulus, rank)
    while True:
        points = np.empty((count, dimension), dtype=smallest_unsigned(modulus))
        basis = uniform_residues(rng, (rank, dimension), modulus)
        for start in range(0, dimension, _COLUMNS):
            part = np.ascontiguousarray(basis[:, start : start + _COLUMNS].T)
            points[:, start : start + _COLUMNS] = inner_products(coefficients, part, modulus)
        if len(np.unique(row_keys(points))) == count:
            return points


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
