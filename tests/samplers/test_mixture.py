"""Several outputs and the soft threshold: shares, rates known beforehand, honest reports."""

import numpy as np
import pytest
from scipy import stats

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import assert_one_line, is_rejected
from winning_tickets import statistics
from winning_tickets.samplers import mixture

EXACT = ["enumeration", "fft", "rejection", "spectral"]


def random_problem(outputs=None, modulus=5, seed=0):
    rng = np.random.default_rng(seed)
    points = full_grid(modulus, 3)[rng.choice(modulus**3, size=20, replace=False)]
    return wt.Problem(points, rng.normal(size=20 if outputs is None else (20, outputs)), modulus=5)


def softened(problem, soft_threshold):
    """Return all energies, the threshold in their unit, and w^2 / (w^2 + Delta)."""
    nodes = full_grid(problem.modulus, problem.dimension + 1)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    delta = soft_threshold * energy.mean()
    return energy, delta, energy / (energy + delta)


@pytest.mark.parametrize("name", EXACT)
def test_outputs_are_mixed_by_their_share_of_the_norm(name):
    # Two targets on far frequencies: a node tells which of them it was drawn for.
    grid = full_grid(5, 2)
    targets = np.stack([3 * np.cos(2 * np.pi * grid[:, j] / 5) for j in range(2)], axis=1)
    targets[:, 1] /= 2
    problem = wt.Problem(grid, targets, modulus=5)
    nodes = wt.make_sampler(name, problem).sample(4_000, rng=0)
    first = (nodes.a[:, 0] > 0) & (nodes.a[:, 1] == 0)
    second = (nodes.a[:, 1] > 0) & (nodes.a[:, 0] == 0)
    assert (first ^ second).all()
    assert stats.binomtest(int(first.sum()), 4_000, 0.8).pvalue > 1e-4
    # Their order says nothing.
    assert stats.binomtest(int(first[:2_000].sum()), 2_000, 0.8).pvalue > 1e-4


@pytest.mark.parametrize("name", EXACT)
def test_the_report_of_several_outputs_adds_up(name):
    problem = random_problem(outputs=3)
    sampler = wt.make_sampler(name, problem)
    before = sampler.report
    sampler.sample(50, rng=0)
    report = sampler.report
    assert report.nodes == 50
    assert report.proposals >= 50
    assert (report.proposals > 50) == (name == "rejection")
    assert report.memory_bytes == before.memory_bytes > 0
    single = wt.make_sampler(name, random_problem()).report
    assert report.levels == single.levels
    assert report.array_entries == 3 * single.array_entries


@pytest.mark.parametrize("soft_threshold", [0.01, 0.3, 0.999, 1.0, 4.0, 1e6])
def test_the_acceptance_rate_is_the_one_known_beforehand(soft_threshold):
    problem = random_problem()
    energy, delta, soft = softened(problem, soft_threshold)
    from_uniform = soft.mean()
    from_optimized = np.average(delta / (energy + delta), weights=energy)
    # The better proposal is told by the threshold alone.
    assert from_optimized == pytest.approx(soft_threshold * from_uniform)
    rate = from_optimized if soft_threshold >= 1 else from_uniform
    sampler = wt.make_sampler("spectral", problem, soft_threshold=soft_threshold)
    for _ in range(3):
        sampler.sample(1_000, rng=np.random.default_rng(1))
    report = sampler.report
    assert report.nodes == 3_000
    assert report.acceptance_rate == report.nodes / report.proposals
    low, high = stats.nbinom(1_000, rate).ppf([5e-5, 1 - 5e-5])
    assert low <= report.proposals / 3 - 1_000 <= high


def test_the_rate_of_rejection_counts_both_steps():
    problem = random_problem()
    plain = wt.make_sampler("spectral", problem, soft_threshold=2.0)
    both = wt.make_sampler("rejection", problem, soft_threshold=2.0)
    plain.sample(3_000, rng=0), both.sample(3_000, rng=0)
    ratio = both.report.proposals / plain.report.proposals
    assert ratio == pytest.approx(problem.support_size, rel=0.1)


