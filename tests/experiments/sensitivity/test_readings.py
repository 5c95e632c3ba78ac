"""Readings of the optimized distribution: drawn exactly, and admissible."""

import numpy as np
import pytest

import winning_tickets as wt
from winning_tickets.activations import ACTIVATIONS, make_activation
from winning_tickets.experiments.sensitivity.readings import (
    AbsoluteWeights,
    Reading,
    single_harmonic,
)
from winning_tickets.experiments.sensitivity.theory import gaussian_kappa
from winning_tickets.kernel import frequency_shares
from winning_tickets.law import kappa
from winning_tickets.statistics import chi_square
from winning_tickets.wide_network import all_nodes, node_counts, wide_solution

READINGS = (
    Reading(),
    Reading(absolute=True),
    Reading(soft_threshold=1.0),
    Reading(soft_threshold=0.2),
    Reading(harmonic=1),
    Reading(harmonic=2),
)
EXACT = ("enumeration", "fft", "rejection", "spectral")


def problem(count=15, dimension=2, activation="relu", seed=0):
    rng = np.random.default_rng(seed)
    points = np.unique(rng.integers(5, size=(4 * count, dimension)), axis=0)
    points = rng.permutation(points)[:count]
    targets = rng.standard_normal(len(points))
    return wt.Problem(points, targets, modulus=5, activation=activation)


def p_value(reading, name, told=None):
    """Return that of nodes drawn in one reading against the probabilities of another."""
    posed = problem()
    nodes = reading.sampler(name, posed).sample(20_000, rng=1)
    return chi_square(node_counts(nodes, 5), (told or reading).probabilities(posed)).p_value


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_nodes_have_the_probabilities_of_the_reading(reading, name):
    assert p_value(reading, name) > 1e-4


@pytest.mark.parametrize("reading", READINGS[1:], ids=str)
def test_those_of_another_reading_are_refused(reading):
    assert p_value(reading, "spectral", Reading()) < 1e-6


def test_uniform_nodes_are_the_same_in_every_reading():
    drawn = [reading.sampler("uniform", problem()).sample(30, rng=2) for reading in READINGS]
    assert all(np.array_equal(nodes.a, drawn[0].a) for nodes in drawn)


def test_probabilities_are_proportional_to_what_is_said():
    posed = problem()
    weights = Reading().weights(posed)
    absolute, soft = (reading.probabilities(posed) for reading in READINGS[1:3])
    np.testing.assert_allclose(absolute, np.abs(weights) / np.abs(weights).sum())
    squares = weights**2
    expected = squares / (squares + squares.mean())
    np.testing.assert_allclose(soft, expected / expected.sum())


def test_the_table_free_way_to_absolute_weights_accepts_as_often_as_said():
    posed = problem(count=200, dimension=5)
    sampler = AbsoluteWeights(wt.make_sampler("spectral", posed), posed)
    sampler.sample(20_000, rng=3)
    report = sampler.report
    assert report.nodes / report.proposals == pytest.approx(np.sqrt(2 / np.pi), abs=0.02)
    assert report.weight_evaluations > report.proposals * posed.support_size
    assert report.walk_operations > 0


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("modulus", [3, 5, 7])
def test_every_ridgelet_function_of_one_frequency_reconstructs(activation, modulus):
    """S R_r[h] = h on the whole domain, summed over all nodes."""
    g = make_activation(activation, modulus)
    rng = np.random.default_rng(4)
    points = np.array(list(np.ndindex(modulus, modulus)))
    h = rng.standard_normal(len(points))
    posed = wt.Problem(points, h, modulus=modulus, activation=activation)
    nodes = all_nodes(posed)
    phases = (points @ nodes.a.astype(np.int64).T - nodes.b.astype(np.int64)) % modulus
    wide = g[phases] / modulus
    for place, share in enumerate(frequency_shares(g)):
        if share > 1e-12:
            r = single_harmonic(g, place + 1)
            assert r @ g == pytest.approx(1)
            assert np.flatnonzero(np.abs(np.fft.rfft(r)) > 1e-9).tolist() == [place + 1]
            weights = Reading(harmonic=place + 1).weights(posed)
            # Points are kept in lexicographic order, which is that of the grid.
            np.testing.assert_allclose(wide @ weights, h, atol=1e-12)


def test_only_the_activation_itself_gives_the_smallest_weights():
    posed = problem()
    direct = wide_solution(posed, 0.0)
    np.testing.assert_allclose(Reading().weights(posed), direct, atol=1e-12)
    for v, share in enumerate(frequency_shares(posed.activation), start=1):
        weights = Reading(harmonic=v).weights(posed)
        assert weights @ weights == pytest.approx(direct @ direct / share)


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_kappa_of_random_data_is_as_expected(reading):
    found = []
    for seed in range(6):
        posed = problem(count=200, dimension=6, seed=seed)
        found.append(kappa(posed, reading.sampler("spectral", posed).sample(3000, rng=seed)))
    expected = gaussian_kappa(reading, posed.activation)
    assert np.mean(found) == pytest.approx(expected, rel=0.04)


def test_the_expected_kappa_of_a_soft_threshold_runs_from_uniform_to_squares():
    activation = make_activation("relu", 5)
    ends = [gaussian_kappa(Reading(soft_threshold=t), activation) for t in (1e-6, 1e4)]
    assert ends == pytest.approx([1, 3], rel=0.01)
    x = np.random.default_rng(5).standard_normal(1_000_000) ** 2
    drawn = np.average(x, weights=x / (x + 1))
    assert gaussian_kappa(Reading(soft_threshold=1.0), activation) == pytest.approx(drawn, rel=0.01)
