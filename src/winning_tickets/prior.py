"""A product prior on the hidden weights a: which nodes the wide ridge problem favours."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .field import smallest_unsigned
from .inputs import plain_array

TOLERANCE = 1e-9
"""How far the sum of a row may be from 1, and pi(c) from pi(-c)."""

# Residues looked up at a time.
_CHUNK_ENTRIES = 1 << 20


class Prior:
    """A symmetric product distribution pi(a) = prod_j pi_j(a_j) on Z_P^D.

    Parameters
    ----------
    values : array_like of float, shape (P,) or (D, P)
        pi_1(0)..pi_1(P-1) for all coordinates, or one row a coordinate: not negative, symmetric
        (pi(c) = pi(P - c)) and of sum 1, both to within `TOLERANCE`. What is left of asymmetry and
        of the sum is evened out.
    modulus, dimension : int
        P and D.

    Attributes
    ----------
    rows : numpy.ndarray of float64, shape (1, P) or (D, P)
        pi_j; one row where all coordinates share it.
    squared_rows : numpy.ndarray of float64, shape (1, P) or (D, P)
        q_j = pi_j^2 / sum pi_j^2: the optimized distribution's own factor q(a) = prod_j q_j(a_j).

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the shape is another, or a row is no symmetric distribution.

    Notes
    -----
    docs/method.md, section 7. This is our extension; the paper's case is the uniform prior.
    """

    def __init__(self, values: ArrayLike, modulus: int, dimension: int) -> None:
        self.modulus, self.dimension = modulus, dimension
        self.rows = _check_rows(values, modulus, dimension)
        squares = (self.rows / self.rows.max(axis=1, keepdims=True)) ** 2
        self.squared_rows = squares / squares.sum(axis=1, keepdims=True)

    @classmethod
    def uniform(cls, modulus: int, dimension: int) -> Prior:
        """Return the prior of the paper's case, all nodes alike."""
        return cls(np.full(modulus, 1.0 / modulus), modulus, dimension)

    @cached_property
    def transforms(self) -> np.ndarray:
        """phi_j(t) = sum_c pi_j(c) cos(2 pi c t / P), shaped like ``rows``."""
        return cosine_transforms(self.rows)

    @cached_property
    def squared_transforms(self) -> np.ndarray:
        """The same of q_j, shaped like ``rows``."""
        return cosine_transforms(self.squared_rows)

    @cached_property
    def log_energy(self) -> float:
        """sum_j log(P sum_c pi_j(c)^2): 0 for the uniform prior, else larger."""
        energies = np.log(self.modulus * np.sum(self.rows**2, axis=1))
        return float(energies.sum() * (self.dimension / len(energies)))

    @cached_property
    def _cumulative(self) -> np.ndarray:
        return np.cumsum(self.squared_rows, axis=1)

    def log_ratio(self, a: np.ndarray) -> np.ndarray:
        """Return log(P^D pi(a)).

        Parameters
        ----------
        a : numpy.ndarray of unsigned int, shape (n, D)
            Hidden weights, 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,)
            sum_j log(P pi_j(a_j)); minus infinity where pi(a) is 0.
        """
        with np.errstate(divide="ignore"):
            table = np.log(self.modulus * self.rows)
        table[np.abs(table) <= 4 * np.finfo(float).eps] = 0.0  # P times 1/P may miss 1
        coordinate = np.arange(self.dimension) if len(table) > 1 else 0
        total = np.empty(len(a))
        step = max(1, _CHUNK_ENTRIES // self.dimension)
        for start in range(0, len(a), step):
            part = slice(start, start + step)
            total[part] = table[coordinate, a[part]].sum(axis=1)
        return total

    def all_squared(self) -> np.ndarray:
        """Return q(a) of every a in lexicographic order, shape (P^D,), where that many fit."""
        probabilities = np.ones(1)
        for coordinate in range(self.dimension):
            row = self.squared_rows[min(coordinate, len(self.squared_rows) - 1)]
            probabilities = np.multiply.outer(probabilities, row).reshape(-1)
        return probabilities

    def draw_squared(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Draw hidden weights from q, whose factors are proportional to pi_j^2.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of randomness: one number a coordinate and draw, coordinate by coordinate.
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of unsigned int, shape (count, D)
            The weights, in the smallest unsigned type.
        """
        a = np.empty((count, self.dimension), dtype=smallest_unsigned(self.modulus))
        for coordinate in range(self.dimension):
            row = self._cumulative[min(coordinate, len(self._cumulative) - 1)]
            place = np.searchsorted(row, rng.random(count) * row[-1], side="right")
            # u times the total can round up to the total itself: then the last is meant.
            a[:, coordinate] = np.minimum(place, np.searchsorted(row, row[-1]))
        return a


def cosine_transforms(rows: np.ndarray) -> np.ndarray:
    """Return sum_c rows(c) cos(2 pi c t / P) of symmetric distributions, for every t.

    Parameters
    ----------
    rows : numpy.ndarray of float64, shape (R, P)
        Symmetric distributions on Z_P.

    Returns
    -------
    numpy.ndarray of float64, shape (R, P)
        Exactly symmetric and exactly 1 at t = 0; what is rounding elsewhere is exactly 0, so
        that the uniform distribution gives the identity.
    """
    modulus = rows.shape[1]
    transforms = np.fft.fft(rows, axis=1).real
    transforms += transforms[:, -np.arange(modulus)].copy()
    transforms /= transforms[:, :1]
    transforms[np.abs(transforms) <= 16 * np.finfo(float).eps] = 0.0
    return transforms


def _check_rows(values: ArrayLike, modulus: int, dimension: int) -> np.ndarray:
    array = plain_array(values, "prior")
    if array.shape not in ((modulus,), (dimension, modulus)):
        raise ValueError(
            f"prior: shape ({modulus},) or ({dimension}, {modulus}) is needed, one value a "
            f"residue, or one row of them a coordinate; it is {array.shape}"
        )
    rows = np.atleast_2d(array)
    where = "" if array.ndim == 1 else " in the row of coordinate {}"
    if rows.min() < 0:
        row, residue = np.unravel_index(np.argmin(rows), rows.shape)
        raise ValueError(
            f"prior: {rows[row, residue]:g}{where.format(row)}; every value must be at least 0"
        )
    sums = rows.sum(axis=1)
    row = int(np.argmax(np.abs(sums - 1)))
    if abs(sums[row] - 1) > TOLERANCE:
        raise ValueError(
            f"prior: the values{where.format(row)} sum to {sums[row]:.10g}; "
            f"the sum must be 1 within {TOLERANCE:g}"
        )
    mirrored = rows[:, -np.arange(modulus)]
    row, residue = np.unravel_index(np.argmax(np.abs(rows - mirrored)), rows.shape)
    if abs(rows[row, residue] - mirrored[row, residue]) > TOLERANCE:
        raise ValueError(
            f"prior: pi({residue}) = {rows[row, residue]:.10g} and pi({modulus - residue}) = "
            f"{mirrored[row, residue]:.10g}{where.format(row)}; the prior must be symmetric, "
            f"pi(c) = pi(-c) within {TOLERANCE:g}"
        )
    rows = (rows + mirrored) / 2
    return rows / rows.sum(axis=1, keepdims=True)
