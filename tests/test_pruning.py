"""Pruning by magnitude: the largest weights, ties, repeats."""

import numpy as np
import pytest

import winning_tickets as wt
from winning_tickets.families import make_dataset
from winning_tickets.pruning import prune_candidates, prune_network
from winning_tickets.samplers.base import Nodes
from winning_tickets.wide_network import all_nodes

DATA = make_dataset("random", "labels", dimension=3, modulus=5, seed=2, count=20)
PROBLEM = wt.Problem(DATA.points, DATA.targets, modulus=5)


def test_the_network_keeps_its_largest_weights():
    nodes = all_nodes(PROBLEM)
    weights = np.abs(PROBLEM.optimal_weights(nodes.a, nodes.b))
    kept = prune_network(PROBLEM, 30)
    found = np.abs(PROBLEM.optimal_weights(kept.a, kept.b))
    np.testing.assert_allclose(found, np.sort(weights)[::-1][:30], rtol=1e-7)
    assert kept.unique_count == 30


def test_a_smaller_ticket_begins_a_larger_one():
    small, large = prune_network(PROBLEM, 5), prune_network(PROBLEM, 50)
    assert (small.a == large.a[:5]).all() and (small.b == large.b[:5]).all()


def test_all_nodes_as_candidates_are_the_network():
    nodes = all_nodes(PROBLEM)
    twice = Nodes(np.concatenate([nodes.a, nodes.a]), np.concatenate([nodes.b, nodes.b]))
    kept, expected = prune_candidates(PROBLEM, twice, 40), prune_network(PROBLEM, 40)
    assert (kept.a == expected.a).all() and (kept.b == expected.b).all()


def test_of_equal_weights_the_first_is_kept():
    """On the line through 0 and (1, 0, 0) only the first coordinate of a counts."""
    points = np.zeros((5, 3), dtype=int)
    points[:, 0] = np.arange(5)
    problem = wt.Problem(points, [1.0, -2.0, 0.5, 0.3, 4.0], modulus=5)
    kept = prune_network(problem, 25)
    assert (kept.a[:, 0] == kept.a[0, 0]).all() and (kept.b == kept.b[0]).all()
    assert kept.a[:, 1:].tolist() == [[i, j] for i in range(5) for j in range(5)]


@pytest.mark.parametrize("count", [0, -1, 2.5])
def test_sizes_are_whole_numbers_of_at_least_one(count):
    with pytest.raises((ValueError, TypeError), match="count"):
        prune_network(PROBLEM, count)
    with pytest.raises((ValueError, TypeError), match="count"):
        prune_candidates(PROBLEM, prune_network(PROBLEM, 3), count)
