"""Regression on tables by a ticket."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_array

from .base import TicketEstimator


class TicketRegressor(RegressorMixin, TicketEstimator):
    """Regression on a table by a ticket: a few sine nodes, drawn, and a ridge readout.

    Parameters
    ----------
    n_nodes : int, default 64
        Ticket size N. Tickets hold fewer where p* has (next to) no more distinct nodes: at most
        two of each +-a, as these are all that are linearly independent.
    prior : {"smooth", "uniform"} or array_like of float, shape (P,) or (D, P), default "smooth"
        The prior on the hidden weights. "smooth" is a zero-inflated discrete Gaussian, whose
        width, sparsity and ridge parameter have the least leave-one-out error of the wide network:
        it is ours, not the paper's. "uniform" is the paper's optimized distribution p*: such a
        ticket memorises its examples and knows nothing about new ones (docs/generalization.md).
        An array is a prior as `winning_tickets.prior.Prior` takes it, for the D coordinates that
        the columns become.
    modulus : int, default 61
        The modulus P, an odd prime: numbers are told apart on (P+1)/2 steps.
    mapping : {"auto", "quantile", "linear", "residues"}, default "auto"
        How numbers become residues (`winning_tickets.columns.fit_columns`); "auto" takes the first
        or second by the same leave-one-out error. "residues" is for data in Z_P.
    landmarks : int, default 500
        Most examples that prior and ridge are chosen on, and that stand for all in the wide
        network's problem; a fit takes a time cubic in it.
    method : {"draw", "greedy"}, default "draw"
        N draws from p*, or the N of 4 N that together explain the examples best.
    missing : {"refuse", "median"}, default "refuse"
        Missing values are an error, or the column's median and a category of their own.
    random_state : int, numpy.random.RandomState or None, default None
        Source of randomness.

    Attributes
    ----------
    columns_ : Columns
        How columns become coordinates.
    hidden_ : HiddenLayer
        The hidden nodes.
    coefficients_, intercepts_ : numpy.ndarray of float64, shapes (N, C) and (C,)
        The output layer.
    n_nodes_ : int
        Nodes in the ticket.
    prior_ : numpy.ndarray of float64 or None
        The prior chosen; None is the uniform one.
    penalty_ : float
        The readout's ridge penalty, as a share of the features' largest singular value squared:
        chosen on parts of the examples for which other nodes were drawn, without their labels.
    n_features_in_, feature_names_in_ : int, numpy.ndarray of str
        As everywhere in scikit-learn.

    Notes
    -----
    Nodes are drawn on residues, exactly (docs/method.md, section 7). With the smooth prior their
    sine activation is then evaluated between the residues, so that nothing is lost to rounding.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> import winning_tickets as wt
    >>> X, y = load_diabetes(return_X_y=True)
    >>> ticket = wt.TicketRegressor(32, random_state=0).fit(X[:300], y[:300])
    >>> ticket.score(X[300:], y[300:]) > 0.4
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TicketRegressor:
        """Draw a ticket and train its output layer.

        Parameters
        ----------
        X : array_like or DataFrame, shape (M, columns)
            Rows; in a DataFrame text, categories and truth values become one column a category.
        y : array_like of float, shape (M,) or (M, C)
            Targets, not all constant.
        sample_weight : array_like of float, shape (M,), optional
            How much each row counts, at least 0.

        Returns
        -------
        TicketRegressor
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, a value missing, or there is nothing to learn.
        """
        table, targets, weights = self._examples(X, y, sample_weight)
        self._single_output = targets.ndim == 1
        self._fit_ticket(table, targets.reshape(len(targets), -1), weights)
        return self

    def _check_targets(self, y: Any) -> np.ndarray:
        return check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")

    def _plain_state(self) -> dict[str, Any]:
        return {"single_output": self._single_output}

    def _set_plain_state(self, state: dict[str, Any]) -> None:
        self._single_output = state["single_output"]

    def __sklearn_tags__(self) -> Tags:
        """Say that y may have several columns."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def predict(self, X: Any) -> np.ndarray:
        """Return predictions.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, columns)
            Rows; values beyond the range learnt from are clipped (`count_clipped`).

        Returns
        -------
        numpy.ndarray of float64, shape (n,) or (n, C)
            One row of targets each.
        """
        values = self._predict_values(X)
        return values[:, 0] if self._single_output else values
