"""Rejection: it accepts one proposal in M', counts what it tries, and both kernels agree."""

import numpy as np
import pytest
from scipy import stats

import winning_tickets as wt
from tests.support import random_case
from winning_tickets.samplers import rejection

BACKENDS = ["numba", "numpy"]


def random_problem(size, modulus=5, dimension=9, seed=0):
    rng = np.random.default_rng([seed, size])
    points = np.unique(rng.integers(0, modulus, (2 * size, dimension)), axis=0)
    points = points[rng.permutation(len(points))[:size]]
    return wt.Problem(points, rng.normal(size=size), modulus=modulus)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("size", "nodes"), [(1, 500), (2, 40_000), (30, 4_000), (200, 300)])
def test_one_proposal_in_as_many_as_there_are_points_is_accepted(size, nodes, backend):
    sampler = wt.make_sampler("rejection", random_problem(size), backend=backend)
    sampler.sample(nodes, rng=1)
    report = sampler.report
    assert report.nodes == nodes
    if size == 1:
        assert report.proposals == nodes
        return
    # The proposals beyond the nodes are negative binomial; the level is 1e-4.
    law = stats.nbinom(nodes, 1 / size)
    low, high = law.ppf([5e-5, 1 - 5e-5])
    assert low <= report.proposals - nodes <= high
    assert report.acceptance_rate == report.nodes / report.proposals


def test_a_rate_of_one_in_two_points_more_would_be_noticed():
    sampler = wt.make_sampler("rejection", random_problem(30))
    sampler.sample(2_000, rng=1)
    law = stats.nbinom(2_000, 1 / 34)
    assert sampler.report.proposals - 2_000 < law.ppf(5e-5)


def test_counts_add_up_over_calls():
    problem = random_problem(20)
    sampler = wt.make_sampler("rejection", problem)
    sampler.sample(10, rng=0)
    first = sampler.report.proposals
    sampler.sample(10, rng=0)
    report = sampler.report
    assert report.nodes == 20
    assert report.proposals == 2 * first
    # Proposals are made in batches, so some were evaluated and not needed.
    assert report.weight_evaluations % 20 == 0
    assert report.weight_evaluations >= 20 * report.proposals
    assert (report.levels, report.array_entries) == (0, 0)
    assert report.memory_bytes == rejection.RejectionSampler.memory_required(problem)


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5, 8])
def test_both_kernels_give_the_same_draws(seed):
    _, case = random_case(seed)
    draws = [case.sampler(f"rejection-{backend}").sample(500, rng=seed) for backend in BACKENDS]
    np.testing.assert_array_equal(draws[0].a, draws[1].a)
    np.testing.assert_array_equal(draws[0].b, draws[1].b)


@pytest.mark.parametrize("modulus", [3, 127, 257, 65521])
def test_both_kernels_evaluate_proposals_as_the_formula_says(modulus):
    rng = np.random.default_rng(modulus)
    weights = rng.normal(size=13)
    activation = wt.make_activation("relu", modulus)
    residues = rng.integers(0, modulus, (13, 400))
    b = rng.integers(0, modulus, 400)
    turns = min(2**23 // modulus, 10_000)
    products = residues + modulus * rng.integers(-turns, turns, residues.shape)
    responses = weights[:, None] * activation[(residues - b) % modulus]
    from winning_tickets.samplers import rejection_numba

    kind = np.float32 if modulus <= 257 else np.float64
    for query in (rejection.query, rejection_numba.query):
        total, squares = query(products.astype(kind), b, weights, activation)
        np.testing.assert_allclose(total, responses.sum(axis=0), atol=1e-12)
        np.testing.assert_allclose(squares, np.sum(responses**2, axis=0), atol=1e-12)


def test_ten_thousand_dimensions():
    rng = np.random.default_rng(0)
    problem = wt.Problem(rng.integers(0, 7, (15, 10_000)), rng.normal(size=15), modulus=7)
    sampler = wt.make_sampler("rejection", problem)
    nodes = sampler.sample(20, rng=0)
    assert (problem.node_energy(nodes.a, nodes.b) > 0).all()
    assert sampler.report.proposals > 60
