"""The histogram of `enumeration`, compiled; `enumeration.histogram` is its definition."""

from __future__ import annotations

import numpy as np

from .compiled import compiled

# Nodes handled at a time: their sums and residues stay in the first-level cache.
_LANES = 128


@compiled
def histogram(products, weights, modulus):
    """Sum the weights of the points with each residue; see `enumeration.histogram`."""
    size, count = products.shape
    inverse = 1.0 / modulus
    sums = np.zeros(count * modulus)
    places = np.empty(_LANES, dtype=np.int64)
    for start in range(0, count, _LANES):
        stop = min(start + _LANES, count)
        for m in range(size):
            weight = weights[m]
            for n in range(start, stop):
                # Half a step off the whole numbers, so that rounding never crosses one.
                x = np.float64(products[m, n])
                residue = np.int32(x - modulus * np.floor((x + 0.5) * inverse))
                places[n - start] = n * modulus + residue
            for n in range(stop - start):
                sums[places[n]] += weight
    return sums.reshape(count, modulus)
