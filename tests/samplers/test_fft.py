"""The power spectrum by one FFT: the slice theorem in use, zeros stay zeros, the report."""

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import is_rejected, random_case
from winning_tickets import statistics
from winning_tickets.samplers import fft


@pytest.mark.parametrize("seed", [0, 1, 4, 5, 8])
def test_weights_read_off_the_spectrum_equal_direct_sums(seed):
    _, case = random_case(seed)
    problem = case.problem()
    sampler = wt.make_sampler("fft", problem)
    a = full_grid(case.modulus, problem.dimension)
    by_slices = sampler._ridgelet.scaled_weights(sampler._multiples(a))
    for b in range(case.modulus):
        direct = problem.optimal_weights(a, np.full(len(a), b), scaled=True)
        np.testing.assert_allclose(by_slices[b], direct, atol=1e-11)


@pytest.mark.parametrize("activation", wt.ACTIVATIONS)
def test_v_follows_the_spectrum_of_the_activation(activation):
    g = wt.make_activation(activation, 7)
    power = np.abs(np.fft.fft(g)) ** 2
    power[power < 1e-20] = 0.0
    drawn = fft.ActivationSpectrum(g).draw(np.random.default_rng(0).random(20_000))
    assert drawn.min() >= 1
    counts = np.bincount(drawn, minlength=7)
    assert not is_rejected(statistics.chi_square(counts, power / power.sum()).p_value)


def test_frequencies_that_are_rounding_are_never_drawn():
    grid = full_grid(3, 7)
    mode = np.array([1, 0, 2, 0, 1, 1, 2])
    problem = wt.Problem(grid, np.cos(2 * np.pi * (grid @ mode) / 3), modulus=3)
    nodes = wt.make_sampler("fft", problem).sample(20_000, rng=0)
    assert {tuple(a) for a in nodes.a} == {tuple(mode), tuple(2 * mode % 3)}
    assert (problem.node_energy(nodes.a, nodes.b) > 0).all()


def test_the_number_of_nodes_handled_at_a_time_changes_no_draw(monkeypatch):
    _, case = random_case(5)
    whole = wt.make_sampler("fft", case.problem()).sample(500, rng=0)
    monkeypatch.setattr(fft, "_TILE_ENTRIES", 0)
    single = wt.make_sampler("fft", case.problem()).sample(500, rng=0)
    np.testing.assert_array_equal(whole.a, single.a)
    np.testing.assert_array_equal(whole.b, single.b)


def test_histograms_are_correlated_with_the_activation():
    rng = np.random.default_rng(0)
    g = wt.make_activation("relu", 31)
    histograms = rng.normal(size=(4, 31))
    direct = [[row @ np.roll(g, b) for row in histograms] for b in range(31)]
    found = fft.ActivationSpectrum(g).correlate(histograms)
    np.testing.assert_allclose(found, direct, atol=1e-13)


def test_the_report():
    _, case = random_case(0)
    problem = case.problem()
    sampler = wt.make_sampler("fft", problem)
    sampler.sample(30, rng=0)
    report = sampler.report
    assert (report.nodes, report.proposals, report.levels) == (30, 30, 0)
    assert report.array_entries == problem.modulus**problem.dimension
    assert report.memory_bytes == fft.FFTSampler.memory_required(problem)
    assert report.memory_bytes >= 16 * report.array_entries


def test_it_needs_less_memory_than_the_table():
    # 8 P^(D+1) bytes against 8 P^D + 32 P^D (P + 1) / (2 P), where batches are small beside both.
    problem = wt.Problem(np.zeros((1, 9), dtype=int), [1.0], modulus=7)
    table, spectrum = (
        wt.SAMPLERS[name].memory_required(problem) for name in ("enumeration", "fft")
    )
    assert table / spectrum == pytest.approx(8 * 7 / (8 + 32 * 8 / 14), rel=0.05)
