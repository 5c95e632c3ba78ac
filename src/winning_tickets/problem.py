"""The learning problem: data on Z_P^D, ridge solution, optimal weights of hidden nodes."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .activations import make_activation
from .field import InnerProducts, check_modulus, row_keys, smallest_unsigned
from .inputs import SMALLEST_SQUARE, check_magnitudes, check_not_negative, plain_array
from .kernel import (
    LEAST_SHARE,
    check_kernel_memory,
    energies,
    frequency_shares,
    landmark_solution,
    ridge_solution,
    wide_kernel,
)
from .landmarks import choose_landmarks
from .prior import Prior

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
    prior : array_like of float, shape (P,) or (D, P), optional
        A product prior pi on the hidden weights a, as `winning_tickets.prior.Prior` takes it: the
        ridge then penalises w(a, b)^2 / (P^D pi(a)). None is the paper's case, all nodes alike.
        A prior is our extension (docs/method.md, section 7).
    landmarks : int, optional
        With a prior: solve the ridge problem on at most so many of the points; None is all.
    landmark_method : {"farthest", "random"}, default "farthest"
        How they are chosen (`winning_tickets.landmarks.choose_landmarks`).
    landmark_seed : int, default 0
        Seed of the choice.
    sample_weight : array_like of float, shape (M,), optional
        How much each example counts, at least 0 and not all 0; p(x) is the share of the sum. None
        counts all alike; a whole number is as good as so many repeats.

    Attributes
    ----------
    dimension, outputs : int
        D and C.
    prior : Prior or None
        pi.
    activation : numpy.ndarray of float64, shape (P,)
        The admissible activation g.
    points : numpy.ndarray of unsigned int, shape (M_distinct, D)
        Distinct points, in lexicographic order.
    shares : numpy.ndarray of float64, shape (M_distinct,)
        p(x): the share of the examples at each point.
    values : numpy.ndarray of float64, shape (M_distinct, C)
        f(x): the mean target at each point.
    support_points : numpy.ndarray of unsigned int, shape (M', D)
        The points where h is not zero; with a prior all distinct points, or the landmarks.
    support_weights : numpy.ndarray of float64, shape (M', C)
        h(x) = p(x) / (p(x) + lambda) f(x) there; with a prior alpha, the solution of
        (diag(p) K + lambda I) alpha = diag(p) f.
    rank : int
        With a prior, in how many directions alpha is determined: fewer than M' if lambda is
        (next to) 0 and K singular numerically. Without one M'.

    Raises
    ------
    TypeError
        If ``modulus`` or ``points`` are not integers, or other values not real numbers; masked
        arrays, quantities with units, sparse matrices and objects are none.
    ValueError
        If anything else is out of range, or if the targets vanish after equal points are merged.
    MemoryError
        With a prior, if its kernel, an M x M matrix, cannot fit in this machine's memory.

    Notes
    -----
    The minimiser of sum_x p(x) |f(x) - S[w](x)|^2 + lambda ||w||^2 over the weights of all P^(D+1)
    hidden nodes is the ridgelet transform of h (docs/method.md, section 2). With a prior it is
    w*(a, b) = P^(D/2) pi(a) u(a, b), u(a, b) = sum_m alpha_m g(a.x_m - b) (section 7 there).

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
        prior: ArrayLike | None = None,
        landmarks: int | None = None,
        landmark_method: str = "farthest",
        landmark_seed: int = 0,
        sample_weight: ArrayLike | None = None,
    ) -> None:
        self.modulus = check_modulus(modulus)
        self.activation = make_activation(activation, self.modulus)
        self.ridge = check_not_negative(ridge, "ridge")
        rows = check_points(points, self.modulus)
        columns = _check_targets(targets, len(rows))
        self.dimension = rows.shape[1]
        self.outputs = columns.shape[1]
        self.prior = None if prior is None else Prior(prior, self.modulus, self.dimension)
        if sample_weight is not None:
            rows, columns, sample_weight = _drop_weightless(rows, columns, sample_weight)
        self.points, self.shares, self.values = merge_examples(rows, columns, sample_weight)
        if not self.values.any():
            raise ValueError(
                "targets: all zero after equal points are merged; there is nothing to learn"
            )
        if np.sum(self.values**2) < SMALLEST_SQUARE:
            raise ValueError("targets: too small for sums of their squares; rescale them")
        if self.prior is not None:
            self._solve_wide(landmarks, landmark_method, landmark_seed)
        elif landmarks is not None:
            raise ValueError("landmarks: they need a prior; without one no point stands for others")
        else:
            self._find_support()
        if np.sum(self.support_weights**2) < SMALLEST_SQUARE:
            raise ValueError(
                f"ridge: {self.ridge:g} makes h = p / (p + ridge) f too small for sums of squares; "
                "give a smaller one"
            )

    def _find_support(self) -> None:
        weights = (self.shares / (self.shares + self.ridge))[:, None] * self.values
        inside = weights.any(axis=1)
        self.support_points = self.points if inside.all() else self.points[inside]
        self.support_weights = np.ascontiguousarray(weights[inside])
        self.rank = self.support_size

    def _solve_wide(self, landmarks: int | None, method: str = "", seed: int = 0) -> None:
        """Set the support and its weights alpha for a problem with a prior."""
        chosen = slice(None)
        self._has_landmarks = landmarks is not None
        if landmarks is not None:
            chosen = choose_landmarks(self.points, self.modulus, landmarks, method, seed)
        support = self.points[chosen]
        check_kernel_memory(len(self.points), len(support))
        kernel = wide_kernel(self.points, support, self.prior, self.activation)
        data = (self.shares, self.values, self.ridge)
        if landmarks is None:
            solution = ridge_solution(kernel, *data)
        else:
            solution = landmark_solution(kernel, kernel[chosen].copy(), *data)
        self.support_points, (self.support_weights, self.rank) = support, solution

    @property
    def support_size(self) -> int:
        """M', the number of points with h(x) != 0; with a prior of all points, or landmarks."""
        return len(self.support_points)

    @property
    def weights_squared(self) -> float:
        """||h||^2, summed over points and outputs; with a prior ||alpha||^2."""
        return float(np.sum(self.support_weights**2))

    @cached_property
    def node_prior(self) -> Prior:
        """The prior, the uniform one if there is none."""
        return self.prior or Prior.uniform(self.modulus, self.dimension)

    @cached_property
    def energies(self) -> np.ndarray:
        """Energy of u by frequency and output, shape ((P-1)/2, C); `norm_squared` is the sum.

        With a prior these are sums of M' ||alpha||^2 that cancel, all the more the smoother the
        prior and the smaller the ridge. ValueError is raised where they are rounding: then p* can
        be drawn from only by `enumeration` and `fft`, which do not rest on them.
        """
        if self.prior is None:
            norms = np.sum(self.support_weights**2, axis=0)
            return np.outer(frequency_shares(self.activation), norms)
        found = energies(self.support_points, self.support_weights, self.prior, self.activation)
        share = found.sum() / (self.support_size * self.weights_squared)
        if share <= LEAST_SHARE:
            raise ValueError(
                f"prior: the weights alpha cancel to {share:.1e} of what they could sum to, which "
                f"is rounding (rank {self.rank} of {self.support_size}); raise the ridge"
            )
        return found

    @cached_property
    def norm_squared(self) -> float:
        """||h||^2, summed over points and outputs.

        With a prior the mean of sum_b |u(a, b)|^2 over a from q, whose factors are proportional to
        pi_j^2: the same number if pi is uniform. ValueError is raised where `energies` does.
        """
        return self.weights_squared if self.prior is None else float(self.energies.sum())

    @property
    def negligible(self) -> float:
        """Scaled weights |u| up to this count as zero, 1e-12 sqrt(M') ||h||, or of ||alpha||."""
        return NEGLIGIBLE * math.sqrt(self.support_size * self.weights_squared)

    def single_outputs(self) -> list[Problem]:
        """Return one problem per output whose norm is more than 1e-12 of ||h||, or of ||alpha||.

        Returns
        -------
        list of Problem
            Problems with C = 1 on the same points. Since ||w*||^2 is a sum over outputs, the
            optimized distribution is their mixture with shares proportional to their
            ``norm_squared``.
        """
        norms = np.linalg.norm(self.support_weights, axis=0)
        # |u| is at most sqrt(M') times the norm: all weights of an output left out are negligible.
        columns = np.flatnonzero(norms > NEGLIGIBLE * math.sqrt(self.weights_squared))
        return [self._part(column) for column in columns]

    def _part(self, column: int) -> Problem:
        """Return the problem of one output."""
        part = copy.copy(self)
        for name in ("energies", "norm_squared"):
            part.__dict__.pop(name, None)
        part.values, part.outputs = self.values[:, [column]], 1
        if self.prior is None:
            part._find_support()
        else:
            part.support_weights = self.support_weights[:, [column]]
            part.energies = self.energies[:, [column]]
        return part

    def optimal_weights(self, a: ArrayLike, b: ArrayLike, scaled: bool = False) -> np.ndarray:
        """Return the optimal output weights of given hidden nodes.

        Parameters
        ----------
        a : array_like of int, shape (n, D)
            Hidden weights, 0..P-1.
        b : array_like of int, shape (n,)
            Hidden shifts, 0..P-1.
        scaled : bool, default False
            Return u(a, b) = P^(D/2) exp(-log_prior(a)) w*(a, b), which never underflows.

        Returns
        -------
        numpy.ndarray of float64, shape (n,), or (n, C) if C > 1
            w*(a, b), or u(a, b) = sum_m h_m g(a.x_m - b) if scaled, with a prior alpha_m for h_m.

        Raises
        ------
        ValueError
            If a node is out of range, or if P^(-D/2) or a weight underflows and ``scaled`` is
            false; with a prior also if P^(D/2) pi(a) overflows.

        Notes
        -----
        docs/method.md, sections 2 and 7. Magnitudes |u| up to 1e-12 sqrt(M') ||h||, with a prior
        of ||alpha||, are rounding and returned as 0.
        """
        a, b = check_nodes(a, b, self.modulus, self.dimension)
        weights = self._scaled_weights(a, b)
        if not scaled:
            weights = self._unscaled(weights, a)
        return weights[:, 0] if self.outputs == 1 else weights

    def _unscaled(self, weights: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return P^(-D/2) exp(log_prior) u, or say that it leaves the range of float64."""
        exponent = -0.5 * self.dimension * math.log(self.modulus)
        if self.prior is not None:
            return self._unscaled_by_prior(weights, exponent + self.prior.log_ratio(a)[:, None])
        scale = math.exp(exponent)
        found = weights * scale
        lost = np.abs(found[weights != 0]) < _SMALLEST_UNSCALED
        if scale < np.finfo(float).tiny or lost.any():
            raise ValueError(
                f"scaled: P^(-D/2) u underflows at dimension {self.dimension}; use scaled=True"
            )
        return found

    def _unscaled_by_prior(self, weights: np.ndarray, exponents: np.ndarray) -> np.ndarray:
        possible = (weights != 0) & (exponents > -np.inf)
        with np.errstate(over="ignore", under="ignore"):
            scales = np.exp(exponents)
            found = np.where(possible, weights * scales, 0.0)
        inside = (np.abs(found) >= _SMALLEST_UNSCALED) & (scales >= np.finfo(float).tiny)
        if not (inside & np.isfinite(found))[possible].all():
            raise ValueError(
                f"scaled: P^(D/2) pi(a) u leaves float64 at dimension {self.dimension}; "
                "use scaled=True and log_prior"
            )
        return found

    def log_prior(self, a: ArrayLike) -> np.ndarray:
        """Return log(P^D pi(a)), what the prior adds to the logarithm of |w*|.

        Parameters
        ----------
        a : array_like of int, shape (n, D)
            Hidden weights, 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,)
            sum_j log(P pi_j(a_j)), minus infinity where pi(a) is 0 and 0 everywhere if there is
            no prior: |w*(a, b)| = P^(-D/2) exp(log_prior) |u(a, b)|.

        Raises
        ------
        TypeError
            If the weights are not plain integers.
        ValueError
            If a weight is out of range.
        """
        rows = plain_array(a, "a", whole=True)
        rows, _ = check_nodes(
            rows, np.zeros(rows.shape[:1], dtype=int), self.modulus, self.dimension
        )
        return np.zeros(len(rows)) if self.prior is None else self.prior.log_ratio(rows)

    def wide_outputs(self, points: ArrayLike) -> np.ndarray:
        """Return what the whole wide network at its optimum answers, S[w*](x).

        Parameters
        ----------
        points : array_like of int, shape (n, D)
            Coordinates 0..P-1, in the data or not.

        Returns
        -------
        numpy.ndarray of float64, shape (n,), or (n, C) if C > 1
            sum_m K(x, x_m) alpha_m: kernel ridge regression. Without a prior h(x) on the data and
            0 elsewhere.

        Raises
        ------
        TypeError
            If the points are not plain integers.
        ValueError
            If a point is out of range or of another dimension.
        """
        rows = check_points(points, self.modulus, dimension=self.dimension, fewest=0)
        outputs = np.empty((len(rows), self.outputs))
        for part in chunks(len(rows), self.support_size):
            kernel = wide_kernel(rows[part], self.support_points, self.node_prior, self.activation)
            outputs[part] = kernel @ self.support_weights
        return outputs[:, 0] if self.outputs == 1 else outputs

    def landmark_error(self, points: ArrayLike | None = None) -> float:
        """Return how far the landmarks' solution is from that of all points.

        Parameters
        ----------
        points : array_like of int, shape (n, D), optional
            Where to compare; None takes the points of the data that are no landmarks, or all if
            each is one.

        Returns
        -------
        float
            ||S[w] - S[w_full]|| / ||S[w_full]|| over these points.

        Raises
        ------
        ValueError
            If there are no landmarks, or the points are not those of the problem's space.
        MemoryError
            If the solution of all points cannot fit in this machine's memory.
        """
        if self.prior is None or not self._has_landmarks:
            raise ValueError("landmark_error: the problem has no landmarks")
        full = copy.copy(self)
        full._solve_wide(None)
        if points is None:
            held_back = ~np.isin(row_keys(self.points), row_keys(self.support_points))
            points = self.points[held_back] if held_back.any() else self.points
        expected = full.wide_outputs(points)
        difference = self.wide_outputs(points) - expected
        return float(np.linalg.norm(difference) / np.linalg.norm(expected))

    def node_energy(self, a: ArrayLike, b: ArrayLike) -> np.ndarray:
        """Return u(a, b)^2, summed over outputs: the optimized distribution up to a factor.

        With a prior up to q(a), which is proportional to exp(2 log_prior(a)).

        Parameters
        ----------
        a : array_like of int, shape (n, D)
            Hidden weights, 0..P-1.
        b : array_like of int, shape (n,)
            Hidden shifts, 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,)
            Its mean over all nodes is ||h||^2 / P; with a prior its mean over a from q and b
            uniform is ``norm_squared`` / P.

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
    points: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge examples at equal points.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        C-contiguous.
    targets : numpy.ndarray of float64, shape (M, C)
        Outputs.
    weights : numpy.ndarray of float64, shape (M,), optional
        How much each example counts, more than 0; without them all alike.

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
        shares = np.full(len(points), 1.0 / len(points))
        if weights is not None:
            shares = weights[first] / weights.sum()
        return points[first], shares, targets[first]
    masses = counts
    if weights is not None:
        masses = np.bincount(inverse, weights=weights, minlength=len(first))
        targets = targets * weights[:, None]
    means = _group_sums(targets, inverse, len(first)) / masses[:, None]
    magnitudes = _group_sums(np.abs(targets), inverse, len(first)) / masses[:, None]
    rounding = (counts[:, None] + 1) * np.finfo(float).eps
    means[np.abs(means) <= rounding * magnitudes] = 0.0
    return points[first], masses / masses.sum(), means


def _drop_weightless(
    points: np.ndarray, targets: np.ndarray, sample_weight: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the examples that count, and how much each does."""
    weights = plain_array(sample_weight, "sample_weight")
    if weights.shape != (len(points),):
        raise ValueError(
            f"sample_weight: shape ({len(points)},) is needed, one an example; it is "
            f"{weights.shape}"
        )
    if weights.min() < 0 or not weights.any():
        raise ValueError("sample_weight: all must be at least 0, and one above it")
    # Only their ratios matter, and sums of them must not overflow.
    weights /= weights.max()
    kept = weights > 0
    return np.ascontiguousarray(points[kept]), targets[kept], weights[kept]


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
