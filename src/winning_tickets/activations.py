"""Named activations on Z_P, made admissible for the discrete ridgelet transform."""

from __future__ import annotations

import difflib
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .inputs import plain_array

# Each takes the residues t = 0..P-1 and P; c = t - (P-1)/2 centres the residues.
_SHAPES: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "relu": lambda t, p: np.maximum(t - (p - 1) / 2, 0.0),
    "tanh": lambda t, p: np.tanh(4 * (t - (p - 1) / 2) / p),
    "sign": lambda t, p: np.sign(t - (p - 1) / 2),
    "sine": lambda t, p: np.sin(2 * np.pi * t / p),
    "gaussian": lambda t, p: np.exp(-((8 * (t - (p - 1) / 2) / p) ** 2) / 2),
}

# Subtracting the mean of numbers up to 1 in float64 leaves this much where nothing should be left;
# the zeros of the named activations keep less than a tenth of it, at every P.
_ROUNDING = 8 * np.finfo(float).eps

ACTIVATIONS = tuple(_SHAPES)
"""Names accepted wherever an activation is asked for."""


def make_activation(activation: str | ArrayLike, modulus: int) -> np.ndarray:
    """Return the table of an admissible activation.

    Parameters
    ----------
    activation : str or array_like of float, shape (P,)
        One of `ACTIVATIONS`, or the P values g(0)..g(P-1).
    modulus : int
        The modulus P, an odd prime.

    Returns
    -------
    numpy.ndarray of float64, shape (P,)
        The values minus their mean, divided by their Euclidean norm. Where a value equals the mean
        up to rounding, 8 eps of the largest value, it is exactly 0.

    Raises
    ------
    ValueError
        For an unknown name, a wrong shape, values that are not finite, or a constant activation.
    TypeError
        If it is neither a name nor plain real numbers.

    Notes
    -----
    Admissible means sum_t g(t) = 0 and ||g|| = 1; then the network with ridgelet function g
    reconstructs every function on Z_P^D (docs/method.md, section 1).
    """
    if isinstance(activation, str):
        if activation not in _SHAPES:
            raise ValueError(_unknown_name(activation))
        values = _SHAPES[activation](np.arange(modulus, dtype=np.float64), modulus)
    else:
        values = plain_array(activation, "activation")
    if values.shape != (modulus,):
        raise ValueError(
            f"activation: {modulus} values are needed, one per residue; the shape is {values.shape}"
        )
    # Dividing by the largest value first keeps sums and squares inside the range of float64.
    scaled = values / (np.abs(values).max() or 1.0)
    centred = scaled - scaled.mean()
    if np.abs(centred).max() <= 1e-12:
        raise ValueError("activation: a constant activation cannot be made admissible")
    # Features of rounding alone would get output weights of 1e16.
    centred[np.abs(centred) <= _ROUNDING] = 0.0
    return centred / np.linalg.norm(centred)


def _unknown_name(name: str) -> str:
    near = difflib.get_close_matches(name, ACTIVATIONS, n=1)
    hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(ACTIVATIONS)
    return f"activation: {name!r} is not known; {hint}"