def test_weight_evaluations_count_the_judgement_of_every_proposal():
    problem = random_problem()
    uniform = wt.make_sampler("spectral", problem, soft_threshold=0.5)
    uniform.sample(10, rng=0)
    assert uniform.report.weight_evaluations == 64 * problem.support_size
    optimized = wt.make_sampler("spectral", problem, soft_threshold=2.0)
    optimized.sample(10, rng=0)
    assert optimized.report.weight_evaluations == 2 * 64 * problem.support_size


@pytest.mark.parametrize(("soft_threshold", "other"), [(0.999, 1.0), (1.0, 0.999)])
def test_both_proposals_draw_from_the_same_distribution(soft_threshold, other):
    problem = random_problem()
    nodes = wt.make_sampler("spectral", problem, soft_threshold=soft_threshold).sample(
        30_000, rng=0
    )
    index = np.ravel_multi_index((*nodes.a.astype(int).T, nodes.b), (5, 5, 5, 5))
    _, _, soft = softened(problem, other)
    fit = statistics.chi_square(np.bincount(index, minlength=625), soft / soft.sum())
    # One part in a thousand between the two thresholds is nothing at this number of draws.
    assert not is_rejected(fit.p_value)


def test_the_walk_of_the_proposing_sampler_is_counted():
    problem = random_problem()
    proposals = wt.make_sampler("spectral", problem)
    proposals.sample(64, rng=0)
    sampler = wt.make_sampler("spectral", problem, soft_threshold=5.0)
    sampler.sample(32, rng=0)
    # The first call proposes 64 nodes; a second one may follow.
    assert sampler.report.walk_operations >= proposals.report.walk_operations > 0


def test_forgetting_the_threshold_is_caught():
    problem = random_problem()
    nodes = wt.make_sampler("spectral", problem).sample(30_000, rng=0)
    index = np.ravel_multi_index((*nodes.a.astype(int).T, nodes.b), (5, 5, 5, 5))
    _, _, soft = softened(problem, 4.0)
    fit = statistics.chi_square(np.bincount(index, minlength=625), soft / soft.sum())
    assert is_rejected(fit.p_value)


@pytest.mark.parametrize("name", EXACT)
def test_a_tiny_threshold_is_uniform_on_the_support(name):
    grid = full_grid(5, 2)
    problem = wt.Problem(grid, np.cos(2 * np.pi * (grid @ [1, 3]) / 5), modulus=5)
    nodes = wt.make_sampler(name, problem, soft_threshold=1e-12).sample(10_000, rng=0)
    everything = full_grid(5, 3)
    support = problem.node_energy(everything[:, :2], everything[:, 2]) > 0
    index = np.ravel_multi_index((*nodes.a.astype(int).T, nodes.b), (5, 5, 5))
    counts = np.bincount(index, minlength=125)
    assert not is_rejected(statistics.chi_square(counts, support / support.sum()).p_value)


@pytest.mark.parametrize("soft_threshold", [1e-320, 1e-200, 1e200, 1.7e308])
@pytest.mark.parametrize("size", [1e-120, 1.0, 1e120])
def test_extreme_thresholds_are_the_limits(soft_threshold, size):
    problem = wt.Problem([[0, 1], [2, 2], [1, 0]], np.array([1.0, -2.0, 0.5]) * size, modulus=3)
    sampler = wt.make_sampler("spectral", problem, soft_threshold=soft_threshold)
    with np.errstate(all="raise", under="ignore"):
        nodes = sampler.sample(100, rng=0)
    assert sampler.report.proposals == (100 if soft_threshold > 1 else sampler.report.proposals)
    assert (problem.node_energy(nodes.a, nodes.b) > 0).all()


def test_a_hopeless_rate_ends_in_one_line(monkeypatch):
    monkeypatch.setattr(mixture, "_MINIMUM_ACCEPTANCE", 0.05)
    grid = full_grid(5, 4)
    problem = wt.Problem(grid, np.cos(2 * np.pi * (grid @ [1, 3, 0, 2]) / 5), modulus=5)
    sampler = wt.make_sampler("spectral", problem, soft_threshold=1.0)
    with pytest.raises(RuntimeError) as error:
        sampler.sample(100, rng=0)
    assert_one_line(error, "soft_threshold")
