"""Subnetworks (tickets): features of sampled nodes, output layer, empirical risk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from .field import InnerProducts
from .inputs import check_not_negative, plain_array
from .problem import Problem, check_nodes, check_points, chunks
from .risk import relative_risk
from .samplers.base import Nodes

RANK_TOLERANCE = 1e-12
"""Singular values of the features below this share of the largest do not count."""

# Of weights above this, each keeps all digits that are more than rounding beside the largest.
_SMALLEST_WEIGHT = np.finfo(float).tiny / np.finfo(float).eps


@dataclass(frozen=True)
class Subnetwork:
    """A ticket with its output layer.

    Attributes
    ----------
    problem : Problem
        What it was fitted to.
    nodes : Nodes
        The N hidden nodes.
    weights : numpy.ndarray of float64, shape (N,), or (N, C) if C > 1
        Output weights.

    Raises
    ------
    TypeError
        If the weights are not plain real numbers.
    ValueError
        If they are not finite or of another shape.
    """

    problem: Problem
    nodes: Nodes
    weights: np.ndarray

    def __post_init__(self) -> None:
        """Check the weights: what is predicted with others would not be a number."""
        shape = plain_array(self.weights, "weights").shape
        outputs = () if self.problem.outputs == 1 else (self.problem.outputs,)
        if shape != (len(self.nodes), *outputs):
            raise ValueError(
                f"weights: shape {(len(self.nodes), *outputs)} is needed; it is {shape}"
            )

    def predict(self, points: ArrayLike) -> np.ndarray:
        """Return the network's outputs.

        Parameters
        ----------
        points : array_like of int, shape (n, D)
            Coordinates 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,), or (n, C) if C > 1
            sum_n c_n g(a_n.x - b_n); none for no points.

        Raises
        ------
        TypeError
            If the points are not plain integers.
        ValueError
            If a point is out of range or of another dimension.
        """
        problem = self.problem
        rows = check_points(points, problem.modulus, dimension=problem.dimension, fewest=0)
        outputs = np.empty((len(rows), *self.weights.shape[1:]))
        for part in chunks(len(rows), len(self.nodes)):
            outputs[part] = features(self.nodes, rows[part], problem) @ self.weights
        return outputs

    @property
    def relative_risk(self) -> float:
        """sum_x p(x) |f(x) - prediction|^2 over sum_x p(x) |f(x)|^2; 0 below `risk.RISK_FLOOR`."""
        problem = self.problem
        predicted = self.predict(problem.points).reshape(problem.values.shape)
        return relative_risk(problem.values, predicted, problem.shares)

    @property
    def unique_nodes(self) -> int:
        """How many of the nodes are distinct."""
        return self.nodes.unique_count


def features(nodes: Nodes, points: np.ndarray, problem: Problem) -> np.ndarray:
    """Return the hidden layer's outputs.

    Parameters
    ----------
    nodes : Nodes
        N hidden nodes.
    points : numpy.ndarray of unsigned int, shape (M, D)
        Points of the problem's space.
    problem : Problem
        Gives the modulus and the activation.

    Returns
    -------
    numpy.ndarray of float64, shape (M, N)
        g((a_n.x_m - b_n) mod P).

    Raises
    ------
    ValueError
        If a node is out of range or of another dimension.
    """
    a, b = check_nodes(nodes.a, nodes.b, problem.modulus, problem.dimension)
    products = InnerProducts(points, problem.modulus, vectors=len(a))
    return products.responses(problem.activation, a, b)


def fit_subnetwork(problem: Problem, nodes: Nodes, penalty: float = 0.0) -> Subnetwork:
    """Train the output layer of a ticket.

    Parameters
    ----------
    problem : Problem
        The data.
    nodes : Nodes
        The hidden nodes, which stay as they are.
    penalty : float, default 0.0
        Ridge penalty on the output weights; 0 means the least-squares solution of minimum norm.

    Returns
    -------
    Subnetwork
        The minimiser of sum_x p(x) |f(x) - sum_n c_n phi_n(x)|^2 + penalty ||c||^2.

    Raises
    ------
    ValueError
        If there are no nodes, a node is out of range, or the penalty is negative, not finite, or
        so large that the weights underflow.

    Notes
    -----
    Solved by singular values on rows scaled with sqrt(p(x)): without penalty by LAPACK's gelsd,
    singular values s below 1e-12 of the largest dropped; with one by the filter s / (s^2 + penalty)
    (docs/method.md, section 4).
    """
    _check_some(nodes)
    penalty = check_not_negative(penalty, "penalty")
    scale = np.sqrt(problem.shares)[:, None]
    rows = features(nodes, problem.points, problem) * scale
    values = problem.values * scale
    if penalty:
        weights = _solve_penalised(rows, values, penalty)
    else:
        weights = scipy.linalg.lstsq(rows, values, cond=RANK_TOLERANCE, check_finite=False)[0]
    return Subnetwork(problem, nodes, _squeeze(weights))


def _solve_penalised(rows: np.ndarray, values: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights of least |values - rows c|^2 + penalty |c|^2, or say they underflow."""
    left, singular, right = scipy.linalg.svd(rows, full_matrices=False, check_finite=False)
    squares = singular**2 + penalty
    # As without penalty, but the penalty counts: it makes up for singular values that are small.
    squares[squares <= RANK_TOLERANCE**2 * squares[0]] = np.inf
    moments = singular[:, None] * (left.T @ values)
    weights = right.T @ (moments / squares[:, None])
    if moments.any() and np.abs(weights).max() < _SMALLEST_WEIGHT:
        raise ValueError(
            f"penalty: {penalty:g} is so large that all output weights underflow; give a smaller "
            "one, or rescale the targets"
        )
    return weights


