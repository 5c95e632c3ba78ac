"""What a peer is: N features chosen from examples, and a readout that all peers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, ClassVar

import numpy as np

from ....estimators.readout import PENALTIES, Readout

INPUTS = ("standard", "circle")
"""Inputs that peers choose from: standardised columns, or cosine and sine of their residues."""

SCALES = (0.5, 1.0, 2.0)
"""Factors of the usual bandwidth, 1 / columns, that are compared."""


@dataclass(frozen=True)
class Rows:
    """Rows of a table as the peers see them.

    Attributes
    ----------
    raw : numpy.ndarray of float64, shape (M, columns)
        As they come; what tickets take.
    standard, circle : numpy.ndarray of float64
        Standardised columns, and cosine and sine of every residue; scales from the training part.
    positions : numpy.ndarray of float64, shape (M, D)
        Positions on the residues 0..P-1, before rounding.
    modulus : int
        P.
    mapping : str
        How tickets are told to take the columns ("auto", or "residues" for points of Z_P).
    """

    raw: np.ndarray
    standard: np.ndarray
    circle: np.ndarray
    positions: np.ndarray
    modulus: int
    mapping: str

    def __getitem__(self, rows: np.ndarray) -> Rows:
        """Return some of the rows."""
        parts = ("raw", "standard", "circle", "positions")
        return replace(self, **{name: getattr(self, name)[rows] for name in parts})


@dataclass
class Examples:
    """Rows with their targets, and what was found on them for more than one N.

    Attributes
    ----------
    rows : Rows
        M rows.
    values : numpy.ndarray of float64, shape (M, C)
        Targets, of mean 0 over the training part.
    owed : float
        Seconds of what `once` gave without work, since it was last set to 0.
    """

    rows: Rows
    values: np.ndarray
    owed: float = 0.0
    _found: dict = field(default_factory=dict)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned the first time, and add the seconds of that to `owed`."""
        if key not in self._found:
            started = perf_counter()
            made = make()
            self._found[key] = made, perf_counter() - started
            return made
        made, seconds = self._found[key]
        self.owed += seconds
        return made


Features = Callable[[Rows], np.ndarray]


@dataclass(frozen=True)
class Hidden:
    """A hidden layer that was chosen.

    Attributes
    ----------
    features : callable
        From `Rows` to an array (M, at most N).
    penalty : float
        The readout's penalty, one of `PENALTIES`.
    option : str
        What cross-validation chose besides.
    """

    features: Features
    penalty: float
    option: str


@dataclass(frozen=True)
class Fold:
    """One part of the examples held back to choose on: the others, and it."""

    seen: Examples
    held_back: Examples


class Peer(ABC):
    """A way to choose N features.

    A new peer is a subclass in a file of its own beside this one and one line in ``__init__.py``
    (docs/add-a-peer.md has a worked example).

    Attributes
    ----------
    name : str
        Its name in tables and in seeds.
    label : str
        Its name in figures.
    needs : str
        A package that it needs and the project does not; empty for none.
    folds : int
        On how many of the three folds it is tuned: 1 where choosing is dear.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    needs: ClassVar[str] = ""
    folds: ClassVar[int] = 3

    def options(self, data: Examples) -> Sequence[Any]:
        """Return what cross-validation chooses from, besides the penalty; standard: the inputs."""
        return INPUTS

    @abstractmethod
    def choose(self, data: Examples, option: Any, nodes: int, rng: np.random.Generator) -> Features:
        """Return N features, or fewer where there are no more.

        Parameters
        ----------
        data : Examples
            What may be looked at.
        option : object
            One of `options`.
        nodes : int
            N.
        rng : numpy.random.Generator
            The source of randomness.
        """

    def fit(
        self, data: Examples, folds: Sequence[Fold], nodes: int, rng: np.random.Generator
    ) -> Hidden:
        """Choose option and penalty by cross-validation, then features on all examples.

        Features are chosen anew for every fold, from its examples alone: those that were chosen
        with the labels held back would make any readout look good there.
        """
        best, found = np.inf, None
        for option in self.options(data):
            errors = np.zeros(len(PENALTIES))
            for fold in folds[: self.folds]:
                features = self.choose(fold.seen, option, nodes, rng)
                readout = Readout(features(fold.seen.rows), fold.seen.values, _ones(fold.seen))
                other = fold.held_back
                errors += readout.errors(features(other.rows), other.values, _ones(other))
            if errors.min() < best:
                best, found = errors.min(), (option, float(PENALTIES[errors.argmin()]))
        option, penalty = found
        return Hidden(self.choose(data, option, nodes, rng), penalty, self.words(option))

    def words(self, option: Any) -> str:
        """Return an option as the table names it."""
        return option if isinstance(option, str) else " ".join(map(str, option))


def _ones(data: Examples) -> np.ndarray:
    return np.ones(len(data.values))


def scaled_inputs() -> list[tuple[str, float]]:
    """Return all pairs of inputs and factor of the bandwidth."""
    return [(inputs, scale) for inputs in INPUTS for scale in SCALES]
