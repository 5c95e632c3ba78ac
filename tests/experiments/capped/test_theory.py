"""The law of capped nodes against brute force, and what it says about where a cap is enough."""

import numpy as np
import pytest
from scipy import stats

import winning_tickets as wt
from tests.support import all_scaled_weights
from winning_tickets.activations import ACTIVATIONS
from winning_tickets.experiments.capped import measure as measuring
from winning_tickets.experiments.capped.theory import CappedLaw, certain_cap, gaussian_distance
from winning_tickets.families import make_dataset
from winning_tickets.samplers.enumeration import enumerate_energies

CAPS = [0.3, 1.0, 2.0, 7.5, 40.0]


def small(activation="relu", seed=1):
    rng = np.random.default_rng(seed)
    points = np.array([[x, y] for x in range(5) for y in range(5)])[rng.choice(25, 12, False)]
    targets = rng.normal(size=12)
    problem = wt.Problem(points, targets, modulus=5, activation=activation)
    return problem, all_scaled_weights(points, targets, 5, activation)[:, 0] ** 2


@pytest.mark.parametrize("cap", CAPS)
def test_distance_and_proposals_are_those_of_all_nodes_one_by_one(cap):
    problem, energies = small()
    law, mean = CappedLaw(enumerate_energies(problem)), energies.mean()
    accepted = [min(1.0, energy / (cap * mean)) for energy in energies]
    drawn = [chance / sum(accepted) for chance in accepted]
    apart = [abs(p - energy / energies.sum()) for p, energy in zip(drawn, energies, strict=True)]
    assert law.distance(cap) == pytest.approx(sum(apart) / 2, abs=1e-12)
    assert law.proposals(cap) == pytest.approx(len(energies) / sum(accepted), rel=1e-12)
    assert law.distance(cap) == pytest.approx(
        wt.make_sampler("capped", problem, cap=cap).distance(), abs=1e-12
    )


def test_the_ends_are_uniform_nodes_and_p_star():
    _, energies = small()
    law, optimized = CappedLaw(energies), energies / energies.sum()
    apart = np.abs(optimized - 1 / len(energies)).sum() / 2
    assert law.uniform_distance() == pytest.approx(apart, abs=1e-12)
    assert law.distance(1e-6) == pytest.approx(
        np.abs(optimized - (energies > 0) / np.sum(energies > 0)).sum() / 2, abs=1e-6
    )
    assert law.distance(law.largest) == 0.0 < law.distance(0.99 * law.largest)


def test_enough_is_the_smallest_cap_that_does():
    law = CappedLaw(small()[1])
    for tolerance in (0.3, 0.01, 1e-4):
        cap = law.enough(tolerance)
        assert law.distance(cap) <= tolerance < law.distance(0.999 * cap)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_no_node_exceeds_the_certain_cap_and_some_targets_reach_it(activation):
    problem, energies = small(activation)
    assert energies.max() / energies.mean() <= certain_cap(problem)
    # One point, or targets in proportion to the activation of one node at its peak.
    single = wt.Problem([[1, 2]], [2.0], modulus=5, activation=activation)
    law = CappedLaw(enumerate_energies(single))
    assert law.largest == pytest.approx(certain_cap(single), rel=1e-9)


def test_gaussian_energies_are_as_far_apart_as_the_formula_says():
    probabilities = (np.arange(400_000) + 0.5) / 400_000
    law = CappedLaw(stats.norm.ppf(probabilities) ** 2)
    for cap in (1.0, 2.0, 5.0, 10.0):
        assert law.distance(cap) == pytest.approx(gaussian_distance(cap), rel=0.02)
    assert gaussian_distance(20.0) == pytest.approx(1.5e-5, rel=0.05)


def needed(**size):
    """Return the proposals over M' that bring nodes within 0.01 of p*."""
    data = make_dataset(**size, modulus=5, seed=2)
    problem = wt.Problem(data.points, data.targets, modulus=5)
    law = CappedLaw(measuring.enumerate_energies(problem))
    return law.proposals(law.enough(0.01)) / problem.support_size


RANDOM = {"family": "random", "target": "labels", "dimension": 6, "count": 200}
GRID = {"family": "grid", "target": "sine", "dimension": 4}


def test_a_few_proposals_do_on_random_data_and_as_many_as_points_are_needed_on_a_grid():
    assert needed(**RANDOM) < 0.05
    assert 0.5 < needed(**GRID) < 1.0


def test_a_planted_bug_that_flips_the_answer_is_seen(monkeypatch):
    """The mean over nodes with a weight, not over all: the grid then looks easy."""

    def weighty(problem):
        energies = enumerate_energies(problem)
        return energies[energies > 0]

    monkeypatch.setattr(measuring, "enumerate_energies", weighty)
    assert needed(**GRID) < 0.05
