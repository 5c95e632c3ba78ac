"""Data of the study: families of points on Z_P^D, and targets on them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from .field import (
    check_modulus,
    index_to_digits,
    inner_products,
    smallest_unsigned,
    uniform_residues,
)

DIGITS_MODULUS = 17
"""Pixels of scikit-learn's digits are 0..16: residues as they stand."""
DIGITS_DIMENSION = 64
DIGITS_IMAGES = 1797

# Targets that vary less than this are constant up to rounding.
_SMALLEST_RANGE = 1e-9
_MOST_ATTEMPTS = 100
# Domains up to this size are sampled by index, larger ones by drawing points until enough differ.
_LARGEST_INDEXED = 1 << 24
SINE_MODES = 3
"""Modes of the target "sines"."""


@dataclasses.dataclass(frozen=True)
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


def make_dataset(
    family: str, target: str, *, dimension: int, modulus: int, seed: int, **settings: int
) -> Dataset:
    """Make a dataset from its names and a seed.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    target : str
        One of `TARGETS`; "parity" for the digits.
    dimension : int
        D, at least 1.
    modulus : int
        The modulus P, an odd prime.
    seed : int
        Decides points and targets completely.
    **settings : int
        ``count`` for "random", ``rank`` for "subspace", ``train`` for "digits".

    Returns
    -------
    Dataset
        Its targets have a positive variance.

    Raises
    ------
    ValueError
        If a name or number is out of range, or no draw has targets that vary.
    """
    check_modulus(modulus)
    if dimension < 1:
        raise ValueError(f"dimension: {dimension} must be at least 1")
    for attempt in range(_MOST_ATTEMPTS):
        # The number of the attempt first: (seed, 0) would repeat the stream of the seed alone.
        rng = np.random.default_rng((1 + attempt, seed))
        if family == "digits":
            dataset = _digits(target, dimension, modulus, rng, **settings)
        else:
            dataset = _synthetic(family, target, dimension, modulus, rng, **settings)
        if np.ptp(dataset.targets) > _SMALLEST_RANGE:
            return dataclasses.replace(dataset, attempt=attempt)
    raise ValueError(
        f"target: {target!r} is constant on the {len(dataset.points)} points of every draw of "
        f"{family!r} at modulus {modulus}, dimension {dimension}; more points are needed"
    )


def grid_points(dimension: int, modulus: int, rng: np.random.Generator | None = None) -> np.ndarray:
    """Return all P^D points of Z_P^D in lexicographic order, shape (P^D, D)."""
    return index_to_digits(np.arange(modulus**dimension), modulus, dimension)


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


FAMILIES: dict[str, Callable[..., np.ndarray] | None] = {
    "grid": grid_points,
    "random": random_points,
    "subspace": subspace_points,
    "line": grid_points,
    "digits": None,
}
"""Families by name; "digits" is not drawn but comes with scikit-learn."""


def sine_modes(
    points: np.ndarray, modulus: int, rng: np.random.Generator, *, modes: int = SINE_MODES
) -> np.ndarray:
    """Return a sum of random sine modes, sum_k sin(2 pi (k.x) / P + phase_k).

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Where to evaluate it.
    modulus : int
        The modulus P.
    rng : numpy.random.Generator
        Draws directions k, nonzero and distinct up to sign, and phases.
    modes : int
        How many; fewer where Z_P^D has not as many directions up to sign, (P^D - 1) / 2.

    Returns
    -------
    numpy.ndarray of float64, shape (M,)
        Values between -modes and modes.
    """
    dimension = points.shape[1]
    directions = _directions(min(modes, (modulus**dimension - 1) // 2), dimension, modulus, rng)
    phases = rng.uniform(0, 2 * np.pi, size=len(directions))
    # The library of C differs less between processors than NumPy's vectorised sine.
    tables = [
        [math.sin(2 * math.pi * t / modulus + phase) for t in range(modulus)] for phase in phases
    ]
    residues = inner_products(points, directions, modulus)
    return sum(np.array(table)[column] for table, column in zip(tables, residues.T, strict=True))


def relu_ridge(points: np.ndarray, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Return a ReLU of one random direction, max(((k.x - shift) mod P) - (P-1)/2, 0)."""
    direction = _directions(1, points.shape[1], modulus, rng)
    shift = rng.integers(modulus)
    residues = (inner_products(points, direction, modulus)[:, 0] - shift) % modulus
    return np.maximum(residues - (modulus - 1) / 2, 0.0)


def random_labels(points: np.ndarray, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Return independent labels, -1 or 1 with equal probability."""
    return rng.choice([-1.0, 1.0], size=len(points))


def single_sine(points: np.ndarray, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Return one random sine mode."""
    return sine_modes(points, modulus, rng, modes=1)


TARGETS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "sines": sine_modes,
    "ridge": relu_ridge,
    "labels": random_labels,
    "sine": single_sine,
}
"""Targets by name."""


def _synthetic(
    family: str,
    target: str,
    dimension: int,
    modulus: int,
    rng: np.random.Generator,
    **settings: int,
) -> Dataset:
    draw_points = FAMILIES.get(family)
    if draw_points is None:
        raise ValueError(f"family: {family!r} is not known; known are {', '.join(FAMILIES)}")
    if target not in TARGETS:
        raise ValueError(f"target: {target!r} is not known; known are {', '.join(TARGETS)}")
    points = draw_points(dimension, modulus, rng, **settings)
    return Dataset(points, TARGETS[target](points, modulus, rng), points[:0], np.empty(0))


def _digits(
    target: str, dimension: int, modulus: int, rng: np.random.Generator, *, train: int
) -> Dataset:
    """Split scikit-learn's digits at random; the label is 1 for odd digits and -1 for even."""
    # Only this family needs scikit-learn, which is slow to import.
    from sklearn.datasets import load_digits

    if (target, dimension, modulus) != ("parity", DIGITS_DIMENSION, DIGITS_MODULUS):
        raise ValueError(
            f"family: 'digits' needs target 'parity', dimension {DIGITS_DIMENSION} and modulus "
            f"{DIGITS_MODULUS}, not {target!r}, {dimension} and {modulus}"
        )
    if not 1 <= train < DIGITS_IMAGES:
        raise ValueError(f"train: {train} must lie in 1..{DIGITS_IMAGES - 1}")
    pixels, labels = load_digits(return_X_y=True)
    points = pixels.astype(smallest_unsigned(modulus))
    parity = np.where(labels % 2 == 1, 1.0, -1.0)
    order = rng.permutation(len(points))
    seen, held_back = order[:train], order[train:]
    return Dataset(points[seen], parity[seen], points[held_back], parity[held_back])


def _directions(count: int, dimension: int, modulus: int, rng: np.random.Generator) -> np.ndarray:
    """Draw nonzero directions that are distinct up to sign, shape (count, D)."""
    found: dict[bytes, np.ndarray] = {}
    while len(found) < count:
        direction = uniform_residues(rng, (1, dimension), modulus)[0]
        opposite = (modulus - direction.astype(np.int64)) % modulus
        if direction.any():
            opposite = opposite.astype(direction.dtype)
            found.setdefault(min(direction.tobytes(), opposite.tobytes()), direction)
    return np.stack(list(found.values()))


def _whole_number(number: int) -> str:
    """Write a number that may have thousands of digits."""
    return str(number) if number < 10**15 else f"about 10^{int(math.log10(number))}"
