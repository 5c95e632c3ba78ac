"""The query of `rejection`, compiled; `rejection.query` is its definition."""

from __future__ import annotations

import numpy as np

from .compiled import compiled

# Nodes handled at a time: their sums and residues stay in the first-level cache.
_LANES = 128


@compiled
def query(products, b, weights, activation):
    """Return sum_m h_m u_m and sum_m h_m^2 u_m^2 of every proposal; see `rejection.query`."""
    size, count = products.shape
    modulus = len(activation)
    inverse = 1.0 / modulus
    total = np.zeros(count)
    squares = np.zeros(count)
    residues = np.empty(_LANES, dtype=np.uint32)
    for start in range(0, count, _LANES):
        stop = min(start + _LANES, count)
        for m in range(size):
            weight = weights[m]
            # A loop of its own: without the look-up it is compiled to vector instructions.
            for n in range(start, stop):
                # Half a step off the whole numbers, so that rounding never crosses one.
                x = np.float64(products[m, n]) - b[n]
                residues[n - start] = np.uint32(
                    np.int32(x - modulus * np.floor((x + 0.5) * inverse))
                )
            for n in range(start, stop):
                response = weight * activation[residues[n - start]]
                total[n] += response
                squares[n] += response * response
    return total, squares
