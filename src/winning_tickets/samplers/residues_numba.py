"""What the compiled kernels over points and nodes share."""

from __future__ import annotations

import numba
import numpy as np

LANES = 128
"""Nodes handled at a time: their sums and residues stay in the first-level cache."""

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@compiled
def residue(value, modulus):
    """Return a whole number modulo P; kept in a loop without look-ups it is vectorized."""
    # Half a step off the whole numbers, so that rounding never crosses one.
    return np.uint32(np.int32(value - modulus * np.floor((value + 0.5) * (1.0 / modulus))))
