"""How much p* sharpens a prior on one mode of the target (docs/prior.md)."""

from __future__ import annotations

import numpy as np
import scipy


def mode_share(points: int, prior: np.ndarray, mass: float, ridge: float) -> float:
    """Return the share of p* on the two frequencies +-k of a target sin(2 pi k.x / P).

    Parameters
    ----------
    points : int
        M, random points.
    prior : numpy.ndarray of float64, shape (P^D,)
        pi(a) of all hidden weights.
    mass : float
        pi(k).
    ridge : float
        lambda > 0.

    Returns
    -------
    float
        x / (1 + x) with x = (M pi(k) / tau)^2 (1 - gamma) / gamma, against 2 pi(k) under the prior
        itself.

    Notes
    -----
    For the sine activation p*(a) is proportional to pi(a)^2 |alpha^(a)|^2, and alpha is the
    solution of kernel ridge regression. Random points turn the kernel's eigenvalues pi(a) and
    lambda into an effective ridge tau = M lambda + sum_a pi(a) tau / (tau + M pi(a)). With the
    uniform prior and lambda to 0, tau = 1 - s and the share is s = M / P^D.
    """
    share = points * ridge

    def excess(tau: float) -> float:
        return share + float(np.sum(prior * tau / (tau + points * prior))) - tau

    tau = scipy.optimize.brentq(excess, share, share + 1.0 + 1e-9)
    gamma = points * float(np.sum((prior / (tau + points * prior)) ** 2))
    odds = (points * mass / tau) ** 2 * (1 - gamma) / gamma
    return odds / (1 + odds)
