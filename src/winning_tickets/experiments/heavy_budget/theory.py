"""How far nodes from the found coefficients are from p* (docs/heavy_budget.md)."""

from __future__ import annotations

import math

import numpy as np

from ...kernel import frequency_shares


def expected_variation(found: np.ndarray, missed: np.ndarray, overlap: float) -> float:
    """Return the total variation expected between p* and nodes from the found coefficients.

    Parameters
    ----------
    found, missed : numpy.ndarray of float64, shape (lines,)
        Spectral mass of each line of frequencies that was found, and that was not; the sum of all
        is 1.
    overlap : float
        Of the activation (`line_overlap`).

    Returns
    -------
    float
        sum of 2 (2 / pi)^2 overlap sqrt(found missed) over lines that hold both, and of missed
        over those that hold nothing found.

    Notes
    -----
    A line of which nothing was found is lost, and all others keep their proportions: their mass is
    what p* moves. On a line with both, u is sqrt(found) cos(theta) + sqrt(missed) cos(psi) up to a
    factor, both angles spread evenly over the shifts b. The squares differ by twice the product to
    first order; the mean of |cos| is 2 / pi, that of cos^2 is 1/2.
    """
    both = found > 0
    crossed = 2 * (2 / math.pi) ** 2 * overlap * np.sqrt(found[both] * missed[both]).sum()
    return float(crossed + missed[~both].sum())


def line_overlap(activation: np.ndarray) -> float:
    """Return how much two modes k and 2 k of one line meet in the nodes of that line.

    Parameters
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.

    Returns
    -------
    float
        sum_v sqrt(share(v) share(2 v)) over v = 1..(P-1)/2, at most 1: a node a = k / v holds the
        mode k with the weight |g^(v)| and the mode 2 k with |g^(2 v)|.
    """
    shares = frequency_shares(activation)
    modulus = len(activation)
    v = np.arange(1, modulus // 2 + 1)
    twice = np.minimum(2 * v % modulus, -2 * v % modulus)
    return float(np.sqrt(shares[v - 1] * shares[twice - 1]).sum())
