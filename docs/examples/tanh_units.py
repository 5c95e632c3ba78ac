"""A peer: random tanh units, known as an extreme learning machine."""

from __future__ import annotations

import numpy as np

from .base import Examples, Features, Peer, Rows


class TanhUnits(Peer):
    """Gaussian weights and shifts, of the size that the inputs have."""

    name = "tanh_units"
    label = "random tanh units"

    def choose(self, data: Examples, option: str, nodes: int, rng: np.random.Generator) -> Features:
        """Draw N units on the inputs that cross-validation tries."""
        columns = getattr(data.rows, option).shape[1]
        weights = rng.standard_normal((columns, nodes)) / np.sqrt(columns)
        shifts = rng.standard_normal(nodes)

        def features(rows: Rows) -> np.ndarray:
            return np.tanh(getattr(rows, option) @ weights + shifts)

        return features
