"""The query of `rejection`, compiled; `rejection.query` is its definition."""

from __future__ import annotations

import numpy as np

from .residues_numba import LANES, compiled, residue


@compiled
def query(products, b, weights, activation):
    """Return sum_m h_m u_m and sum_m h_m^2 u_m^2 of every proposal; see `rejection.query`."""
    size, count = products.shape
    modulus = len(activation)
    total = np.zeros(count)
    squares = np.zeros(count)
    residues = np.empty(LANES, dtype=np.uint32)
    for start in range(0, count, LANES):
        stop = min(start + LANES, count)
        for m in range(size):
            weight = weights[m]
            for n in range(start, stop):
                residues[n - start] = residue(np.float64(products[m, n]) - b[n], modulus)
            for n in range(start, stop):
                response = weight * activation[residues[n - start]]
                total[n] += response
                squares[n] += response * response
    return total, squares
