"""Capped: it draws what it says, counts what it tries, and refuses where it would never end."""

import numpy as np
import pytest
from scipy import stats

import winning_tickets as wt
from tests.samplers.goodness import LEVEL, chi_square, full_grid, node_counts
from tests.support import all_scaled_weights, assert_one_line
from winning_tickets.families import make_dataset
from winning_tickets.samplers import capped

BACKENDS = ["numba", "numpy"]


def small(outputs=1, seed=0):
    rng = np.random.default_rng(seed)
    points = full_grid(5, 2)[rng.choice(25, 14, replace=False)]
    shape = (14,) if outputs == 1 else (14, outputs)
    return points, rng.normal(size=shape)


def capped_probabilities(points, targets, cap):
    """Return the probability of every node by brute force."""
    energy = np.sum(all_scaled_weights(points, targets, 5, "relu") ** 2, axis=1)
    kept = np.minimum(energy, cap * energy.mean())
    return kept / kept.sum(), energy / energy.sum(), kept.mean() / (cap * energy.mean())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("cap", "outputs"), [(2.0, 1), (20.0, 1), (1.5, 2)])
def test_nodes_follow_the_capped_law(cap, outputs, backend):
    points, targets = small(outputs)
    problem = wt.Problem(points, targets, modulus=5)
    sampler = wt.make_sampler("capped", problem, cap=cap, backend=backend)
    counts = node_counts(sampler.sample(20_000, rng=1), 5)
    law, optimized, rate = capped_probabilities(points, targets, cap)
    assert chi_square(counts, law) > LEVEL
    assert sampler.distance() == pytest.approx(0.5 * np.abs(law - optimized).sum(), abs=1e-12)
    law = stats.nbinom(20_000, rate)
    assert law.ppf(5e-5) <= sampler.report.proposals - 20_000 <= law.ppf(1 - 5e-5)
    assert sampler.rate == pytest.approx(rate, rel=0.1)


def test_a_low_cap_is_told_from_the_optimized_distribution_and_a_high_one_is_not():
    points, targets = small()
    problem = wt.Problem(points, targets, modulus=5)
    _, optimized, _ = capped_probabilities(points, targets, 1.0)
    low = wt.make_sampler("capped", problem, cap=1.0).sample(20_000, rng=0)
    assert chi_square(node_counts(low, 5), optimized) < LEVEL
    high = wt.make_sampler("capped", problem, cap=1e3)
    assert high.distance() == 0.0
    assert chi_square(node_counts(high.sample(5_000, rng=0), 5), optimized) > LEVEL


@pytest.mark.parametrize("bug", ["cap", "shift", "negligible", "weights"])
def test_planted_bugs_are_caught(bug, monkeypatch):
    points, targets = small()
    problem = wt.Problem(points, targets, modulus=5)
    sampler = wt.make_sampler("capped", problem, cap=2.0)
    if bug == "cap":  # twice the ceiling
        sampler._ceiling *= 2
    elif bug == "weights":  # a point without its weight
        sampler._columns[0, 0] = 0.0
    elif bug == "shift":  # b off by one
        query = sampler._query
        monkeypatch.setattr(sampler, "_query", lambda p, b, w, g: query(p, (b + 1) % 5, w, g))
    else:  # the square forgotten
        uniform_nodes = sampler._uniform_nodes

        def rooted(count, rng):
            nodes, energies = uniform_nodes(count, rng)
            return nodes, np.sqrt(energies)

        monkeypatch.setattr(sampler, "_uniform_nodes", rooted)
    counts = node_counts(sampler.sample(20_000, rng=0), 5)
    law, _, _ = capped_probabilities(points, targets, 2.0)
    assert chi_square(counts, law) < LEVEL


