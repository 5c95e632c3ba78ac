"""The query of `rejection`, compiled; `rejection.query` is its definition."""

from __future__ import annotations

import numba
import numpy as np

# Proposals handled at a time; sums and shifts of a tile stay in the first-level cache.
_LANES = 128

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def query(products, b, weights, activation):
    """Return sum_m h_m u_m and sum_m h_m^2 u_m^2 of every proposal; see `rejection.query`."""
    size, count = products.shape
    modulus = len(activation)
    inverse = 1.0 / modulus
    total = np.zeros(count)
    squares = np.zeros(count)
    for start in range(0, count, _LANES):
        stop = min(start + _LANES, count)
        for m in range(size):
            weight = weights[m]
            for n in range(start, stop):
                # Half a step off the whole numbers, so that rounding never crosses one.
                x = np.float64(products[m, n]) - b[n]
                x -= modulus * np.floor((x + 0.5) * inverse)
                response = weight * activation[np.uint32(x)]
                total[n] += response
                squares[n] += response * response
    return total, squares
