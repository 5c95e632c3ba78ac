"""The smooth prior: chosen by the leave-one-out error of the wide network itself.

Ours, not the paper's. No node is drawn here, so nothing leaks from the labels into the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from ..kernel import wide_kernel
from ..prior import Prior
from ..problem import merge_examples

ACTIVE = (1.0, 2.0, 4.0, None)
"""Columns that a node is expected to look at; None is all of them."""

WIDTHS = (0.4, 0.8, 2.0)
"""Widths of the discrete Gaussian, in units of half a turn over a column's range."""

RIDGES = np.logspace(-7, 0, 15)
"""Ridge parameters lambda that are compared."""


@dataclass(frozen=True)
class Wide:
    """A wide network's setting and its error.

    Attributes
    ----------
    prior : numpy.ndarray of float64, shape (P,)
        pi_1.
    ridge : float
        lambda.
    error : float
        Leave-one-out error, a share of the targets' own squares.
    """

    prior: np.ndarray
    ridge: float
    error: float


def smooth_prior(modulus: int, dimension: int, active: float | None, width: float) -> np.ndarray:
    """Return a zero-inflated discrete Gaussian on Z_P.

    Parameters
    ----------
    modulus, dimension : int
        P and D.
    active : float or None
        Expected number of coordinates with a_j != 0; None is a discrete Gaussian without further
        zeros.
    width : float
        Standard deviation of the Gaussian exp(-c^2 / (2 width^2)), with c = -(P-1)/2..(P-1)/2.

    Returns
    -------
    numpy.ndarray of float64, shape (P,)
        pi_1(0)..pi_1(P-1), symmetric and of sum 1.
    """
    residues = np.arange(modulus)
    squares = np.minimum(residues, modulus - residues).astype(float) ** 2
    prior = np.exp(-squares / (2 * width**2))
    if active is not None:
        share = min(active / dimension, 0.95)
        prior[0] = 0.0
        prior *= share / prior.sum()
        prior[0] = 1.0 - share
    return prior / prior.sum()


def choose_wide(
    points: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    activation: np.ndarray,
    priors: Sequence[np.ndarray],
    ridges: np.ndarray = RIDGES,
) -> Wide:
    """Choose a prior and lambda by the leave-one-out error of the wide ridge problem.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Points of Z_P^D.
    values : numpy.ndarray of float64, shape (M, C)
        Targets.
    weights : numpy.ndarray of float64, shape (M,)
        How much each counts.
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.
    priors : sequence of numpy.ndarray, shape (P,) or (D, P)
        What to choose from.
    ridges : numpy.ndarray of float64
        Ridge parameters to choose from.

    Returns
    -------
    Wide
        The one of least error; of equal ones the first.
    """
    distinct, shares, means = merge_examples(points, values, weights)
    total = shares @ np.sum(means**2, axis=1)
    best = None
    for values_of_prior in priors:
        prior = Prior(values_of_prior, len(activation), points.shape[1])
        kernel = wide_kernel(distinct, distinct, prior, activation)
        errors = leave_one_out(kernel, shares, means, ridges) / max(total, np.finfo(float).tiny)
        place = int(errors.argmin())
        if best is None or errors[place] < best.error:
            best = Wide(values_of_prior, float(ridges[place]), float(errors[place]))
    return best


def leave_one_out(
    kernel: np.ndarray, shares: np.ndarray, values: np.ndarray, ridges: np.ndarray
) -> np.ndarray:
    """Return the leave-one-out error of kernel ridge regression for many ridge parameters.

    Parameters
    ----------
    kernel : numpy.ndarray of float64, shape (M, M)
        K of distinct points; overwritten.
    shares : numpy.ndarray of float64, shape (M,)
        p.
    values : numpy.ndarray of float64, shape (M, C)
        f.
    ridges : numpy.ndarray of float64, shape (R,)
        lambda > 0.

    Returns
    -------
    numpy.ndarray of float64, shape (R,)
        sum_x p(x) |f(x) - f_(without x)(x)|^2, merged points left out whole.

    Notes
    -----
    The residual at x without x is alpha(x) over the diagonal of (K + lambda diag(1/p))^-1
    (docs/method.md, section 7). One eigendecomposition of sqrt(p) K sqrt(p) serves all lambda.
    """
    root = np.sqrt(shares)[:, None]
    kernel *= root
    kernel *= root.T
    spectrum, basis = scipy.linalg.eigh(kernel, overwrite_a=True, driver="evd", check_finite=False)
    spectrum = np.maximum(spectrum, 0.0)
    parts, squares = basis.T @ (root * values), basis**2
    errors = np.empty(len(ridges))
    for place, ridge in enumerate(ridges):
        inverse = 1.0 / (spectrum + ridge)
        # What is left out weighs p(x), so the roots of p cancel but for one of each factor.
        residuals = (basis @ (inverse[:, None] * parts)) / (squares @ inverse)[:, None]
        errors[place] = np.sum(residuals**2)
    return errors
