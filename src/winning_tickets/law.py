"""The law of the optimized risk on random sparse data (docs/method.md, section 5).

Our own finding, not a statement of the paper: with nu = N / M nodes per distinct point and
kappa = P E_(p*)[u^2] / ||h||^2, tickets drawn from the optimized distribution reach the relative
risk (1 - nu) / (1 + (kappa - 1) nu), uniform ones 1 - nu. For weights that look Gaussian kappa
tends to 3. M counts all distinct points, also those where the target is zero: they have to be
fitted like the others.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from winning_tickets.problem import Problem
    from winning_tickets.samplers import Nodes

SMALLEST_SHARE, LARGEST_SHARE = 0.05, 0.9
SMALLEST_POINTS = 100
LARGEST_KAPPA = 3.5
LARGEST_DENSITY = 0.1


def kappa(problem: "Problem", nodes: "Nodes") -> float:
    """Estimate kappa = P E_(p*)[u^2] / ||h||^2 from draws of the optimized distribution alone.

    Parameters
    ----------
    problem : Problem
        The learning problem; its ``node_energy`` gives u^2, summed over outputs.
    nodes : Nodes
        Draws from p* (of an exact sampler without soft threshold), at least one.

    Returns
    -------
    float
        At least 1 in expectation; about 3 on random sparse data, larger on structured targets.

    Raises
    ------
    ValueError
        If there is no node.
    """
    if len(nodes) == 0:
        raise ValueError("kappa needs at least one drawn node")
    energy = problem.node_energy(nodes.a, nodes.b)
    return float(problem.modulus * energy.mean() / problem.norm_squared)


def law_risk(nu: ArrayLike, kappa: ArrayLike) -> np.ndarray:
    """Relative risk the law predicts for tickets drawn from p*.

    Parameters
    ----------
    nu : array_like
        Nodes per distinct point, N / M, nonnegative.
    kappa : array_like
        Concentration of the weights, at least 1.

    Returns
    -------
    numpy.ndarray
        In [0, 1]; 0 from nu = 1 on.
    """
    share = np.minimum(np.asarray(nu, dtype=np.float64), 1.0)
    return (1 - share) / (1 + (np.asarray(kappa, dtype=np.float64) - 1) * share)


def uniform_risk(nu: ArrayLike) -> np.ndarray:
    """Relative risk the law predicts for tickets of uniform nodes: 1 - nu, 0 from nu = 1 on."""
    return 1 - np.minimum(np.asarray(nu, dtype=np.float64), 1.0)


def law_ratio(nu: ArrayLike, kappa: ArrayLike) -> np.ndarray:
    """Uniform over optimized risk as the law predicts it, 1 + (kappa - 1) nu.

    Parameters
    ----------
    nu : array_like
        Nodes per distinct point, N / M, nonnegative and below 1, where both risks are positive.
    kappa : array_like
        Concentration of the weights, at least 1.

    Returns
    -------
    numpy.ndarray
        At least 1.
    """
    return 1 + (np.asarray(kappa, dtype=np.float64) - 1) * np.asarray(nu, dtype=np.float64)


def law_applies(
    nu: ArrayLike,
    kappa: ArrayLike,
    points: ArrayLike,
    *,
    density: ArrayLike = 0.0,
    equal_shares: ArrayLike = True,
    ridge: ArrayLike = 0.0,
) -> np.ndarray:
    """Whether a cell lies in the range in which the law was found to hold.

    Parameters
    ----------
    nu, kappa, points : array_like
        N / M, the estimated kappa, and M.
    density : array_like
        M over the number of points of the space the data span; the law is for sparse data, and
        on a full small domain tickets repeat nodes and end above it.
    equal_shares : array_like of bool
        Whether every distinct point has the same share p(x).
    ridge : array_like
        Ridge parameter; the law is for 0.

    Returns
    -------
    numpy.ndarray of bool
        True inside the range, where the law can be judged; outside it is only drawn.
    """
    share, spread = np.asarray(nu, dtype=np.float64), np.asarray(kappa, dtype=np.float64)
    inside = (share >= SMALLEST_SHARE) & (share <= LARGEST_SHARE)
    inside &= (np.asarray(points) >= SMALLEST_POINTS) & (spread <= LARGEST_KAPPA)
    inside &= np.asarray(density) <= LARGEST_DENSITY
    return inside & np.asarray(equal_shares, dtype=bool) & (np.asarray(ridge) == 0)
