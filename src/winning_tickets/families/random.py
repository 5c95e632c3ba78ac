"""Distinct points, every set of them equally likely."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..field import index_to_digits, smallest_unsigned, uniform_residues
from ..quantities import quantity
from ..schema import COUNT, section
from .base import Config, Family, FamilySize

# Domains up to this size are sampled by index, larger ones by drawing points until enough differ.
_LARGEST_INDEXED = 1 << 24


def random_points(
    dimension: int, modulus: int, rng: np.random.Generator, *, count: int
) -> np.ndarray:
    """Draw distinct points of Z_P^D, all sets of that size equally likely.

    Parameters
    ----------
    dimension, modulus : int
        D and P.
    rng : numpy.random.Generator
        The source of randomness.
    count : int
        How many points, from 1 to P^D.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (count, D)
        Distinct rows.

    Raises
    ------
    ValueError
        If P^D has fewer points.
    """
    domain = modulus**dimension
    if not 1 <= count <= domain:
        raise ValueError(
            f"count: {count} distinct points asked for; Z_{modulus}^{dimension} has "
            f"from 1 to {_whole_number(domain)}"
        )
    if domain <= _LARGEST_INDEXED:
        return index_to_digits(rng.choice(domain, count, replace=False), modulus, dimension)
    points = np.empty((0, dimension), dtype=smallest_unsigned(modulus))
    while len(points) < count:
        more = uniform_residues(rng, (count - len(points), dimension), modulus)
        points = np.concatenate([points, more])
        first = np.unique(points, axis=0, return_index=True)[1]
        points = points[np.sort(first)]
    return points


class Random(Family):
    """Random sparse data."""

    name = "random"
    label = "random points"
    sparse = True
    schema = section(
        points=COUNT,
        share_most={
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1,
            "description": "a number above 0 and at most 1",
        },
    )

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return ``random.points`` points, or the largest share that is allowed."""
        modulus, own = config["modulus"], config["random"]
        domain = modulus**dimension
        # A share of a domain too large for a float is larger than any count.
        most = math.floor(own["share_most"] * domain) if domain < 2**53 else domain
        count = min(own["points"], most)
        return FamilySize(dimension, modulus, count, {"count": count})

    def size_in_question(self, config: Config, own: Config) -> FamilySize:
        """Return the question's number of points, or the study's, in full."""
        count = own.get("points", config["random"]["points"])
        return FamilySize(own["dimension"], config["modulus"], count, {"count": count})

    def draw_points(
        self, dimension: int, modulus: int, rng: np.random.Generator, *, count: int
    ) -> np.ndarray:
        """Draw them."""
        return random_points(dimension, modulus, rng, count=count)

    def faults(self, config: Config) -> Iterator[str]:
        """Find more points than there are, and dimensions that leave fewer than two."""
        modulus, dimensions = config["modulus"], config["dimensions"]
        asked, largest = config["random"]["points"], max(config["dimensions"])
        if asked > modulus**largest:
            yield (
                f"random.points: {asked} distinct points asked for; Z_{modulus}^{largest} has only "
                f"{quantity(modulus**largest)}, give at most that or larger dimensions"
            )
        for place, dimension in enumerate(dimensions):
            count = self.size(config, dimension).points
            if count < 2:
                yield (
                    f"dimensions[{place}]: random.points and random.share_most leave {count} of "
                    f"the {modulus**dimension} points of Z_{modulus}^{dimension}; at least 2 are "
                    "needed for a target that varies"
                )


def _whole_number(number: int) -> str:
    """Write a number that may have thousands of digits."""
    return str(number) if number < 10**15 else f"about 10^{int(math.log10(number))}"
