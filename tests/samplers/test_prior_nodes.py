"""Nodes that know the prior alone: a from the squared prior, b uniform."""

import numpy as np

import winning_tickets as wt
from tests.samplers.goodness import chi_square, node_counts
from tests.support import smooth_prior
from winning_tickets.samplers.prior_nodes import PriorSampler


def test_nodes_follow_the_squared_prior_and_uniform_shifts():
    points = np.array([[0, 1], [2, 2], [3, 0]])
    prior = smooth_prior(5)
    problem = wt.Problem(points, [1.0, -2.0, 0.5], modulus=5, prior=prior, ridge=0.1)
    sampler = PriorSampler(problem)
    nodes = sampler.sample(20_000, rng=0)
    q = prior**2 / np.sum(prior**2)
    probabilities = np.repeat(np.outer(q, q).ravel(), 5) / 5
    assert chi_square(node_counts(nodes, 5), probabilities) > 1e-4
    assert sampler.report.proposals == 20_000
    assert nodes.a.dtype == nodes.b.dtype == np.uint8
