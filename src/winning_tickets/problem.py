"""The learning problem: data on Z_P^D, ridge solution, optimal weights of hidden nodes."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from .activations import make_activation
from .field import InnerProducts, check_modulus, smallest_unsigned

NEGLIGIBLE = 1e-12
"""Scaled weights |u| up to this share of ||h|| count as zero: they are rounding."""

# Targets outside these magnitudes would leave float64 in sums of squares over P^D nodes.
_LARGEST_TARGET = 1e125
_SMALLEST_NORM_SQUARED = 1e-250

# Entries of an intermediate (nodes x points) array handled at a time.
_CHUNK_ENTRIES = 1 << 22


class Problem:
    """A regression problem on Z_P^D and the optimum of its infinitely wide ridge problem.

    Parameters
    ----------
    points : array_like of int, shape (M, D)
        Inputs, coordinates 0..P-1. Points may repeat.
    targets : array_like of float, shape (M,) or (M, C)
        Outputs, finite.
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
        If ``modulus`` or ``points`` are not integers, or other values not real numbers.
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
        self._find_support()
        if self.norm_squared < _SMALLEST_NORM_SQUARED:
            raise ValueError("targets: too small for sums of their squares; rescale them")

    def _find_support(self) -> None:
        weights = (self.shares / (self.shares + self.ridge))[:, None] * self.values
        inside = weights.any(axis=1)
        if not inside.any():
            raise ValueError(
                "targets: all zero after equal points are merged; there is nothing to learn"
            )
        self.support_points = self.points if inside.all() else self.points[inside]
        self.support_weights = np.ascontiguousarray(weights[inside])
        self.norm_squared = float(np.sum(self.support_weights**2))

    @property
    def support_size(self) -> int:
        """M', the number of points with h(x) != 0."""
        return len(self.support_points)

    @property
    def negligible(self) -> float:
        """Scaled weights up to this magnitude count as zero."""
        return NEGLIGIBLE * math.sqrt(self.norm_squared)

    def single_outputs(self) -> list[Problem]:
        """Return one problem per output that is not zero, or negligible, everywhere.

        Returns
        -------
        list of Problem
            Problems with C = 1 on the same points. Since ||w*||^2 is a sum over outputs, the
            optimized distribution is their mixture with shares ||h_c||^2 / ||h||^2.
        """
        parts = []
        norms = np.linalg.norm(self.support_weights, axis=0)
        for column in np.flatnonzero(norms > self.negligible):
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
            If a node is out of range, or P^(-D/2) underflows and ``scaled`` is false.

        Notes
        -----
        docs/method.md, section 2. Magnitudes up to 1e-12 ||h|| are rounding and returned as 0.
        """
        a, b = check_nodes(a, b, self.modulus, self.dimension)
        exponent = -0.5 * self.dimension * math.log(self.modulus)
        if not scaled and exponent < math.log(np.finfo(float).tiny):
            raise ValueError(
                f"scaled: P^(-D/2) underflows at dimension {self.dimension}; use scaled=True"
            )
        weights = self._scaled_weights(a, b)
        if not scaled:
            weights *= math.exp(exponent)
        return weights[:, 0] if self.outputs == 1 else weights

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


def check_points(points: ArrayLike, modulus: int, name: str = "points") -> np.ndarray:
    """Return points as a (M, D) array in the smallest unsigned type, or say what is wrong.

    Parameters
    ----------
    points : array_like of int, shape (M, D)
        Coordinates 0..P-1.
    modulus : int
        The modulus P.
    name : str
        What to call the array in an error.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (M, D)
        A C-contiguous array.

    Raises
    ------
    TypeError
        If the entries are not integers.
    ValueError
        If the shape or a coordinate is out of range.
    """
    array = _as_array(points, name)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(
            f"{name}: a two-dimensional array (points, coordinates) with at least one of each "
            f"is needed; the shape is {array.shape}"
        )
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"{name}: integers are needed, not {array.dtype}")
    if array.min() < 0 or array.max() >= modulus:
        raise ValueError(
            f"{name}: coordinates must be 0..{modulus - 1}; "
            f"they run from {array.min()} to {array.max()}"
        )
    return np.ascontiguousarray(array, dtype=smallest_unsigned(modulus))


def check_nodes(
    a: ArrayLike, b: ArrayLike, modulus: int, dimension: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return hidden nodes as arrays (n, D) and (n,), or say what is wrong with them."""
    rows = _as_array(a, "a")
    shifts = _as_array(b, "b")
    if rows.ndim != 2 or rows.shape[1] != dimension or shifts.shape != rows.shape[:1]:
        raise ValueError(
            f"a, b: shapes (n, {dimension}) and (n,) are needed; they are "
            f"{rows.shape} and {shifts.shape}"
        )
    if len(rows) == 0:
        return rows.astype(smallest_unsigned(modulus)), shifts.astype(smallest_unsigned(modulus))
    return (
        check_points(rows, modulus, "a"),
        check_points(shifts[:, None], modulus, "b")[:, 0],
    )


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
    # A row seen as one opaque value compares by its bytes, far faster than field by field.
    keys = points.view(np.dtype((np.void, points.dtype.itemsize * points.shape[1])))[:, 0]
    _, first, inverse, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
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


def check_not_negative(value: float, name: str) -> float:
    """Return a finite number of at least 0 as a float, or say what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name}: {value!r} is not a real number; at least 0 is needed")
    if not 0 <= value < np.inf:
        raise ValueError(f"{name}: {value} must be a finite number of at least 0")
    return float(value)


def _as_array(value: ArrayLike, name: str) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: every row must have the same length") from None


def _check_targets(targets: ArrayLike, count: int) -> np.ndarray:
    array = _as_array(targets, "targets")
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == bool) or np.iscomplexobj(array):
        raise TypeError(f"targets: real numbers are needed, not {array.dtype}")
    if array.ndim not in (1, 2) or len(array) != count or 0 in array.shape:
        raise ValueError(
            f"targets: shape ({count},) or ({count}, outputs) is needed; it is {array.shape}"
        )
    array = array.astype(np.float64).reshape(count, -1)
    if not np.isfinite(array).all():
        raise ValueError("targets: every value must be a finite number")
    if np.abs(array).max() > _LARGEST_TARGET:
        raise ValueError(f"targets: magnitudes above {_LARGEST_TARGET:g}; rescale them")
    return array
