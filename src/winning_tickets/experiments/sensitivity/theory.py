"""kappa of each reading where weights look Gaussian (docs/sensitivity.md)."""

from __future__ import annotations

import math

import numpy as np
import scipy

from ...kernel import frequency_shares
from .readings import Reading


def gaussian_kappa(reading: Reading, activation: np.ndarray) -> float:
    """Return P E[u^2] / ||h||^2 over the nodes of a reading, for weights u that look Gaussian.

    Parameters
    ----------
    reading : Reading
        What nodes are drawn in proportion to.
    activation : numpy.ndarray of float64, shape (P,)
        The admissible activation g.

    Returns
    -------
    float
        3 for w*^2, 2 for |w*|, less than 3 for the others and at least 1, that of uniform nodes.

    Notes
    -----
    With x standard normal, kappa is E[x^2 s(x)] / E[s(x)] for nodes drawn by s(x): x^2, |x|, or
    x^2 / (x^2 + t), of which the means follow from E[1 / (x^2 + t)] = sqrt(pi / 2 t) exp(t / 2)
    erfc(sqrt(t / 2)). With another ridgelet function s is the square of a second normal number, and
    1 + 2 rho^2, with rho^2 the share of the activation's power that the two have in common.
    """
    if reading.absolute:
        return 2.0
    if reading.harmonic is not None:
        return float(1 + 2 * frequency_shares(activation)[reading.harmonic - 1])
    if reading.soft_threshold is None:
        return 3.0
    t = reading.soft_threshold
    inverse = math.sqrt(math.pi / (2 * t)) * scipy.special.erfcx(math.sqrt(t / 2))
    return float((1 - t + t**2 * inverse) / (1 - t * inverse))
