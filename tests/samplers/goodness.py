"""How drawn nodes are compared with the probabilities they should have."""

import numpy as np

import winning_tickets as wt
from winning_tickets import statistics

# Enough draws for every planted bug of these tests, at a rejection level no sound run reaches.
LEVEL = 1e-4


def full_grid(modulus, dimension):
    """Return all points of Z_P^D in lexicographic order."""
    return np.indices((modulus,) * dimension).reshape(dimension, -1).T


def node_probabilities(points, values, modulus, activation="relu"):
    """Return p*(a, b) of the data, by direct summation, shape (P^(D+1),)."""
    problem = wt.Problem(points, values, modulus=modulus, activation=activation)
    nodes = full_grid(modulus, problem.dimension + 1)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    return energy / energy.sum()


def node_counts(nodes, modulus):
    """Return how often each node was drawn, shape (P^(D+1),)."""
    index = np.zeros(len(nodes), dtype=np.int64)
    for column in [*nodes.a.T, nodes.b]:
        index = index * modulus + column
    return np.bincount(index, minlength=modulus ** (nodes.a.shape[1] + 1))


def chi_square(counts, probabilities):
    """Return the p-value of the counts; impossible nodes give 0, rare ones share a cell."""
    return statistics.chi_square(counts, probabilities).p_value


def distance(first, second):
    """Return the total variation between two distributions."""
    return 0.5 * float(np.abs(first - second).sum())
