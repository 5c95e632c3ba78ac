"""The relative risk: what a prediction misses, as a share of what there was to predict."""

from __future__ import annotations

import numpy as np

RISK_FLOOR = 1e-20
"""Relative risks below this are rounding of an exact fit and reported as 0."""


def relative_risk(
    wanted: np.ndarray, predicted: np.ndarray, shares: np.ndarray | None = None
) -> float:
    """Return the mean square of what is missed over the mean square of what was wanted.

    Parameters
    ----------
    wanted : numpy.ndarray of float64, shape (M,) or (M, C)
        Targets, finite and not all zero.
    predicted : numpy.ndarray of float64, of the same shape
        What is predicted for them.
    shares : numpy.ndarray of float64, shape (M,), optional
        Weights of the M points; without them all count alike.

    Returns
    -------
    float
        sum_m p_m |wanted_m - predicted_m|^2 / sum_m p_m |wanted_m|^2; 0 below `RISK_FLOOR`.

    Raises
    ------
    ValueError
        If all targets are zero, or if the risk is not a finite number.
    """
    # In units of a power of two near the largest target, squares stay inside float64 and no
    # digit changes.
    exponent = int(np.frexp(np.max(np.abs(wanted), initial=0.0))[1])
    with np.errstate(over="ignore", invalid="ignore"):
        missed = np.ldexp(wanted - predicted, -exponent) ** 2
        total = np.ldexp(wanted, -exponent) ** 2
        if shares is not None:
            missed, total = shares @ missed, shares @ total
        return share_missed(float(np.sum(missed)), float(np.sum(total)))


def share_missed(missed: float, total: float) -> float:
    """Return a sum of squares over the one it is a part of, rounding written as 0.

    Parameters
    ----------
    missed, total : float
        Sums of squares: of what a prediction misses, and of the targets.

    Returns
    -------
    float
        Their ratio, or 0 if it is below `RISK_FLOOR`.

    Raises
    ------
    ValueError
        If the total is zero, or if the ratio is not a finite number.
    """
    if total == 0:
        raise ValueError("risk: the targets are all zero, so no risk is relative to them")
    risk = missed / total
    if not np.isfinite(risk):
        raise ValueError(
            f"risk: {risk} is not a finite number; the predictions are not, or are too large"
        )
    return 0.0 if risk < RISK_FLOOR else risk
