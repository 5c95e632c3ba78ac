"""The data that peers are compared on: tables that come with scikit-learn, functions, the study's.

Each is one function of a random generator; scikit-learn loads when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...families import make_dataset

FIELD_MODULUS = 5
"""P of the study's own families here."""

Table = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Source:
    """One kind of data.

    Attributes
    ----------
    label : str
        Its name in figures.
    kind : str
        "table", "function" or "field".
    make : callable
        From a random generator to columns (n, d) and targets (n, C).
    train : int
        Rows to learn from; the others are for testing.
    fixed : bool
        Whether the rows are the same for every split, so that training parts overlap.
    families : tuple of str
        Families of the study that it asks for by name.
    """

    label: str
    kind: str
    make: Callable[[np.random.Generator], Table]
    train: int
    fixed: bool
    families: tuple[str, ...] = ()


def _loaded(name: str) -> Callable[[np.random.Generator], Table]:
    """Return a table that comes with scikit-learn; labels become -1 and 1, one column a class."""

    def make(rng: np.random.Generator) -> Table:
        from sklearn import datasets

        columns, targets = getattr(datasets, f"load_{name}")(return_X_y=True)
        if name == "diabetes":
            return columns, targets[:, None]
        classes = np.unique(targets)
        signs = np.where(targets[:, None] == classes, 1.0, -1.0)
        return columns, signs[:, 1:] if len(classes) == 2 else signs

    return make


def _friedman(rng: np.random.Generator) -> Table:
    """Return ``make_friedman1``: 5 of 10 columns, noise of 1/25 of the variance."""
    from sklearn.datasets import make_friedman1

    columns, targets = make_friedman1(1000, noise=1.0, random_state=int(rng.integers(2**31)))
    return columns, targets[:, None]


def _sparse(rng: np.random.Generator) -> Table:
    """Return a function of three of thirty columns: a wave in one, a product of two."""
    columns = rng.uniform(-1, 1, size=(1000, 30))
    targets = np.sin(np.pi * columns[:, 0]) + 2 * columns[:, 1] * columns[:, 2]
    return columns, (targets + 0.1 * rng.standard_normal(1000))[:, None]


def _wave(rng: np.random.Generator) -> Table:
    """Return sin(2 w.x) for a random direction w among five columns."""
    columns, direction = rng.standard_normal((1000, 5)), rng.standard_normal(5)
    return columns, np.sin(2 * columns @ direction / np.linalg.norm(direction))[:, None]


def _radial(rng: np.random.Generator) -> Table:
    """Return a bump that depends on the distance from 0 alone, in five columns."""
    columns = rng.standard_normal((1000, 5))
    return columns, np.exp(-np.sum(columns**2, axis=1) / 5)[:, None]


def _field(family: str, target: str, dimension: int, **settings: int) -> Callable:
    """Return a dataset of the study as a table of residues."""

    def make(rng: np.random.Generator) -> Table:
        seed = int(rng.integers(2**31))
        known = {"dimension": dimension, "modulus": FIELD_MODULUS, "seed": seed}
        data = make_dataset(family, target, **known, **settings)
        return data.points.astype(np.float64), data.targets[:, None]

    return make


SOURCES: dict[str, Source] = {
    "wine": Source("wine", "table", _loaded("wine"), 119, True),
    "diabetes": Source("diabetes", "table", _loaded("diabetes"), 295, True),
    "breast_cancer": Source("breast cancer", "table", _loaded("breast_cancer"), 379, True),
    "digits": Source("digits", "table", _loaded("digits"), 600, True),
    "friedman1": Source("friedman1", "function", _friedman, 500, False),
    "sparse": Source("sparse, 3 of 30", "function", _sparse, 500, False),
    "wave": Source("sin(2 w.x)", "function", _wave, 500, False),
    "radial": Source("radial bump", "function", _radial, 500, False),
    "grid_sines": Source("grid, sines", "field", _field("grid", "sines", 4), 375, False, ("grid",)),
    "random_sines": Source(
        "random, sines", "field", _field("random", "sines", 12, count=400), 200, False, ("random",)
    ),
    "grid_labels": Source(
        "grid, labels", "field", _field("grid", "labels", 4), 375, False, ("grid",)
    ),
}
"""Every kind of data, by its name; the order of figures."""
