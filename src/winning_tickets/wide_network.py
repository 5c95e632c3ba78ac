"""The wide network itself, every node written out: direct solutions and all probabilities.

Only for small cases; apart from the closed forms in use, which are checked against it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from .field import index_to_digits
from .problem import Problem
from .samplers.base import Nodes, Sampler
from .statistics import Estimate, expected_total_variation, total_variation

WeightsOf = Callable[[Problem], np.ndarray]

LARGEST_SYSTEM = 20_000_000
"""Entries of the matrix of a direct solution up to which it is attempted."""


def all_nodes(problem: Problem) -> Nodes:
    """Return all P^(D+1) hidden nodes, b running fastest."""
    count = problem.modulus ** (problem.dimension + 1)
    digits = index_to_digits(np.arange(count), problem.modulus, problem.dimension + 1)
    return Nodes(digits[:, :-1], digits[:, -1])


def wide_solution(problem: Problem, ridge: float) -> np.ndarray:
    """Solve the ridge problem of the whole wide network directly, by least squares.

    Parameters
    ----------
    problem : Problem
        A problem with one output; its points, shares, values, activation and prior are used,
        neither its closed-form weights nor the ridgelet transform.
    ridge : float
        lambda >= 0; 0 gives the solution of smallest norm, the limit from above. With a prior
        the norm is sum w(a, b)^2 / (P^D pi(a)).

    Returns
    -------
    numpy.ndarray, shape (P^(D+1),)
        Weights of all nodes, in the order of `all_nodes`.

    Raises
    ------
    ValueError
        If the matrix would have more than `LARGEST_SYSTEM` entries.
    """
    nodes = all_nodes(problem)
    rows = len(problem.points) + (len(nodes) if ridge else 0)
    if rows * len(nodes) > LARGEST_SYSTEM:
        raise ValueError(f"a direct solution for {len(nodes)} nodes is too large")
    products = problem.points.astype(np.int64) @ nodes.a.astype(np.int64).T
    phase = (products - nodes.b.astype(np.int64)) % problem.modulus
    wide = problem.activation[phase] / problem.modulus ** (problem.dimension / 2)
    root, scale = np.sqrt(problem.shares), np.exp(problem.log_prior(nodes.a) / 2)
    matrix, wanted = root[:, None] * wide * scale, root * problem.values[:, 0]
    if ridge:
        matrix = np.vstack([matrix, np.sqrt(ridge) * np.eye(len(nodes))])
        wanted = np.concatenate([wanted, np.zeros(len(nodes))])
    return scale * np.linalg.lstsq(matrix, wanted, rcond=None)[0]


def optimal_weights(problem: Problem) -> np.ndarray:
    """Return w*(a, b) of all nodes, in the order of `all_nodes`."""
    nodes = all_nodes(problem)
    return problem.optimal_weights(nodes.a, nodes.b)


def wide_solution_error(
    problem: Problem, ridge: float, weights: WeightsOf = optimal_weights
) -> float:
    """Return how far weights in closed form are from the direct solution.

    Parameters
    ----------
    problem : Problem
        A problem with one output.
    ridge : float
        lambda >= 0.
    weights : callable
        From the problem to the weights of all nodes, in the order of `all_nodes`.

    Returns
    -------
    float
        The largest difference, over the largest weight of the direct solution.
    """
    direct, closed = wide_solution(problem, ridge), weights(problem)
    return float(np.abs(closed - direct).max() / np.abs(direct).max())


def node_probabilities(problem: Problem) -> np.ndarray:
    """Return p*(a, b) of all nodes, in the order of `all_nodes`."""
    nodes = all_nodes(problem)
    energy = problem.node_energy(nodes.a, nodes.b)
    if problem.prior is not None:
        energy *= np.exp(2 * problem.log_prior(nodes.a))
    return energy / energy.sum()


def node_counts(nodes: Nodes, modulus: int) -> np.ndarray:
    """Count how often each node was drawn, in the order of `all_nodes`."""
    digits = np.column_stack([nodes.a, nodes.b]).astype(np.int64)
    places = modulus ** np.arange(digits.shape[1] - 1, -1, -1)
    return np.bincount(digits @ places, minlength=modulus ** digits.shape[1])


def distances(
    sampler: Sampler, probabilities: np.ndarray, draws: Sequence[int], rng: int
) -> list[float]:
    """Total-variation distance to p* after growing numbers of draws of one stream.

    Parameters
    ----------
    sampler : Sampler
        Draws nodes of a small problem.
    probabilities : numpy.ndarray, shape (P^(D+1),)
        p* of its problem.
    draws : sequence of int
        Increasing numbers of draws.
    rng : int
        Seed of the stream.

    Returns
    -------
    list of float
        One distance for each number of draws.
    """
    generator = np.random.default_rng(rng)
    counts = np.zeros(len(probabilities), dtype=np.int64)
    found = []
    for done, wanted in pairwise([0, *draws]):
        nodes = sampler.sample(wanted - done, rng=generator)
        counts += node_counts(nodes, sampler.problem.modulus)
        found.append(total_variation(counts, probabilities))
    return found


def expected_distances(probabilities: np.ndarray, draws: Sequence[int], rng: int) -> list[Estimate]:
    """Return what exact draws show after each number of draws, with the band that holds 95 %."""
    return [expected_total_variation(probabilities, number, rng=rng) for number in draws]
