"""The learning problem: data on Z_P^D, ridge solution, optimal weights of hidden nodes."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from .activations import make_activation
from .field import InnerProducts, check_modulus, row_keys, smallest_unsigned
from .inputs import SMALLEST_SQUARE, check_magnitudes, check_not_negative, plain_array

NEGLIGIBLE = 1e-12
"""Scaled weights |u| up to this share of sqrt(M') ||h|| count as zero: they are rounding."""

# Below this, numbers keep so few digits that they round by more than the share NEGLIGIBLE.
_SMALLEST_UNSCALED = np.finfo(float).smallest_subnormal / NEGLIGIBLE

# Entries of an intermediate (nodes x points) array handled at a time.
_CHUNK_ENTRIES = 1 << 22


class Problem:
    """A regression problem on Z_P^D and the optimum of its infinitely wide ridge problem.

    Parameters
    ----------
    points : array_like of int, shape (M, D)
        Inputs, coordinates 0..P-1. Points may repeat.
    targets : array_like of float, shape (M,) or (M, C)
        Outputs, finite, of magnitude up to 1e125; ||h||^2 must be at least 1e-250.
    modulus : int
        The modulus P, an odd prime.
    activation : str or array_like of float, shape (P,), default "relu"
        A name from `winning_tickets.ACTIVATIONS`, or the P values of the activation.
    ridge : float, default 0.0
        The ridge parameter lambda >= 0 of the wide network's regression; 0 is the limit from above.

    Attributes
    ----------
    dimension, outputs : int
        D and C.
    activation : numpy.ndarray of float64, shape (P,)
        The admissible activation g.
    points : numpy.ndarray of unsigned int, shape (M_distinct, D)
        Distinct points, in lexicographic order.
    shares : numpy.ndarray of float64, shape (M_distinct,)
        p(x): the share of the examples at each point.
    values : numpy.ndarray of float64, shape (M_distinct, C)
        f(x): the mean target at each point.
    support_points : numpy.ndarray of unsigned int, shape (M', D)
        The points where h is not zero.
    support_weights : numpy.ndarray of float64, shape (M', C)
        h(x) = p(x) / (p(x) + lambda) f(x) there.
    norm_squared : float
        ||h||^2, summed over points and outputs.

    Raises
    ------
    TypeError
        If ``modulus`` or ``points`` are not integers, or other values not real numbers; masked
        arrays, quantities with units, sparse matrices and objects are none.
    ValueError
        If anything else is out of range, or if the targets vanish after equal points are merged.

    Notes
    -----
    The minimiser of sum_x p(x) |f(x) - S[w](x)|^2 + lambda ||w||^2 over the weights of all P^(D+1)
    hidden nodes is the ridgelet transform of h (docs/method.md, section 2).

    Examples
    --------
    >>> import winning_tickets as wt
    >>> problem = wt.Problem([[0, 1], [2, 2], [1, 0]], [1.0, -2.0, 0.5], modulus=3)
    >>> problem.support_size, problem.dimension
    (3, 2)
    """

    def __init__(
        self,
        points: ArrayLike,
        targets: ArrayLike,
        *,
        modulus: int,
        activation: str | ArrayLike = "relu",
        ridge: float = 0.0,
    ) -> None:
        self.modulus = check_modulus(modulus)
        self.activation = make_activation(activation, self.modulus)
        self.ridge = check_not_negative(ridge, "ridge")
        rows = check_points(points, self.modulus)
        columns = _check_targets(targets, len(rows))
        self.dimension = rows.shape[1]
        self.outputs = columns.shape[1]
        self.points, self.shares, self.values = merge_examples(rows, columns)
        if not self.values.any():
            raise ValueError(
                "targets: all zero after equal points are merged; there is nothing to learn"
            )
        if np.sum(self.values**2) < SMALLEST_SQUARE:
            raise ValueError("targets: too small for sums of their squares; rescale them")
        self._find_support()
        if self.norm_squared < SMALLEST_SQUARE:
            raise ValueError(
                f"ridge: {self.ridge:g} makes h = p / (p + ridge) f too small for sums of squares; "
                "give a smaller one"
            )

    def _find_support(self) -> None:
        weights = (self.shares / (self.shares + self.ridge))[:, None] * self.values
        inside = weights.any(axis=1)
        self.support_points = self.points if inside.all() else self.points[inside]
        self.support_weights = np.ascontiguousarray(weights[inside])
        self.norm_squared = float(np.sum(self.support_weights**2))

    @property
    def support_size(self) -> int:
        """M', the number of points with h(x) != 0."""
        return len(self.support_points)

    @property
    def negligible(self) -> float:
        """Scaled weights |u| up to this magnitude count as zero, 1e-12 sqrt(M') ||h||."""
        return NEGLIGIBLE * math.sqrt(self.support_size * self.norm_squared)

    def single_outputs(self) -> list[Problem]:
        """Return one problem per output whose norm is more than 1e-12 of ||h||.

        Returns
        -------
        list of Problem
            Problems with C = 1 on the same points. Since ||w*||^2 is a sum over outputs, the
            optimized distribution is their mixture with shares ||h_c||^2 / ||h||^2.
        """
        parts = []
        norms = np.linalg.norm(self.support_weights, axis=0)
        # |u| is at most sqrt(M') times the norm: all weights of an output left out are negligible.
        for column in np.flatnonzero(norms > NEGLIGIBLE * math.sqrt(self.norm_squared)):
            part = copy.copy(self)
            part.values, part.outputs = self.values[:, [column]], 1
            part._find_support()
            parts.append(part)
        return parts

    def optimal_weights(self, a: ArrayLike, b: ArrayLike, scaled: bool = False) -> np.ndarray:
        """Return the optimal output weights of given hidden nodes.

        Parameters
        ----------
        a : array_like of int, shape (n, D)
            Hidden weights, 0..P-1.
        b : array_like of int, shape (n,)
            Hidden shifts, 0..P-1.
        scaled : bool, default False
            Return u(a, b) = P^(D/2) w*(a, b), which never underflows.

        Returns
        -------
        numpy.ndarray of float64, shape (n,), or (n, C) if C > 1
            w*(a, b), or u(a, b) = sum_m h_m g(a.x_m - b) if scaled.

        Raises
        ------
        ValueError
            If a node is out of range, or if P^(-D/2) or a weight underflows and ``scaled`` is
            false.

        Notes
        -----
        docs/method.md, section 2. Magnitudes |u| up to 1e-12 sqrt(M') ||h|| are rounding and
        returned as 0.
        """
        a, b = check_nodes(a, b, self.modulus, self.dimension)
        weights = self._scaled_weights(a, b)
        if not scaled:
            weights = self._unscaled(weights)
        return weights[:, 0] if self.outputs == 1 else weights

    def _unscaled(self, weights: np.ndarray) -> np.ndarray:
        """Return P^(-D/2) u, or say that it leaves the range of float64."""
        scale = math.exp(-0.5 * self.dimension * math.log(self.modulus))
        found = weights * scale
        lost = np.abs(found[weights != 0]) < _SMALLEST_UNSCALED
        if scale < np.finfo(float).tiny or lost.any():
            raise ValueError(
                f"scaled: P^(-D/2) u underflows at dimension {self.dimension}; use scaled=True"
            )
        return found

    def node_energy(self, a: ArrayLike, b: ArrayLike) -> np.ndarray:
        """Return u(a, b)^2, summed over outputs: the optimized distribution up to a factor.

        Parameters
        ----------
        a : array_like of int, shape (n, D)
            Hidden weights, 0..P-1.
        b : array_like of int, shape (n,)
            Hidden shifts, 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,)
            Its mean over all nodes is ||h||^2 / P.

        Raises
        ------
        ValueError
            If a node is out of range.
        """
        a, b = check_nodes(a, b, self.modulus, self.dimension)
        return np.sum(self._scaled_weights(a, b) ** 2, axis=1)

    def _scaled_weights(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        products = InnerProducts(self.support_points, self.modulus)
        weights = np.empty((len(a), self.outputs))
        for rows in chunks(len(a), max(self.support_size, self.dimension)):
            responses = products.responses(self.activation, a[rows], b[rows])
            weights[rows] = responses.T @ self.support_weights
        weights[np.abs(weights) <= self.negligible] = 0.0
        return weights


def chunks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices of rows so that rows times columns of a piece stays moderate."""
    step = max(1, _CHUNK_ENTRIES // max(1, columns))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def check_points(
    points: ArrayLike, modulus: int, *, dimension: int | None = None, fewest: int = 1
) -> np.ndarray:
    """Return points as a (M, D) array in the smallest unsigned type, or say what is wrong.

    Parameters
    ----------
    points : array_like of int, shape (M, D)
        Coordinates 0..P-1.
    modulus : int
        The modulus P.
    dimension : int, optional
        D; without it any D of at least 1.
    fewest : int, default 1
        How many points there must be.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (M, D)
        A C-contiguous array.

    Raises
    ------
    TypeError
        If the entries are not plain integers.
    ValueError
        If the shape or a coordinate is out of range.
    """
    array = plain_array(points, "points", whole=True)
    if array.ndim != 2 or len(array) < fewest or array.shape[1] == 0:
        least = " with at least one of each" if fewest else ""
        raise ValueError(
            f"points: a two-dimensional array (points, coordinates){least} is needed; the shape "
            f"is {array.shape}"
        )
    if dimension not in (None, array.shape[1]):
        raise ValueError(f"points: {dimension} coordinates are needed, not {array.shape[1]}")
    return _check_residues(array, modulus, "points")


def check_nodes(
    a: ArrayLike, b: ArrayLike, modulus: int, dimension: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return hidden nodes as arrays (n, D) and (n,), or say what is wrong with them."""
    rows, shifts = plain_array(a, "a", whole=True), plain_array(b, "b", whole=True)
    if rows.ndim != 2 or rows.shape[1] != dimension or shifts.shape != rows.shape[:1]:
        raise ValueError(
            f"a, b: shapes (n, {dimension}) and (n,) are needed; they are "
            f"{rows.shape} and {shifts.shape}"
        )
    return _check_residues(rows, modulus, "a"), _check_residues(shifts, modulus, "b")


def _check_residues(array: np.ndarray, modulus: int, name: str) -> np.ndarray:
    """Return integers 0..P-1 in the smallest unsigned type, C-contiguous."""
    if array.size and (array.min() < 0 or array.max() >= modulus):
        raise ValueError(
            f"{name}: coordinates must be 0..{modulus - 1}; "
            f"they run from {array.min()} to {array.max()}"
        )
    return np.ascontiguousarray(array, dtype=smallest_unsigned(modulus))


def merge_examples(
    points: np.ndarray, targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge examples at equal points.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        C-contiguous.
    targets : numpy.ndarray of float64, shape (M, C)
        Outputs.

    Returns
    -------
    points : numpy.ndarray, shape (M_distinct, D)
        Distinct points, sorted by their bytes.
    shares : numpy.ndarray of float64, shape (M_distinct,)
        Share of the examples at each.
    values : numpy.ndarray of float64, shape (M_distinct, C)
        Mean target at each; means that are rounding of a sum to zero are exactly 0.
    """
    _, first, inverse, counts = np.unique(
        row_keys(points), return_index=True, return_inverse=True, return_counts=True
    )
    if len(first) == len(points):
        return points[first], np.full(len(points), 1.0 / len(points)), targets[first]
    means = _group_sums(targets, inverse, len(first)) / counts[:, None]
    magnitudes = _group_sums(np.abs(targets), inverse, len(first)) / counts[:, None]
    rounding = (counts[:, None] + 1) * np.finfo(float).eps
    means[np.abs(means) <= rounding * magnitudes] = 0.0
    return points[first], counts / len(points), means


def _group_sums(values: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    return np.stack(
        [np.bincount(groups, weights=column, minlength=count) for column in values.T], axis=1
    )


def _check_targets(targets: ArrayLike, count: int) -> np.ndarray:
    array = plain_array(targets, "targets")
    if array.ndim not in (1, 2) or len(array) != count or 0 in array.shape:
        raise ValueError(
            f"targets: shape ({count},) or ({count}, outputs) is needed; it is {array.shape}"
        )
    check_magnitudes(array, "targets")
    return array.reshape(count, -1)
