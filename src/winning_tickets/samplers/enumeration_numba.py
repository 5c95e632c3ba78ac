"""The histogram of `enumeration`, compiled; `enumeration.histogram` is its definition."""

from __future__ import annotations

import numpy as np

from ..compiled import compiled

# Nodes handled at a time: their sums stay in the first-level cache.
_LANES = 128


@compiled
def histogram(residues, weights, modulus):
    """Sum the weights of the points with each residue; see `enumeration.histogram`."""
    size, count = residues.shape
    sums = np.zeros((count, modulus))
    for start in range(0, count, _LANES):
        stop = min(start + _LANES, count)
        for m in range(size):
            weight, row = weights[m], residues[m]
            for n in range(start, stop):
                sums[n, row[n]] += weight
    return sums