def test_both_kernels_give_the_same_draws():
    problem = wt.Problem(*small(), modulus=5)
    draws = [
        wt.make_sampler("capped", problem, backend=backend).sample(500, rng=3)
        for backend in BACKENDS
    ]
    np.testing.assert_array_equal(draws[0].a, draws[1].a)
    np.testing.assert_array_equal(draws[0].b, draws[1].b)


def random_problem(size, dimension=9):
    rng = np.random.default_rng(size)
    points = rng.integers(0, 5, (size, dimension))
    return wt.Problem(points, rng.normal(size=size), modulus=5)


@pytest.mark.parametrize("size", [200, 800])
def test_on_random_data_a_node_takes_as_many_proposals_as_the_cap_whatever_the_points(size):
    sampler = wt.make_sampler("capped", random_problem(size), cap=20)
    sampler.sample(500, rng=0)
    assert sampler.report.acceptance_rate == pytest.approx(1 / 20, rel=0.15)
    made = sampler.report.proposals_made
    assert sampler.report.weight_evaluations == size * (made + capped.PROBES)


def test_on_a_grid_with_one_mode_hardly_any_node_is_accepted():
    points = full_grid(5, 5)
    problem = wt.Problem(points, np.sin(2 * np.pi * points[:, 0] / 5), modulus=5)
    sampler = wt.make_sampler("capped", problem)
    # 4 of 3,125 vectors a carry weight, each far above the cap.
    assert sampler.distance() > 0.4 and sampler.rate < 0.002


@pytest.mark.parametrize(
    ("family", "target", "dimension", "settings", "least", "most"),
    [
        ("random", "labels", 6, {"count": 200}, 0.0, 2e-5),
        ("random", "sines", 6, {"count": 200}, 1e-3, 1e-2),
        ("grid", "sines", 4, {}, 0.3, 0.4),
    ],
)
def test_how_far_it_is_from_the_optimized_distribution(
    family, target, dimension, settings, least, most
):
    """What docs/limits.md says of it."""
    data = make_dataset(family, target, dimension=dimension, modulus=5, seed=3, **settings)
    problem = wt.Problem(data.points, data.targets, modulus=5)
    assert least <= wt.make_sampler("capped", problem).distance() <= most


def test_more_work_than_the_budget_is_refused_in_one_line(monkeypatch):
    problem = random_problem(60)
    sampler = wt.make_sampler("capped", problem)
    monkeypatch.setattr(capped, "LARGEST_WORK", 50.5 * 60 / sampler.rate)
    assert len(sampler.sample(50, rng=0)) == 50
    with pytest.raises(ValueError) as error:
        sampler.sample(51, rng=0)
    assert_one_line(error, "50 nodes and not 51; use spectral")
    assert sampler.report.nodes == 50
    points = full_grid(3, 9)
    flat = wt.Problem(points, np.sin(2 * np.pi * points[:, 0] / 3), modulus=3)
    with pytest.raises(ValueError) as error:
        wt.make_sampler("capped", flat).sample(1, rng=0)
    assert_one_line(error, "0 nodes and not 1")


def test_what_cannot_be_written_out_has_no_distance():
    with pytest.raises(ValueError) as error:
        wt.make_sampler("capped", random_problem(60, dimension=40)).distance()
    assert_one_line(error, "5^41")


@pytest.mark.parametrize(("cap", "kind"), [("20", TypeError), (True, TypeError), (0, ValueError)])
def test_a_cap_that_is_none_is_refused_in_one_line(cap, kind):
    with pytest.raises(kind) as error:
        wt.make_sampler("capped", random_problem(10), cap=cap)
    assert_one_line(error, "cap: ")


def test_a_prior_and_a_soft_threshold_are_refused():
    problem = wt.Problem([[0], [1], [3]], [1.0, 2.0, -1.0], modulus=5, prior=[0.2] * 5)
    with pytest.raises(ValueError, match="takes none"):
        wt.make_sampler("capped", problem)
    with pytest.raises(ValueError, match="does not apply"):
        wt.make_sampler("capped", random_problem(10), soft_threshold=1.0)
