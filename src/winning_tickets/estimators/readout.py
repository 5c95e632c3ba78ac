"""The output layer of a ticket on a table: ridge regression with a constant."""

from __future__ import annotations

import numpy as np
import scipy

PENALTIES = np.logspace(-7, 0, 15)
"""Penalties that are compared, as shares of the features' largest singular value squared.

The first is the floor: below it coefficients are rounding that was multiplied."""


class Readout:
    """Weighted ridge regression on given features, for every penalty at once.

    Parameters
    ----------
    features : numpy.ndarray of float64, shape (M, N)
        The hidden layer's outputs.
    values : numpy.ndarray of float64, shape (M, C)
        Targets.
    weights : numpy.ndarray of float64, shape (M,)
        How much each example counts, more than 0.
    """

    def __init__(self, features: np.ndarray, values: np.ndarray, weights: np.ndarray) -> None:
        shares = weights / weights.sum()
        self._centre, self._mean = shares @ features, shares @ values
        scaled = (features - self._centre) * np.sqrt(shares)[:, None]
        # The Gram matrix's eigenvectors always converge, and digits it loses lie below the floor.
        spectrum, self._basis = scipy.linalg.eigh(scaled.T @ scaled, check_finite=False)
        self._spectrum = np.maximum(spectrum, 0.0)
        moments = scaled.T @ ((values - self._mean) * np.sqrt(shares)[:, None])
        self._parts = self._basis.T @ moments

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients (N, C) and constants (C,) for a penalty, relative as `PENALTIES`."""
        least = max(penalty * self._spectrum[-1], np.finfo(float).tiny)
        coefficients = self._basis @ (self._parts / (self._spectrum + least)[:, None])
        return coefficients, self._mean - self._centre @ coefficients

    def errors(self, features: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the weighted sum of squares on other examples for each of `PENALTIES`."""
        found = np.empty(len(PENALTIES))
        for place, penalty in enumerate(PENALTIES):
            coefficients, constants = self.solve(penalty)
            missed = values - features @ coefficients - constants
            found[place] = weights @ np.sum(missed**2, axis=1)
        return found
