"""scikit-learn's random Fourier features, as they come and chosen greedily."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.kernel_approximation import RBFSampler

from ....selection import select_columns
from .base import Examples, Features, Peer, Rows, scaled_inputs

CANDIDATES = 4
"""Features per node that the greedy choice is made from."""


class RandomFeatures(Peer):
    """Cosines of Gaussian projections (A. Rahimi, B. Recht, 2007)."""

    name = "rbf"
    label = "random Fourier (RBFSampler)"

    def options(self, data: Examples) -> Sequence[tuple[str, float]]:
        """Return inputs and bandwidths."""
        return scaled_inputs()

    def choose(
        self, data: Examples, option: tuple[str, float], nodes: int, rng: np.random.Generator
    ) -> Features:
        """Draw N features."""
        inputs, sampler = _sampler(data, option, nodes, rng)

        def features(rows: Rows) -> np.ndarray:
            return sampler.transform(getattr(rows, inputs))

        return features


class GreedyRandomFeatures(RandomFeatures):
    """The N of four times as many that together explain the targets best."""

    name = "greedy_rbf"
    label = "random Fourier, greedy"
    folds = 1

    def choose(
        self, data: Examples, option: tuple[str, float], nodes: int, rng: np.random.Generator
    ) -> Features:
        """Draw 4 N features and choose."""
        inputs, sampler = _sampler(data, option, CANDIDATES * nodes, rng)
        columns = sampler.transform(getattr(data.rows, inputs))
        kept = select_columns(columns - columns.mean(axis=0), data.values, nodes)

        def features(rows: Rows) -> np.ndarray:
            return sampler.transform(getattr(rows, inputs))[:, kept]

        return features


def _sampler(
    data: Examples, option: tuple[str, float], count: int, rng: np.random.Generator
) -> tuple[str, RBFSampler]:
    inputs, scale = option
    columns = getattr(data.rows, inputs)
    gamma = scale / columns.shape[1]
    sampler = RBFSampler(gamma=gamma, n_components=count, random_state=int(rng.integers(2**31)))
    return inputs, sampler.fit(columns)
