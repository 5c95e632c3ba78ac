"""What has no nodes to count: linear and kernel ridge regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel

from .base import Examples, Features, Peer, Rows, scaled_inputs


class Linear(Peer):
    """Ridge regression on the columns themselves."""

    name = "linear"
    label = "linear ridge"

    def choose(self, data: Examples, option: str, nodes: int, rng: np.random.Generator) -> Features:
        """Return the columns."""

        def features(rows: Rows) -> np.ndarray:
            return getattr(rows, option)

        return features


class KernelRidge(Peer):
    """Ridge regression in the space of the RBF kernel, all examples as landmarks."""

    name = "kernel"
    label = "kernel ridge (RBF)"
    folds = 1

    def options(self, data: Examples) -> Sequence[tuple[str, float]]:
        """Return inputs and bandwidths."""
        return scaled_inputs()

    def choose(
        self, data: Examples, option: tuple[str, float], nodes: int, rng: np.random.Generator
    ) -> Features:
        """Return coordinates in which the kernel of the examples is the identity."""
        inputs, scale = option
        places = getattr(data.rows, inputs)
        gamma = scale / places.shape[1]
        spectrum, basis = np.linalg.eigh(rbf_kernel(places, gamma=gamma))
        kept = spectrum > 1e-12 * spectrum[-1]
        whiten = basis[:, kept] / np.sqrt(spectrum[kept])

        def features(rows: Rows) -> np.ndarray:
            return rbf_kernel(getattr(rows, inputs), places, gamma=gamma) @ whiten

        return features
