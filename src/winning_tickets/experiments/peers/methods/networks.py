"""Trained networks: of N units, and a wide one pruned to N by the norms of its units."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from .base import Examples, Features, Peer, Rows

WIDE_UNITS = 1024
"""Units of the wide network."""

_EPOCHS = {"lbfgs": 100, "adam": 30}


class TrainedNetwork(Peer):
    """A network of N units, all of it trained (scikit-learn's MLPRegressor, L-BFGS)."""

    name = "trained"
    label = "trained network of N units"
    folds = 1

    def choose(self, data: Examples, option: str, nodes: int, rng: np.random.Generator) -> Features:
        """Train, and return the hidden layer."""
        network = _train(data, option, nodes, rng, "lbfgs")
        return _units(network, option, np.arange(nodes))


class PrunedNetwork(Peer):
    """A trained network of 1,024 units, of which N of the largest norm are kept."""

    name = "pruned"
    label = "wide trained network, pruned"
    folds = 1

    def choose(self, data: Examples, option: str, nodes: int, rng: np.random.Generator) -> Features:
        """Train once for all N, and keep the units with the largest weights in times out."""
        network = data.once(("wide", option), lambda: _train(data, option, WIDE_UNITS, rng, "adam"))
        entering = np.linalg.norm(np.vstack([network.coefs_[0], network.intercepts_[0]]), axis=0)
        leaving = np.linalg.norm(network.coefs_[1], axis=1)
        kept = np.argsort(-entering * leaving, kind="stable")[:nodes]
        return _units(network, option, kept)


def _train(
    data: Examples, inputs: str, units: int, rng: np.random.Generator, solver: str
) -> MLPRegressor:
    network = MLPRegressor(
        hidden_layer_sizes=(units,),
        solver=solver,
        max_iter=_EPOCHS[solver],
        batch_size=min(64, len(data.values)) if solver == "adam" else "auto",
        random_state=int(rng.integers(2**31)),
    )
    targets = data.values / data.values.std()
    with warnings.catch_warnings():
        # Stopping early is its regularisation.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(getattr(data.rows, inputs), targets.squeeze())


def _units(network: MLPRegressor, inputs: str, kept: np.ndarray) -> Features:
    weights, shifts = network.coefs_[0][:, kept], network.intercepts_[0][kept]

    def features(rows: Rows) -> np.ndarray:
        return np.maximum(getattr(rows, inputs) @ weights + shifts, 0.0)

    return features
