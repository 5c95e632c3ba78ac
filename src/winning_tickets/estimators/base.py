"""What regression and classification by a ticket share: columns, wide network, nodes, readout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
    validate_data,
)

from ..activations import make_activation
from ..columns import (
    MAPPINGS,
    MISSING,
    Columns,
    check_choice,
    fit_columns,
    has_categories,
    round_positions,
)
from ..field import check_modulus
from ..inputs import check_count, plain_array
from ..problem import Problem, chunks, merge_examples
from . import files
from .hidden import HiddenLayer, draw_nodes
from .readout import PENALTIES, Readout
from .wide import ACTIVE, WIDTHS, choose_wide, smooth_prior

PRIORS = ("smooth", "uniform")
"""Priors by name; an array is taken as it is."""

METHODS = ("draw", "greedy")
"""How nodes are chosen."""

ACTIVATION = "sine"
"""The one activation that extends to points between the residues."""

FOLDS = 3
"""Parts of the examples that the readout's penalty is chosen on, each with nodes of its own."""

# Standardised targets that differ less are equal.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Examples:
    """Examples after the mapping, merged where they lie at the same place, in a fixed order.

    Attributes
    ----------
    positions : numpy.ndarray of float64, shape (M, D)
        Coordinates before rounding.
    residues : numpy.ndarray of unsigned int, shape (M, D)
        And after it.
    values : numpy.ndarray of float64, shape (M, C)
        Mean targets, all together of mean 0.
    weights : numpy.ndarray of float64, shape (M,)
        How much each counts.
    """

    positions: np.ndarray
    residues: np.ndarray
    values: np.ndarray
    weights: np.ndarray

    def __len__(self) -> int:
        """Return M."""
        return len(self.weights)

    @property
    def vary(self) -> bool:
        """Whether targets differ between points of Z_P^D."""
        means = merge_examples(self.residues, self.values, self.weights)[2]
        return bool(np.ptp(means, axis=0).max() > _ROUNDING) if len(means) else False

    def __getitem__(self, rows: np.ndarray) -> Examples:
        """Return some of the examples."""
        return Examples(
            self.positions[rows], self.residues[rows], self.values[rows], self.weights[rows]
        )


