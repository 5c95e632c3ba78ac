"""The histogram of `enumeration`, compiled; `enumeration.histogram` is its definition."""

from __future__ import annotations

import numpy as np

from .residues_numba import LANES, compiled, residue


@compiled
def histogram(products, weights, modulus):
    """Sum the weights of the points with each residue; see `enumeration.histogram`."""
    size, count = products.shape
    sums = np.zeros(count * modulus)
    places = np.empty(LANES, dtype=np.int64)
    for start in range(0, count, LANES):
        stop = min(start + LANES, count)
        for m in range(size):
            weight = weights[m]
            for n in range(start, stop):
                places[n - start] = n * modulus + residue(np.float64(products[m, n]), modulus)
            for n in range(stop - start):
                sums[places[n]] += weight
    return sums.reshape(count, modulus)
