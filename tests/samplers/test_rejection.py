"""Rejection: it accepts one proposal in M', counts what it tries, and both kernels agree."""

import numpy as np
import pytest
from scipy import stats

import winning_tickets as wt
from tests.support import assert_one_line, fit_of, is_rejected, random_case, smooth_prior
from winning_tickets.field import smallest_unsigned
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
    assert report.surplus_proposals > 0
    assert report.proposals_made == report.proposals + report.surplus_proposals
    assert report.weight_evaluations == 20 * report.proposals_made
    accepted = report.nodes + report.surplus_nodes
    assert report.acceptance_rate == accepted / report.proposals_made
    assert (report.levels, report.array_entries) == (0, 0)
    assert report.memory_bytes == rejection.RejectionSampler.memory_required(problem)


@pytest.mark.parametrize("dimension", [1_024, 8_192])
def test_a_batch_that_yields_a_node_or_two_wastes_none(dimension):
    sampler = wt.make_sampler("rejection", random_problem(100, dimension=dimension))
    sampler.sample(30, rng=0)
    assert sampler.report.weight_evaluations < 1.1 * 100 * sampler.report.proposals


def test_nodes_come_in_the_order_of_acceptance(monkeypatch):
    sampler = wt.make_sampler("rejection", random_problem(3))
    monkeypatch.setattr(type(sampler), "_proposal_batch", 20)
    propose, batches = sampler._propose, []
    monkeypatch.setattr(
        sampler, "_propose", lambda *about: batches.append(propose(*about)) or batches[-1]
    )
    nodes = sampler.sample(50, rng=0)
    accepted = wt.Nodes.join([found for found, _ in batches])
    assert len(batches) > 4
    assert len(accepted) == 50 + sampler.report.surplus_nodes
    np.testing.assert_array_equal(nodes.a, accepted.a[:50])
    np.testing.assert_array_equal(nodes.b, accepted.b[:50])


def test_what_a_call_leaves_over_serves_no_other_call():
    problem = random_problem(3)
    sampler = wt.make_sampler("rejection", problem)
    sampler.sample(1, rng=0)
    assert sampler.report.surplus_nodes > 0
    fresh = wt.make_sampler("rejection", problem).sample(9, rng=5)
    np.testing.assert_array_equal(sampler.sample(9, rng=5).a, fresh.a)


def test_draws_over_many_small_batches_are_exact(monkeypatch):
    _, case = random_case(0)
    sampler = case.sampler("rejection-numba")
    monkeypatch.setattr(type(sampler), "_proposal_batch", 3 * sampler.problem.support_size)
    assert not is_rejected(fit_of(sampler.sample(20_000, rng=0), case))


def test_the_acceptance_rate_of_single_nodes_is_not_too_large():
    problem = random_problem(30)
    rates, naive = [], []
    for seed in range(400):
        sampler = wt.make_sampler("rejection", problem)
        sampler.sample(1, rng=seed)
        rates.append(30 * sampler.report.acceptance_rate)
        naive.append(30 / sampler.report.proposals)
    # Stopping at the first acceptance favours it: E[1 / T] is log(30) / 29 for a rate of 1 / 30.
    assert np.mean(naive) > 2.5
    assert abs(np.mean(rates) - 1) < 0.2


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
    responses = weights[:, None] * activation[(residues - b) % modulus]
    from winning_tickets.samplers import rejection_numba

    kind = smallest_unsigned(modulus)
    for query in (rejection.query, rejection_numba.query):
        total, squares = query(residues.astype(kind), b, weights, activation)
        np.testing.assert_allclose(total, responses.sum(axis=0), atol=1e-12)
        np.testing.assert_allclose(squares, np.sum(responses**2, axis=0), atol=1e-12)


def test_ten_thousand_dimensions():
    rng = np.random.default_rng(0)
    problem = wt.Problem(rng.integers(0, 7, (15, 10_000)), rng.normal(size=15), modulus=7)
    sampler = wt.make_sampler("rejection", problem)
    nodes = sampler.sample(20, rng=0)
    assert (problem.node_energy(nodes.a, nodes.b) > 0).all()
    assert sampler.report.proposals > 60


def prior_problem(size=30, ridge=0.01, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 5, (size, 4))
    prior = smooth_prior(5, 1.0, 0.4)
    return wt.Problem(points, rng.normal(size=size), modulus=5, prior=prior, ridge=ridge)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_rate_under_a_prior_is_known_before_drawing(backend):
    problem = prior_problem()
    sampler = wt.make_sampler("rejection", problem, backend=backend)
    expected = problem.norm_squared / (30 * np.sum(problem.support_weights**2))
    assert sampler.rate == pytest.approx(expected * 30 / problem.support_size, rel=1e-12)
    sampler.sample(4_000, rng=1)
    law = stats.nbinom(4_000, sampler.rate)
    low, high = law.ppf([5e-5, 1 - 5e-5])
    assert low <= sampler.report.proposals - 4_000 <= high


def test_without_a_prior_the_rate_is_one_in_as_many_as_there_are_points():
    assert wt.make_sampler("rejection", random_problem(20)).rate == 1 / 20


def test_more_work_than_the_budget_is_refused_in_one_line(monkeypatch):
    problem = prior_problem()
    sampler = wt.make_sampler("rejection", problem)
    work = 50 * problem.support_size / sampler.rate
    monkeypatch.setattr(rejection, "LARGEST_WORK", work * (1 + 1e-9))
    assert len(sampler.sample(50, rng=0)) == 50
    monkeypatch.setattr(rejection, "LARGEST_WORK", work * (1 - 1e-9))
    with pytest.raises(ValueError) as error:
        sampler.sample(50, rng=0)
    assert_one_line(error, "49 nodes")
    assert sampler.report.nodes == 50


def test_a_prior_that_cancels_nearly_all_is_refused_at_once():
    points = np.arange(40)[:, None]
    prior = smooth_prior(61, 1.0, 0.0)
    targets = np.random.default_rng(0).normal(size=40)
    settings = {"modulus": 61, "activation": "sine", "prior": prior, "ridge": 1e-6}
    problem = wt.Problem(points, targets, **settings)
    with pytest.raises(ValueError) as error:
        wt.make_sampler("rejection", problem).sample(10_000, rng=0)
    assert_one_line(error, "ancestral")
