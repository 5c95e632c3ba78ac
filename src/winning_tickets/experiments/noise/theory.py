"""What noise leaves of the target's share of p* (docs/generalization.md, with noise)."""

from __future__ import annotations


def line_share(points: int, noise: float, modulus: int, dimension: int) -> float:
    """Return the probability that a node drawn from p* lies on the target's line.

    Parameters
    ----------
    points : int
        M, distinct examples.
    noise : float
        Power of the noise over that of the target, eta >= 0.
    modulus, dimension : int
        P and D.

    Returns
    -------
    float
        s / (1 + eta) with s = M / P^D, and what the rest of p*, evenly spread, has there by chance.

    Notes
    -----
    All frequencies hold P^D s (1 + eta) ||f||^2, by Parseval; the target's modes are coherent and
    hold s^2 P^D ||f||^2 whatever the noise is.
    """
    share = points / modulus**dimension / (1 + noise)
    return share + (1 - share) * (modulus - 1) / modulus**dimension