class TicketEstimator(BaseEstimator):
    """The part that `TicketRegressor` and `TicketClassifier` share."""

    def __init__(
        self,
        n_nodes: int = 64,
        *,
        prior: Any = "smooth",
        modulus: int = 61,
        mapping: str = "auto",
        landmarks: int = 500,
        method: str = "draw",
        missing: str = "refuse",
        random_state: Any = None,
    ) -> None:
        self.n_nodes = n_nodes
        self.prior = prior
        self.modulus = modulus
        self.mapping = mapping
        self.landmarks = landmarks
        self.method = method
        self.missing = missing
        self.random_state = random_state

    def count_clipped(self, X: Any) -> np.ndarray:
        """Count values outside the range that was learnt from, of each column.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, columns)
            Rows.

        Returns
        -------
        numpy.ndarray of int, shape (columns,)
            Numbers that are clipped to the range, and categories that are unknown.
        """
        check_is_fitted(self)
        return self.columns_.count_clipped(self._table(X, reset=False))

    def save(self, path: str | Path) -> None:
        """Write the fitted ticket to a file: plain arrays and JSON, none of the examples.

        Parameters
        ----------
        path : str or Path
            The file, an .npz; it is written completely or not at all.

        Raises
        ------
        NotFittedError
            If there is nothing to write yet.
        TypeError
            If labels are of a kind that JSON does not know.
        """
        check_is_fitted(self)
        files.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a ticket that `save` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        TicketRegressor or TicketClassifier
            A fitted one; it answers as the one that was saved.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is damaged, or holds something else.
        """
        return files.load(cls, path)

    def _table(self, X: Any, *, reset: bool) -> Any:
        """Check a table: frames with categories stay frames, all else becomes numbers."""
        frame = has_categories(X) if reset else hasattr(self, "columns_") and self.columns_.levels
        if frame:
            validate_data(self, X, skip_check_array=True, reset=reset)
            return X
        gaps = "allow-nan" if self.missing == "median" else True
        return validate_data(self, X, dtype=np.float64, ensure_all_finite=gaps, reset=reset)

    def _examples(self, X: Any, y: Any, sample_weight: Any) -> tuple[Any, np.ndarray, np.ndarray]:
        """Check what `fit` takes, and return the rows that count, their targets and weights."""
        self._check_parameters()
        table = self._table(X, reset=True)
        if y is None:
            name = type(self).__name__
            raise ValueError(f"{name} requires y to be passed, but the target y is None")
        targets = self._check_targets(y)
        check_consistent_length(table, targets)
        weights = _check_sample_weight(sample_weight, table, ensure_non_negative=True)
        kept = weights > 0
        if not kept.any():
            raise ValueError("sample_weight: all are 0; at least one must be above it")
        if len(targets) < 2:
            raise ValueError("X: 1 sample; at least two are needed")
        if not kept.all():
            table = table.iloc[kept] if hasattr(table, "iloc") else table[kept]
        return table, targets[kept], weights[kept] / weights.max()

    def _fit_ticket(self, table: Any, values: np.ndarray, weights: np.ndarray) -> None:
        """Fit columns, wide network, nodes and readout to targets of shape (M, C)."""
        centre, spread = _moments(values, weights)
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        data = self._choose_wide(table, (values - centre) / spread, weights, rng)
        if not data.vary:
            raise ValueError(
                "y: equal on average wherever the columns tell rows apart; "
                "there is nothing to learn"
            )
        self.penalty_ = self._choose_penalty(data, rng)
        self.hidden_ = self._draw_hidden(data, rng)
        self.n_nodes_ = len(self.hidden_.b)
        readout = Readout(self._features(data.positions), data.values, data.weights)
        coefficients, constants = readout.solve(self.penalty_)
        self.coefficients_ = coefficients * spread
        self.intercepts_ = constants * spread + centre

    def _predict_values(self, X: Any) -> np.ndarray:
        """Return the outputs, shape (n, C)."""
        check_is_fitted(self)
        positions = self.columns_.to_positions(self._table(X, reset=False))
        values = np.empty((len(positions), len(self.intercepts_)))
        for rows in chunks(len(positions), self.n_nodes_):
            values[rows] = self._features(positions[rows]) @ self.coefficients_
        return values + self.intercepts_

    def _features(self, positions: np.ndarray) -> np.ndarray:
        """Return the hidden layer's outputs; a memorising ticket knows no place but residues."""
        return self.hidden_.features(np.rint(positions) if self._memorises else positions)

    @property
    def _memorises(self) -> bool:
        return isinstance(self.prior, str) and self.prior == "uniform"

    def _check_parameters(self) -> None:
        check_count(self.n_nodes, "n_nodes", 1)
        check_modulus(self.modulus)
        check_count(self.landmarks, "landmarks", 2)
        check_choice("mapping", self.mapping, ("auto", *MAPPINGS))
        check_choice("missing", self.missing, MISSING)
        check_choice("method", self.method, METHODS)
        if isinstance(self.prior, str) or self.prior is None:
            check_choice("prior", self.prior, PRIORS)
        else:
            plain_array(self.prior, "prior")

    def _choose_wide(
        self, table: Any, values: np.ndarray, weights: np.ndarray, rng: np.random.Generator
    ) -> Examples:
        """Choose mapping, prior and ridge, and return the examples after the mapping."""
        mappings = ("quantile", "linear") if self.mapping == "auto" else (self.mapping,)
        if self._memorises:
            mappings = mappings[:1]
        best = None
        for mapping in mappings:
            columns = fit_columns(
                table, self.modulus, mapping, missing=self.missing, sample_weight=weights
            )
            data = _merge(columns, table, values, weights)
            if self._memorises:
                self.columns_, self.prior_, self.noise_ = columns, None, 0.0
                return data
            rows = np.arange(len(data))
            if len(data) > self.landmarks:
                rows = np.sort(rng.choice(len(data), self.landmarks, replace=False))
            part = data[rows]
            wide = choose_wide(
                part.residues,
                part.values,
                part.weights,
                make_activation(ACTIVATION, self.modulus),
                self._priors(columns.dimension),
            )
            if best is None or wide.error < best[0].error:
                best = wide, columns, data, len(part)
        wide, self.columns_, data, count = best
        # Of M examples lambda stands for a noise of M lambda, which does not depend on M.
        self.prior_, self.noise_, self.wide_error_ = wide.prior, wide.ridge * count, wide.error
        return data

    def _priors(self, dimension: int) -> list[np.ndarray]:
        if not isinstance(self.prior, str):
            return [plain_array(self.prior, "prior")]
        active = [number for number in ACTIVE if number is None or number < dimension]
        return [
            smooth_prior(self.modulus, dimension, number, width)
            for number in active
            for width in WIDTHS
        ]

    def _draw_hidden(self, data: Examples, rng: np.random.Generator) -> HiddenLayer:
        """Draw a hidden layer for some examples."""
        options: dict[str, Any] = {}
        if self.prior_ is not None:
            options = {"prior": self.prior_, "ridge": self.noise_ / len(data)}
            if len(data) > self.landmarks:
                options["landmarks"] = self.landmarks
        problem = Problem(
            data.residues,
            data.values - np.average(data.values, axis=0, weights=data.weights),
            modulus=self.modulus,
            activation=ACTIVATION,
            sample_weight=data.weights,
            **options,
        )
        return HiddenLayer.from_nodes(
            draw_nodes(problem, self.n_nodes, self.method, rng), self.modulus
        )

    def _choose_penalty(self, data: Examples, rng: np.random.Generator) -> float:
        """Choose the readout's penalty on examples whose labels did not choose the nodes."""
        fold = rng.permutation(np.arange(len(data)) % FOLDS)
        errors = np.zeros(len(PENALTIES))
        for number in range(FOLDS):
            seen, held_back = data[fold != number], data[fold == number]
            if len(held_back) == 0 or not seen.vary:
                continue
            self.hidden_ = self._draw_hidden(seen, rng)
            readout = Readout(self._features(seen.positions), seen.values, seen.weights)
            errors += readout.errors(
                self._features(held_back.positions), held_back.values, held_back.weights
            )
        return float(PENALTIES[errors.argmin()])


def _merge(columns: Columns, table: Any, values: np.ndarray, weights: np.ndarray) -> Examples:
    """Map rows and merge those at the same place, so that order and repeats do not matter."""
    positions, group = np.unique(columns.to_positions(table), axis=0, return_inverse=True)
    masses = np.bincount(group, weights)
    sums = [np.bincount(group, weights * column) for column in values.T]
    residues = round_positions(positions, columns.modulus)
    return Examples(positions, residues, np.stack(sums, axis=1) / masses[:, None], masses)


def _moments(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and spread of each target; 1 where it is constant."""
    centre = np.average(values, axis=0, weights=weights)
    spread = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weights))
    constant = spread <= _ROUNDING * np.abs(values).max(axis=0, initial=0.0)
    if constant.all():
        raise ValueError("y: constant; there is nothing to learn")
    return centre, np.where(constant, 1.0, spread)
