"""What a test can see: whether it would pass, simulated from the replicates that were measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

SIMULATIONS = 4_000
"""Simulated studies behind a stated chance: it is known to 0.01 or better."""


@dataclass(frozen=True)
class Simulated:
    """Student's t intervals of many simulated studies, before a true mean is added.

    Attributes
    ----------
    errors : numpy.ndarray of float64, shape (simulations,)
        How far each simulated mean is from the true one.
    halves : numpy.ndarray of float64, shape (simulations,)
        Half the width of each interval.
    """

    errors: np.ndarray
    halves: np.ndarray

    def passes(self, truth: float, low: float = -np.inf, high: float = np.inf) -> np.ndarray:
        """Tell which intervals lie strictly inside limits, were the true mean a given number.

        Parameters
        ----------
        truth : float
            The mean that is supposed.
        low, high : float
            The limits; either may be infinite.

        Returns
        -------
        numpy.ndarray of bool, shape (simulations,)
            Their mean is the power of the test where ``truth`` is inside the limits, and its rate
            of false passes where it is one of them.
        """
        means = truth + self.errors
        return (means - self.halves > low) & (means + self.halves < high)


def simulate(values: ArrayLike, *, level: float, rng: object = 0) -> Simulated:
    """Simulate studies like the one that was measured.

    Parameters
    ----------
    values : array_like, shape (n,)
        Measured numbers, one a replicate, n >= 2: how many there are and how they scatter is taken
        from them, whatever their distribution.
    level : float
        Error of each end of an interval, which has level 1 - 2 ``level``: with two limits these are
        two one-sided tests.
    rng : int or numpy.random.Generator
        Random stream of the simulation.

    Returns
    -------
    Simulated
        `SIMULATIONS` sets of n numbers, measured ones drawn with replacement and widened by
        sqrt(n / (n - 1)), so that they vary as much as replicates do.
    """
    array = np.asarray(values, dtype=np.float64)
    count = array.size
    scatter = (array - array.mean()) * np.sqrt(count / (count - 1))
    rows = np.random.default_rng(rng).integers(count, size=(SIMULATIONS, count), dtype=np.int32)
    drawn = scatter[rows]
    errors = drawn.mean(axis=1)
    halves = drawn.std(axis=1, ddof=1) / np.sqrt(count)
    return Simulated(errors, halves * scipy.special.stdtrit(count - 1, 1 - level))


def at_most(rate: float) -> float:
    """Return what a simulated rate may be where the true one is at most ``rate``.

    Twice the standard error of the simulation is allowed for.
    """
    return rate + 2 * np.sqrt(rate / SIMULATIONS)
