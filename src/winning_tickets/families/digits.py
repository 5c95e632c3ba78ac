"""scikit-learn's digits: 64 pixels of 0..16, so P = 17 and D = 64 as they stand.

The images are the test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and
C. Kaynak (UCI repository, 1998, doi:10.24432/C50P49), as scikit-learn copies it. Its description
names no licence for them; docs/reproducing.md says what is known of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..field import smallest_unsigned
from ..schema import COUNT, COUNTS, integer, section
from .base import Config, Dataset, Family, FamilySize

MODULUS, DIMENSION, IMAGES = 17, 64, 1797
"""Grey levels, pixels, and images in the collection."""


class Digits(Family):
    """Odd digits against even ones, split at random into training and test images."""

    name = "digits"
    label = "digits"
    own_targets: ClassVar = {"parity": "odd or even"}
    single = True
    sparse = True
    schema = section(
        train=integer(
            2, IMAGES - 1, f"a whole number from 2 to {IMAGES - 1}, of the {IMAGES} images"
        ),
        nodes=COUNTS,
        replicates=COUNT,
        draws=COUNT,
    )

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return ``digits.train`` images."""
        train = config["digits"]["train"]
        return FamilySize(DIMENSION, MODULUS, train, {"train": train})

    def size_in_question(self, config: Config, own: Config) -> FamilySize:
        """Return the one size it has."""
        return self.size(config, DIMENSION)

    def dimensions(self, config: Config) -> Sequence[int]:
        """Return the number of pixels."""
        return (DIMENSION,)

    def nodes(self, config: Config, dimension: int) -> tuple[int, ...]:
        """Return ticket sizes of its own."""
        return tuple(sorted(config["digits"]["nodes"]))

    def replicates(self, config: Config) -> int:
        """Return the splits, a number of its own."""
        return config["digits"]["replicates"]

    def draws(self, config: Config) -> int:
        """Return the tickets per split, a number of its own."""
        return config["digits"]["draws"]

    def draw_points(
        self, dimension: int, modulus: int, rng: np.random.Generator, *, train: int
    ) -> np.ndarray:
        """Return the training images of a random split."""
        return self.draw(
            "parity", dimension=dimension, modulus=modulus, rng=rng, train=train
        ).points

    def draw(
        self,
        target: str,
        *,
        dimension: int,
        modulus: int,
        rng: np.random.Generator,
        train: int,
    ) -> Dataset:
        """Split the images at random; the label is 1 for odd digits and -1 for even."""
        # Only this family needs scikit-learn, which is slow to import.
        from sklearn.datasets import load_digits

        if (target, dimension, modulus) != ("parity", DIMENSION, MODULUS):
            raise ValueError(
                f"family: 'digits' needs target 'parity', dimension {DIMENSION} and modulus "
                f"{MODULUS}, not {target!r}, {dimension} and {modulus}"
            )
        if not 1 <= train < IMAGES:
            raise ValueError(f"train: {train} must lie in 1..{IMAGES - 1}")
        pixels, labels = load_digits(return_X_y=True)
        points = pixels.astype(smallest_unsigned(modulus))
        parity = np.where(labels % 2 == 1, 1.0, -1.0)
        order = rng.permutation(len(points))
        seen, held_back = order[:train], order[train:]
        return Dataset(points[seen], parity[seen], points[held_back], parity[held_back])