def untrained_subnetwork(problem: Problem, nodes: Nodes) -> Subnetwork:
    """Return the importance-weighted ticket, which needs no training.

    Parameters
    ----------
    problem : Problem
        The data.
    nodes : Nodes
        Draws from the optimized distribution p* (no soft threshold).

    Returns
    -------
    Subnetwork
        With weights ||h||^2 u_c(a, b) / (N sum_c u_c(a, b)^2), which is ||h||^2 / (N u) for one
        output: unbiased for the wide network S[w*]. With a prior the mean energy of u is in the
        place of ||h||^2, times prod_j sum_c pi_j(c)^2 / pi_j(a_j).

    Raises
    ------
    ValueError
        If there are no nodes, or one has optimal weight 0, so cannot come from p*; or if, with a
        prior, one is so unlikely that its weight leaves the range of float64.

    Notes
    -----
    On generic data the expected relative risk is (M - 1) / N with M distinct points, above 1
    for N < M - 1 (docs/method.md, section 4).
    """
    _check_some(nodes)
    u = problem.optimal_weights(nodes.a, nodes.b, scaled=True).reshape(len(nodes), -1)
    # In units of a power of two near ||h|| no product leaves float64 and no digit changes.
    exponent = math.frexp(math.sqrt(problem.norm_squared))[1]
    norm_squared, scaled = math.ldexp(problem.norm_squared, -2 * exponent), np.ldexp(u, -exponent)
    energy = np.sum(scaled**2, axis=1, keepdims=True)
    log_prior = problem.log_prior(nodes.a)
    if not energy.all() or np.isneginf(log_prior).any():
        raise ValueError("nodes: some have optimal weight 0 and cannot be draws from p*")
    weights = np.ldexp(norm_squared * scaled / energy / len(nodes), exponent)
    if problem.prior is not None:
        weights = _weigh(weights, problem.prior.log_energy - log_prior)
    return Subnetwork(problem, nodes, _squeeze(weights))


def _weigh(weights: np.ndarray, logarithms: np.ndarray) -> np.ndarray:
    """Return weights (N, C) times the exponentials of one number a node."""
    with np.errstate(over="ignore", under="ignore"):
        found = weights * np.exp(logarithms)[:, None]
    if not np.isfinite(found).all() or (np.abs(found[weights != 0]) < _SMALLEST_WEIGHT).any():
        raise ValueError(
            "nodes: some are so likely or unlikely under the prior that their weights leave "
            "float64; train the output layer instead"
        )
    return found


def _check_some(nodes: Nodes) -> None:
    if len(nodes) == 0:
        raise ValueError("nodes: at least one is needed")


def _squeeze(weights: np.ndarray) -> np.ndarray:
    return weights[:, 0] if weights.shape[1] == 1 else weights
