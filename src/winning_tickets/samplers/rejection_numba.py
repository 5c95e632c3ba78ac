"""The query of `rejection`, compiled; `rejection.query` is its definition."""

from __future__ import annotations

import numpy as np

from ..compiled import compiled

# Nodes handled at a time: their sums stay in the first-level cache.
_LANES = 128


@compiled
def query(residues, b, weights, activation):
    """Return sum_m h_m u_m and sum_m h_m^2 u_m^2 of every proposal; see `rejection.query`."""
    size, count = residues.shape
    modulus = len(activation)
    # a.x + (P - b) lies below 2 P: a table of two periods needs no reduction.
    twice = np.concatenate((activation, activation))
    shifts = modulus - b
    total = np.zeros(count)
    squares = np.zeros(count)
    for start in range(0, count, _LANES):
        stop = min(start + _LANES, count)
        for m in range(size):
            weight, row = weights[m], residues[m]
            for n in range(start, stop):
                response = weight * twice[row[n] + shifts[n]]
                total[n] += response
                squares[n] += response * response
    return total, squares
