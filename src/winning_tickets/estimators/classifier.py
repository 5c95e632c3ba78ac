"""Classification of tables by a ticket."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from .base import TicketEstimator


class TicketClassifier(ClassifierMixin, TicketEstimator):
    """Classification of a table by a ticket: a few sine nodes, drawn, and a ridge readout.

    Labels become -1 and 1, of several classes one against the rest.

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
    classes_ : numpy.ndarray, shape (classes,)
        The labels.
    n_features_in_, feature_names_in_ : int, numpy.ndarray of str
        As everywhere in scikit-learn.

    Notes
    -----
    Nodes are drawn on residues, exactly (docs/method.md, section 7). With the smooth prior their
    sine activation is then evaluated between the residues, so that nothing is lost to rounding.
    There is no `predict_proba`, whose numbers would not be calibrated: scikit-learn's
    `CalibratedClassifierCV` makes one that is (docs/generalization.md shows how).

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> import winning_tickets as wt
    >>> X, y = load_wine(return_X_y=True)
    >>> ticket = wt.TicketClassifier(32, random_state=0).fit(X[::2], y[::2])
    >>> ticket.score(X[1::2], y[1::2]) > 0.9
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TicketClassifier:
        """Draw a ticket and train its output layer.

        Parameters
        ----------
        X : array_like or DataFrame, shape (M, columns)
            Rows; in a DataFrame text, categories and truth values become one column a category.
        y : array_like, shape (M,)
            Labels, of at least two kinds.
        sample_weight : array_like of float, shape (M,), optional
            How much each row counts, at least 0.

        Returns
        -------
        TicketClassifier
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of range, a value missing, or there is nothing to learn.
        """
        table, labels, weights = self._examples(X, y, sample_weight)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y: one class, {self.classes_[0]!r}; at least two are needed")
        values = (codes[:, None] == np.arange(len(self.classes_))) * 2.0 - 1
        if len(self.classes_) == 2:
            values = values[:, 1:]
        self._fit_ticket(table, values, weights)
        return self

    def _check_targets(self, y: Any) -> np.ndarray:
        labels = column_or_1d(y, warn=True)
        check_classification_targets(labels)
        return labels

    def _plain_state(self) -> dict[str, Any]:
        return {"classes": self.classes_.tolist(), "type": self.classes_.dtype.str}

    def _set_plain_state(self, state: dict[str, Any]) -> None:
        self.classes_ = np.array(state["classes"], dtype=state["type"])

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the outputs that `predict` compares.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, columns)
            Rows.

        Returns
        -------
        numpy.ndarray of float64, shape (n,), or (n, classes) if there are more than two
            Positive for the second of two classes; else largest for the most likely one.
        """
        values = self._predict_values(X)
        return values[:, 0] if len(self.classes_) == 2 else values

    def predict(self, X: Any) -> np.ndarray:
        """Return the most likely label of each row.

        Parameters
        ----------
        X : array_like or DataFrame, shape (n, columns)
            Rows; values beyond the range learnt from are clipped (``count_clipped``).

        Returns
        -------
        numpy.ndarray, shape (n,)
            Labels.
        """
        values = self._predict_values(X)
        chosen = values[:, 0] > 0 if len(self.classes_) == 2 else values.argmax(axis=1)
        return self.classes_[chosen.astype(int)]
