"""SWIM: weights from pairs of examples whose targets differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import INPUTS, Examples, Features, Peer, Rows


class Swim(Peer):
    """`swimnetworks` (E. L. Bolager et al., NeurIPS 2023), one dense layer with tanh or relu."""

    name = "swim"
    label = "SWIM"
    needs = "swimnetworks"

    def options(self, data: Examples) -> Sequence[tuple[str, str]]:
        """Return inputs and activations."""
        return [(inputs, activation) for inputs in INPUTS for activation in ("tanh", "relu")]

    def choose(
        self, data: Examples, option: tuple[str, str], nodes: int, rng: np.random.Generator
    ) -> Features:
        """Sample N units."""
        from swimnetworks import Dense

        inputs, activation = option
        layer = Dense(
            layer_width=nodes,
            activation=activation,
            parameter_sampler=activation,
            random_seed=int(rng.integers(2**31)),
        )
        layer.fit(getattr(data.rows, inputs), data.values)

        def features(rows: Rows) -> np.ndarray:
            return layer.transform(getattr(rows, inputs))

        return features
