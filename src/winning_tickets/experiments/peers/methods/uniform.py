"""Uniform nodes of the wide network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....estimators.hidden import HiddenLayer
from ....field import smallest_unsigned, uniform_residues
from ....samplers.base import Nodes
from .base import Examples, Features, Peer, Rows


class Uniform(Peer):
    """N nodes of Z_P^(D+1), all alike: random sines without scale."""

    name = "uniform"
    label = "uniform nodes"

    def options(self, data: Examples) -> Sequence[str]:
        """Return residues, the only inputs that nodes know."""
        return ("residues",)

    def choose(self, data: Examples, option: str, nodes: int, rng: np.random.Generator) -> Features:
        """Draw N nodes."""
        modulus, dimension = data.rows.modulus, data.rows.positions.shape[1]
        a = uniform_residues(rng, (nodes, dimension), modulus)
        b = rng.integers(modulus, size=nodes).astype(smallest_unsigned(modulus))
        hidden = HiddenLayer.from_nodes(Nodes(a, b), modulus)

        def features(rows: Rows) -> np.ndarray:
            return hidden.features(np.rint(rows.positions))

        return features
