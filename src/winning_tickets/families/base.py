"""What a family of data is: its size in a configuration, and how a dataset is drawn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .targets import TARGETS

Config = Mapping[str, Any]


@dataclass(frozen=True)
class Dataset:
    """Examples to learn from, and others to test on.

    Attributes
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Training inputs, coordinates 0..P-1.
    targets : numpy.ndarray of float64, shape (M,)
        Training outputs; they are not all equal.
    test_points, test_targets : numpy.ndarray, shapes (T, D) and (T,)
        Examples held back; T = 0 for the synthetic families.
    attempt : int
        How many draws with the same seed were discarded because their targets were constant.
    """

    points: np.ndarray
    targets: np.ndarray
    test_points: np.ndarray
    test_targets: np.ndarray
    attempt: int = 0


@dataclass(frozen=True)
class FamilySize:
    """How large the datasets of a family are at one dimension.

    Attributes
    ----------
    dimension, modulus, points : int
        D, P and the number M of training points.
    settings : mapping of str to int, float or str
        What `Family.draw` needs besides.
    """

    dimension: int
    modulus: int
    points: int
    settings: Mapping[str, int | float | str]


class Family(ABC):
    """A family of datasets.

    A new family is a subclass in a file of its own and one line in `winning_tickets.families`
    (docs/architecture.md has a worked example). It must give `name`, `label`, `size` and
    `draw_points`; all else has a default for points drawn in Z_P^D at the study's modulus.

    Attributes
    ----------
    name : str
        Its name in configurations, paths and tables.
    label : str
        Its name in figures.
    own_targets : mapping of str to str
        Names and labels of targets that it has of its own, in place of the study's `targets`.
    single : bool
        Whether it is one cell with a dimension and ticket sizes of its own.
    sparse : bool
        Whether its points are a share M / P^D of what they span; others fill their span.
    schema : mapping or None
        JSON schema of its part of the configuration, under its name; None where it has none.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    own_targets: ClassVar[Mapping[str, str]] = {}
    single: ClassVar[bool] = False
    sparse: ClassVar[bool] = False
    schema: ClassVar[Mapping[str, Any] | None] = None

    @abstractmethod
    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return how large its datasets are in a study at one dimension."""

    def size_in_question(self, config: Config, own: Config) -> FamilySize:
        """Return how large its datasets are in a question with a dimension of its own.

        Parameters
        ----------
        config : mapping
            The whole configuration.
        own : mapping
            The question's part: ``dimension``, ``grid_dimension``, and ``points`` where it sets
            the number of random points.
        """
        return self.size(config, own["dimension"])

    @abstractmethod
    def draw_points(
        self, dimension: int, modulus: int, rng: np.random.Generator, **settings: int
    ) -> np.ndarray:
        """Return distinct training points, shape (M, D), in the smallest unsigned type."""

    def draw(
        self,
        target: str,
        *,
        dimension: int,
        modulus: int,
        rng: np.random.Generator,
        **settings: int,
    ) -> Dataset:
        """Draw points, then a target on them.

        Parameters
        ----------
        target : str
            One of `TARGETS`.
        dimension, modulus : int
            D and P.
        rng : numpy.random.Generator
            The source of randomness.
        **settings : int
            The `FamilySize.settings` of this size.

        Returns
        -------
        Dataset
            Its targets may be constant; `make_dataset` then draws again.

        Raises
        ------
        ValueError
            If the target is not known or a number is out of range.
        """
        if target not in TARGETS:
            raise ValueError(f"target: {target!r} is not known; known are {', '.join(TARGETS)}")
        points = self.draw_points(dimension, modulus, rng, **settings)
        values = TARGETS[target].values(points, modulus, rng)
        return Dataset(points, values, points[:0], np.empty(0))

    def dimensions(self, config: Config) -> Sequence[int]:
        """Return the dimensions at which it has a cell, or a row that says why not."""
        return config["dimensions"]

    def targets(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Return what is learnt on it where others learn ``targets``."""
        return tuple(self.own_targets or targets)

    def nodes(self, config: Config, dimension: int) -> tuple[int, ...]:
        """Return the ticket sizes N, ascending: the study's, and at some dimensions its sweep."""
        sweep = config["sweep"]
        more = sweep["nodes"] if dimension in sweep["dimensions"] else []
        return tuple(sorted({config["nodes"], *more}))

    def replicates(self, config: Config) -> int:
        """Return the datasets per target."""
        return config["replicates"]

    def draws(self, config: Config) -> int:
        """Return the tickets per dataset and sampler."""
        return config["draws"]

    def refusal(self, config: Config, size: FamilySize) -> str:
        """Return why a size is left out of the study, or an empty text."""
        return ""

    def faults(self, config: Config) -> Iterator[str]:
        """Yield a line for each fault of the configuration in what this family reads.

        Called only where the family is asked for, with a configuration that fits its schema.
        """
        yield from ()
