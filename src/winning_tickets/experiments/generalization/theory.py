"""When a ticket generalizes: the transition where the target's modes rise over the noise.

Our own derivation, not a statement of the paper; docs/generalization.md has it in full.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from ...activations import make_activation
from ...families import make_dataset
from ...families.grid import Grid
from ...families.targets import SINE_MODES
from ...problem import Problem
from ...samplers import make_sampler
from ...samplers.base import MAX_TABLE_MODULUS, Nodes
from ...subnetwork import features

LINES = {"sine": ("sine", 1), "sines": ("sine", SINE_MODES), "ridge": ("ridge", 1)}
"""Structured targets by name: the function along one line of modes, and how many lines."""

GAUSSIAN_KAPPA = 3.0
"""kappa of weights that are a sum of many independent terms: E u^4 / (E u^2)^2."""

# A line's function counts as spanned when less than this share of its energy is left.
_SPANNED = 1e-12


@dataclass(frozen=True)
class LineFit:
    """How well K nodes on the right line represent the function along it, K = 0, 1, ...

    Attributes
    ----------
    residual : numpy.ndarray of float64, shape (K_most + 1,)
        Mean share of the function's energy left by the best combination of K nodes.
    spanned : numpy.ndarray of float64, shape (K_most + 1,)
        Probability that nothing is left.
    """

    residual: np.ndarray
    spanned: np.ndarray


@dataclass(frozen=True)
class Prediction:
    """What to expect of tickets at one number of examples.

    Attributes
    ----------
    train_risk, test_risk : float
        Mean relative risk on the examples, and on the rest of the domain.
    success : float
        Probability that the ticket represents the target exactly: its test risk is rounding.
    """

    train_risk: float
    test_risk: float
    success: float


def coherent_share(points: int, modulus: int, dimension: int) -> float:
    """Share of p* on the modes of the target, M / P^D.

    Parameters
    ----------
    points : int
        M, distinct examples.
    modulus, dimension : int
        P and D.

    Returns
    -------
    float
        Between 0 and 1: the coherent weight grows like M and its square like M^2, while all
        modes together hold P^D ||h||^2, which grows like M.
    """
    return points / modulus**dimension


def fit_line(
    function: str, *, modulus: int, activation: str | np.ndarray, most: int, samples: int, seed: int
) -> LineFit:
    """Find how well K nodes on the right line represent the function along it.

    Parameters
    ----------
    function : str
        The function along the line, a target of `winning_tickets.families.TARGETS` such as "sine".
    modulus : int
        The modulus P.
    activation : str or numpy.ndarray
        See `Problem`.
    most : int
        Largest K.
    samples : int
        Random functions, and sets of nodes, to average over.
    seed : int
        Seed of both.

    Returns
    -------
    LineFit
        For K = 0..most.

    Notes
    -----
    A node (a, b) with a a multiple of the target's direction k is a function of k.x alone. Given
    that p* draws such a node, it is a draw from p* of the problem in one dimension whose data are
    all P points, and least squares over the domain is least squares over those.
    """
    table = make_activation(activation, modulus)
    residual, spanned = np.zeros(most + 1), np.zeros(most + 1)
    rng = np.random.default_rng(seed)
    # Both are exact; a table of all P^2 nodes of a line is quick to make while P is small.
    sampler = "enumeration" if modulus <= MAX_TABLE_MODULUS else "spectral"
    for _ in range(samples):
        line = make_dataset(
            Grid.name, function, dimension=1, modulus=modulus, seed=int(rng.integers(2**53))
        )
        problem = Problem(line.points, line.targets, modulus=modulus, activation=table)
        left = _residuals(problem, make_sampler(sampler, problem).sample(most, rng))
        residual += left
        spanned += left <= _SPANNED
    return LineFit(residual / samples, spanned / samples)


def predict(
    line: LineFit,
    lines: int,
    *,
    nodes: int,
    points: int,
    modulus: int,
    dimension: int,
    optimized: bool = True,
) -> Prediction:
    """Predict the risks of a ticket on a random part of the domain.

    Parameters
    ----------
    line : LineFit
        The target's line, for K up to at least ``nodes``, or to where nothing is left.
    lines : int
        How many lines of equal energy the target is a sum of.
    nodes : int
        Ticket size N.
    points : int
        M distinct examples, more than N.
    modulus, dimension : int
        P and D.
    optimized : bool, default True
        Nodes from p*; otherwise uniform nodes.

    Returns
    -------
    Prediction
        Without any fitted constant.

    Raises
    ------
    ValueError
        If M <= N: then the ticket interpolates the examples, whatever they are.

    Notes
    -----
    Each node lies on a given line with probability M / P^D / lines, and by chance. K of them leave
    a share r_K; the others are noise that fits it on the examples (docs/generalization.md).
    """
    if points <= nodes:
        raise ValueError(f"points: {points} examples are needed to be more than {nodes} nodes")
    share = coherent_share(points, modulus, dimension)
    # The noise, too, falls on a line now and then: it has P - 1 directions of P^D.
    by_chance = (modulus - 1) / modulus**dimension
    coherent = share if optimized else 0.0
    chance = coherent / lines + (1 - coherent) * by_chance
    count = np.arange(nodes + 1)
    weights = scipy.stats.binom.pmf(count, nodes, chance)
    held = np.minimum(count, len(line.residual) - 1)
    # Uniform nodes of a line span any of its P - 1 dimensions alike.
    left = line.residual[held] if optimized else np.maximum(0.0, 1 - count / (modulus - 1))
    noise = nodes - np.minimum(lines * count, nodes)
    spread = 1 + (GAUSSIAN_KAPPA - 1) * left if optimized else np.ones(nodes + 1)
    train, test = _noise_factors(noise / points, spread * (1 - share), share)
    return Prediction(
        float(weights @ (left * train)),
        float(weights @ (left * test)),
        success_probability(line, lines, nodes, chance),
    )


def success_probability(line: LineFit, lines: int, draws: int, chance: float) -> float:
    """Probability that independent draws hold enough nodes of every line.

    Parameters
    ----------
    line : LineFit
        The line.
    lines : int
        How many of them.
    draws : int
        Nodes drawn: N, or c N candidates of which a greedy choice keeps the right ones.
    chance : float
        Probability that a node lies on one given line; at most 1 / lines.

    Returns
    -------
    float
        The exact multinomial sum, one line after another.
    """
    remaining, count = np.indices((draws + 1, draws + 1))
    possible = count <= remaining
    held = line.spanned[np.minimum(count, len(line.spanned) - 1)]
    # left[n]: probability that the lines so far are spanned and n draws remain for the others.
    left = np.zeros(draws + 1)
    left[draws] = 1.0
    for number in range(lines):
        here = min(1.0, chance / (1 - number * chance))
        joint = left[:, None] * scipy.stats.binom.pmf(count, remaining, here) * held
        left = np.bincount((remaining - count)[possible], joint[possible], minlength=draws + 1)
    return float(left.sum())


def _residuals(problem: Problem, nodes: Nodes) -> np.ndarray:
    """Return the share of energy that the first K nodes leave, K = 0..n."""
    columns = features(nodes, problem.points, problem)
    residual = problem.values[:, 0].copy()
    energy = residual @ residual
    basis = np.zeros((len(residual), 0))
    left = [1.0]
    for column in columns.T:
        direction = column - basis @ (basis.T @ column)
        direction -= basis @ (basis.T @ direction)
        length = np.linalg.norm(direction)
        if length > 1e-6 * np.linalg.norm(column):
            basis = np.column_stack([basis, direction / length])
            residual = residual - basis[:, -1] * (basis[:, -1] @ residual)
        left.append(residual @ residual / energy)
    return np.array(left)


def _noise_factors(
    density: np.ndarray, spread: np.ndarray, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return what noise nodes make of the rest that the lines leave: train and test factors.

    ``density`` is noise nodes per example, ``spread`` the kappa of their weights on that rest.
    """
    slope = 1 + (spread - 1) * density
    explained = spread * density / slope
    learnt = spread * density / ((1 - density) * slope**2)
    # Over the whole domain noise nodes are orthogonal to the target: what they explain on the
    # examples they get wrong on the rest.
    unseen = 2 * share / (1 - share) * explained if share < 1 else 0.0
    return 1 - explained, 1 + learnt + unseen
