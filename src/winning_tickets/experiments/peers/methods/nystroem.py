"""Landmark features: scikit-learn's Nystroem, and the same with the ticket's own kernel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from sklearn.kernel_approximation import Nystroem

from ....activations import make_activation
from ....columns import fit_columns, round_positions
from ....kernel import CUTOFF, wide_kernel
from ....prior import Prior
from .base import Examples, Features, Peer, Rows, scaled_inputs
from .tickets import smooth_choice


class Landmarks(Peer):
    """The RBF kernel with N of the examples (C. Williams, M. Seeger, 2001)."""

    name = "nystroem"
    label = "Nystroem (RBF)"
    folds = 1

    def options(self, data: Examples) -> Sequence[tuple[str, float]]:
        """Return inputs and bandwidths."""
        return scaled_inputs()

    def choose(
        self, data: Examples, option: tuple[str, float], nodes: int, rng: np.random.Generator
    ) -> Features:
        """Take N examples at random as landmarks."""
        inputs, scale = option
        columns = getattr(data.rows, inputs)
        sampler = Nystroem(
            gamma=scale / columns.shape[1],
            n_components=min(nodes, len(columns)),
            random_state=int(rng.integers(2**31)),
        ).fit(columns)

        def features(rows: Rows) -> np.ndarray:
            return sampler.transform(getattr(rows, inputs))

        return features


class SameKernel(Peer):
    """The kernel of the wide network under the ticket's prior, with N of the examples."""

    name = "same_kernel"
    label = "Nystroem (ticket's kernel)"
    folds = 1

    def options(self, data: Examples) -> Sequence[tuple[np.ndarray, str]]:
        """Return the one prior and mapping, chosen on all examples: dear, and kind to this peer."""
        return (smooth_choice(data),)

    def choose(
        self,
        data: Examples,
        option: tuple[np.ndarray, str],
        nodes: int,
        rng: np.random.Generator,
    ) -> Features:
        """Take N examples at random as landmarks."""
        pi, mapping = option
        modulus = data.rows.modulus
        columns = fit_columns(data.rows.raw, modulus, mapping)
        prior = Prior(pi, modulus, columns.dimension)
        activation = make_activation("sine", modulus)

        def residues(rows: Rows) -> np.ndarray:
            return round_positions(columns.to_positions(rows.raw), modulus)

        places = np.unique(residues(data.rows), axis=0)
        places = places[rng.permutation(len(places))[:nodes]]
        inner = wide_kernel(places, places, prior, activation)
        spectrum, basis = scipy.linalg.eigh(inner, driver="evd")
        kept = spectrum > CUTOFF * spectrum[-1]
        whiten = basis[:, kept] / np.sqrt(spectrum[kept])

        def features(rows: Rows) -> np.ndarray:
            return wide_kernel(residues(rows), places, prior, activation) @ whiten

        return features

    def words(self, option: tuple[np.ndarray, str]) -> str:
        """Return the mapping."""
        return option[1]
