"""Oracle access: every heavy coefficient, no light one, honest bounds, exact draws from them."""

import dataclasses
import tracemalloc

import numpy as np
import psutil
import pytest

import winning_tickets as wt
from tests.samplers.goodness import (
    LEVEL,
    chi_square,
    distance,
    full_grid,
    node_counts,
    node_probabilities,
)
from tests.support import assert_one_line
from winning_tickets.oracle import Coefficients, NoisyModes
from winning_tickets.samplers.base import Nodes
from winning_tickets.samplers.heavy import (
    HeavySampler,
    _child_weights,
    find_candidates,
    plan_search,
)


def table_oracle(values, modulus, dimension, activation="relu"):
    """Return a function on a small domain as an oracle."""
    places = modulus ** np.arange(dimension - 1, -1, -1)
    return wt.OracleProblem(lambda x: values[x @ places], modulus, dimension, activation)


def shares(values, modulus, dimension):
    """Return |h~(k)|^2 / E h^2 for every k."""
    spectrum = np.fft.fftn(values.reshape((modulus,) * dimension)).reshape(-1) / len(values)
    return np.abs(spectrum) ** 2 / np.mean(values**2)


def from_coefficients(coefficients, modulus, grid):
    """Return the function with these coefficients alone."""
    k, values = coefficients
    phases = np.exp(2j * np.pi * (grid @ k.T.astype(np.int64) % modulus) / modulus)
    return (phases @ values).real


def recovery_faults(seed):
    """Return the coefficients missed and the ones wrongly returned, at P = 5 and D = 30."""
    f = NoisyModes(5, 30, modes=7, products=3, noise=0.5, rng=seed)
    share = np.abs(f.coefficients.values) ** 2 / f.mean_square
    threshold = 0.9 * share.min()
    oracle = wt.OracleProblem(f, modulus=5, dimension=30)
    sampler = wt.make_sampler("heavy", oracle, threshold=threshold, seed=seed)
    true = {tuple(k): value for k, value in zip(*f.coefficients, strict=True)}
    found = {tuple(k): value for k, value in zip(*sampler.coefficients, strict=True)}
    # Noise has no coefficient near the threshold: all that is not in the signal is light.
    missed = [k for k in true if k not in found]
    light = [k for k in found if k not in true]
    error = sum(abs(found.get(k, 0) - value) ** 2 for k, value in true.items())
    within = error <= sampler.denoised_total_variation_bound**2 * np.sum(
        np.abs(f.coefficients.values) ** 2
    )
    return missed, light, within


@pytest.mark.parametrize("seed", range(5))
def test_all_heavy_coefficients_and_no_light_one_at_dimension_30(seed):
    missed, light, within = recovery_faults(seed)
    assert not missed
    assert not light
    assert within


@pytest.mark.long
def test_at_most_one_failure_in_100_seeds():
    # At a failure probability of 1e-3 two failures in 100 have probability 0.5 %.
    failures = [seed for seed in range(100, 200) if any(recovery_faults(seed)[:2])]
    assert len(failures) <= 1, failures


def test_the_search_stays_below_one_gibibyte():
    f = NoisyModes(5, 30, rng=0)
    tracemalloc.start()
    sampler = HeavySampler(wt.OracleProblem(f, modulus=5, dimension=30), threshold=0.01)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < sampler.report.memory_bytes < 2**30


def test_draws_at_a_large_modulus_stay_in_the_memory_declared():
    oracle = wt.OracleProblem(lambda x: np.sin(2 * np.pi * 5 * x[:, 0] / 8_209), 8_209, 1)
    sampler = HeavySampler(oracle, threshold=0.2, failure_probability=0.1)
    tracemalloc.start()
    nodes = sampler.sample(400, rng=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # One array of all shifts of all nodes would take 26 MB.
    assert peak < min(16 * 2**20, sampler.report.memory_bytes)
    # Both frequencies of the sine, divided by all v.
    assert nodes.unique_count > 300


def test_a_search_beyond_the_memory_is_refused(monkeypatch):
    oracle = wt.OracleProblem(lambda x: np.cos(2 * np.pi * x[:, 0] / 5), 5, 3)

    class Memory:
        total = HeavySampler(oracle, threshold=0.1).report.memory_bytes - 1

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory)
    with pytest.raises(MemoryError) as error:
        HeavySampler(oracle, threshold=0.1)
    assert_one_line(error, "heavy")


def structured(kind, modulus, dimension, rng):
    grid = full_grid(modulus, dimension)
    directions = rng.integers(0, modulus, (12, dimension))
    if kind == "ridge":
        return np.maximum(grid @ directions[0] % modulus - modulus // 2, 0) - 0.3
    if kind == "shared coordinates":
        directions[:, : dimension - 2] = 0
    values = np.sin(2 * np.pi * (grid @ directions.T) / modulus) @ rng.uniform(0.5, 1, 12)
    if kind == "noisy":
        values += rng.normal(scale=values.std(), size=len(values))
    return values


CASES = [("ridge", 5, 4), ("shared coordinates", 3, 6), ("noisy", 3, 7), ("sum", 7, 3)]


@pytest.mark.parametrize(("kind", "modulus", "dimension"), CASES)
def test_small_domains_give_the_coefficients_of_the_transform(kind, modulus, dimension):
    rng = np.random.default_rng(7)
    for seed in range(4):
        values = structured(kind, modulus, dimension, rng)
        share = shares(values, modulus, dimension)
        threshold = 0.02
        sampler = HeavySampler(
            table_oracle(values, modulus, dimension), threshold=threshold, seed=seed
        )
        k, found = sampler.coefficients
        index = k.astype(np.int64) @ modulus ** np.arange(dimension - 1, -1, -1)
        heavy = np.flatnonzero(share >= threshold * (1 + 1e-9))
        assert set(heavy) <= set(index)
        assert share[index].min() >= threshold / 4
        assert len({*index}) == len(index)
        spectrum = np.fft.fftn(values.reshape((modulus,) * dimension)).reshape(-1) / len(values)
        rest = 1 - share[index].sum()
        assert sampler.missed >= rest - 1e-12
        # 10 standard errors of a least-squares fit with that much left over.
        tolerance = 10 * np.sqrt(max(rest, 1e-24) * np.mean(values**2) / sampler.plan.estimates)
        assert np.abs(found - spectrum[index]).max() < tolerance


@pytest.mark.parametrize(("kind", "modulus", "dimension"), CASES)
def test_both_bounds_hold_against_brute_force(kind, modulus, dimension):
    grid = full_grid(modulus, dimension)
    values = structured(kind, modulus, dimension, np.random.default_rng(11))
    sampler = HeavySampler(table_oracle(values, modulus, dimension), threshold=0.02, seed=1)
    estimated = from_coefficients(sampler.coefficients, modulus, grid)
    drawn = node_probabilities(grid, estimated, modulus)
    exact = node_probabilities(grid, values, modulus)
    assert distance(drawn, exact) <= sampler.total_variation_bound
    k = tuple(sampler.coefficients.frequencies.T)
    spectrum = np.fft.fftn(values.reshape((modulus,) * dimension)) / len(values)
    denoised = from_coefficients(
        Coefficients(sampler.coefficients.frequencies, spectrum[k]), modulus, grid
    )
    clean = node_probabilities(grid, denoised, modulus)
    assert distance(drawn, clean) <= sampler.denoised_total_variation_bound + 1e-12
    assert sampler.denoised_total_variation_bound < 0.1


def test_draws_agree_with_the_fft_sampler_when_nothing_is_missed():
    modulus, dimension = 5, 3
    grid = full_grid(modulus, dimension)
    values = structured("ridge", modulus, dimension, np.random.default_rng(2))
    heavy = HeavySampler(table_oracle(values, modulus, dimension), threshold=0.001)
    assert heavy.total_variation_bound < 1e-6
    exact = node_probabilities(grid, values, modulus)
    fft = wt.make_sampler("fft", wt.Problem(grid, values, modulus=modulus))
    for sampler in (heavy, fft):
        nodes = sampler.sample(40_000, rng=3)
        assert chi_square(node_counts(nodes, modulus), exact) > LEVEL


def mirrored(nodes, modulus):
    return Nodes(nodes.a, (modulus - nodes.b.astype(int)) % modulus)


def shifted(nodes, modulus):
    return Nodes(nodes.a, (nodes.b + 1) % modulus)


def with_zero(nodes, modulus):
    """Let v = 0 be drawn now and then: then a = 0."""
    a = nodes.a.copy()
    a[::50] = 0
    return Nodes(a, nodes.b)


@pytest.mark.parametrize("modulus", [3, 5, 7])
@pytest.mark.parametrize("kind", ["ridge", "sum", "noisy"])
def test_nodes_follow_the_found_coefficients(kind, modulus):
    dimension = 2
    grid = full_grid(modulus, dimension)
    values = structured(kind, modulus, dimension, np.random.default_rng(modulus)) + 0.3
    sampler = HeavySampler(table_oracle(values, modulus, dimension), threshold=0.01)
    expected = node_probabilities(
        grid, from_coefficients(sampler.coefficients, modulus, grid), modulus
    )
    nodes = sampler.sample(40_000, rng=5)
    assert chi_square(node_counts(nodes, modulus), expected) > LEVEL
    for bug in (mirrored, shifted, with_zero):
        assert chi_square(node_counts(bug(nodes, modulus), modulus), expected) < LEVEL, bug


def test_a_dropped_conjugation_is_caught():
    grid = full_grid(5, 2)
    values = structured("sum", 5, 2, np.random.default_rng(1))
    sampler = HeavySampler(table_oracle(values, 5, 2), threshold=0.01)
    expected = node_probabilities(grid, values, 5)
    sampler._table = sampler._table.conj()
    assert chi_square(node_counts(sampler.sample(40_000, rng=5), 5), expected) < LEVEL


def test_the_weights_of_prefixes_are_unbiased():
    modulus, dimension, digits = 3, 4, 2
    values = structured("noisy", modulus, dimension, np.random.default_rng(3))
    share = shares(values, modulus, dimension).reshape((modulus,) * dimension) * np.mean(values**2)
    exact = share.sum(axis=(2, 3)).reshape(-1)
    oracle = table_oracle(values, modulus, dimension)
    plan = dataclasses.replace(plan_search(modulus, dimension, 0.1, 1e-3), functionals=0)
    rng = np.random.default_rng(4)
    functionals = np.zeros((dimension, 0), dtype=np.uint8)
    root = np.zeros((1, 0), dtype=np.uint8)
    runs = np.array(
        [_child_weights(oracle, plan, functionals, root, digits, rng)[0][0] for _ in range(200)]
    )
    error = runs.std(axis=0) / np.sqrt(len(runs))

    def worst(weights):
        return np.max(np.abs(weights - exact) / error)

    # Nine standard scores exceed 4.5 with probability 6e-5.
    assert worst(runs.mean(axis=0)) < 4.5
    diagonal = np.mean(values**2) / (plan.group_size - 1)
    assert worst(runs.mean(axis=0) + diagonal) > 4.5


def test_a_search_with_too_few_points_misses_coefficients():
    """The measured recovery can fail: a thousandth of the points does not suffice."""
    f = NoisyModes(5, 30, rng=0)
    threshold = 0.9 * float(np.min(np.abs(f.coefficients.values) ** 2)) / f.mean_square
    oracle = wt.OracleProblem(f, modulus=5, dimension=30)
    plan = plan_search(5, 30, threshold, 1e-3)
    poor = dataclasses.replace(plan, groups=4, group_size=plan.group_size // 8)
    candidates = find_candidates(oracle, poor, threshold, np.random.default_rng(0))
    known = {tuple(k) for k in candidates}
    lost = [
        k
        for k in f.coefficients.frequencies
        if tuple(k) not in known and tuple((5 - k) % 5) not in known
    ]
    assert lost


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_without_a_heavy_coefficient_there_is_no_ticket_but_a_statement(power):
    f = NoisyModes(5, 30, modes=10, products=0, noise=0.5, rng=1)
    oracle = wt.OracleProblem(lambda x: f(x) - (1 - power) * f.signal(x), modulus=5, dimension=30)
    with pytest.raises(ValueError, match=r"^threshold: h has no Fourier coefficient above 0\.3"):
        wt.make_sampler("heavy", oracle, threshold=0.3)


def test_a_function_that_vanishes_is_named():
    oracle = wt.OracleProblem(lambda x: np.zeros(len(x)), modulus=3, dimension=3)
    with pytest.raises(ValueError, match=r"^h: zero at all"):
        wt.make_sampler("heavy", oracle, threshold=0.3)


def test_any_scale_of_the_function_gives_the_same_tickets_and_bounds():
    f = NoisyModes(5, 8, modes=2, products=0, noise=0.5, rng=1)
    facts = {}
    with np.errstate(all="raise", under="ignore"):
        for size in (1.0, 2.0**-400, 2.0**400):
            oracle = wt.OracleProblem(lambda x, size=size: f(x) * size, modulus=5, dimension=8)
            sampler = wt.make_sampler("heavy", oracle, threshold=0.1)
            nodes = sampler.sample(50, rng=0)
            bounds = (sampler.missed, sampler.total_variation_bound)
            bounds += (sampler.denoised_total_variation_bound, sampler.mean_square / size**2)
            facts[size] = [*bounds, nodes.a.tolist(), nodes.b.tolist()]
    assert 0 < bounds[2] < bounds[1] < 1
    # A power of two changes no digit.
    assert facts[2.0**-400] == facts[2.0**400] == facts[1.0]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1e-300, "too small for sums of its squares; rescale it"),
        (1e-130, "too small for sums of its squares; rescale it"),
        (1e160, r"magnitudes above 1e\+125; rescale them"),
    ],
)
def test_a_function_beyond_the_range_is_told_to_be_rescaled(size, words):
    f = NoisyModes(5, 8, modes=2, products=0, rng=1)
    oracle = wt.OracleProblem(lambda x: f(x) * size, modulus=5, dimension=8)
    with pytest.raises(ValueError, match=f"^h: {words}$"):
        wt.make_sampler("heavy", oracle, threshold=0.1)


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"seed": True}, TypeError),
        ({"seed": -1}, ValueError),
        ({"threshold": np.complex128(0.1)}, TypeError),
        ({"failure_probability": np.timedelta64(1)}, TypeError),
    ],
)
def test_bad_options_are_named(option, error):
    oracle = wt.OracleProblem(lambda x: x[:, 0] - 1.0, modulus=3, dimension=2)
    with pytest.raises(error, match=f"^{next(iter(option))}: "):
        wt.make_sampler("heavy", oracle, **{"threshold": 0.1} | option)


def test_queries_are_planned_alone_by_field_threshold_and_confidence():
    dimensions = np.array([16, 32, 64, 128, 256, 512, 1024])
    queries = [plan_search(5, int(d), 0.01, 1e-3).queries for d in dimensions]
    slope = np.polyfit(np.log(dimensions), np.log(queries), 1)[0]
    assert 0.8 < slope < 1.2
    counts = set()
    for h in (lambda x: x[:, 0] - 2, lambda x: np.cos(x[:, 1]) * x[:, 2]):
        oracle = wt.OracleProblem(h, modulus=5, dimension=7)
        sampler = wt.make_sampler("heavy", oracle, threshold=0.05)
        counts |= {sampler.queries, oracle.queries, sampler.plan.queries}
    assert counts == {plan_search(5, 7, 0.05, 1e-3).queries}


def test_the_same_seeds_give_the_same_nodes():
    f = NoisyModes(5, 12, modes=3, products=0, rng=1)
    first, second, other = (
        HeavySampler(wt.OracleProblem(f, modulus=5, dimension=12), threshold=0.05, seed=seed)
        for seed in (3, 3, 4)
    )
    assert np.array_equal(first.coefficients.values, second.coefficients.values)
    one, two, three = (sampler.sample(50, rng=9) for sampler in (first, second, other))
    assert np.array_equal(one.a, two.a)
    assert np.array_equal(one.b, two.b)
    assert one.a.dtype == one.b.dtype == np.uint8
    assert not np.array_equal(first.coefficients.values, other.coefficients.values)
    assert len(three) == other.report.nodes == 50


def test_a_constant_counts_as_a_coefficient():
    h = lambda x: 2 + np.sin(2 * np.pi * x[:, 3] / 5)  # noqa: E731
    sampler = wt.make_sampler("heavy", wt.OracleProblem(h, 5, 10), threshold=0.01)
    values = {tuple(k): value for k, value in zip(*sampler.coefficients, strict=True)}
    assert len(values) == 3
    assert values[(0,) * 10] == pytest.approx(2)
    assert sampler.total_variation_bound < 1e-6


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"threshold": 0.0}, ValueError, "threshold: 0.0 must lie between 0 and 1"),
        ({"threshold": 1.5}, ValueError, "threshold: 1.5 must lie between 0 and 1"),
        ({"threshold": float("nan")}, ValueError, "threshold: nan must lie"),
        ({"threshold": "0.1"}, TypeError, "threshold: '0.1' is not a number"),
        (
            {"threshold": 0.1, "failure_probability": 1.0},
            ValueError,
            "failure_probability: 1.0 must lie",
        ),
        ({"threshold": 0.1, "soft_threshold": 2.0}, ValueError, "soft_threshold: does not apply"),
    ],
)
def test_faults_of_the_options_are_named(options, error, words):
    oracle = wt.OracleProblem(lambda x: x[:, 0], modulus=3, dimension=3)
    with pytest.raises(error, match=f"^{words}"):
        wt.make_sampler("heavy", oracle, **options)


def test_samplers_of_the_other_kind_of_problem_are_refused():
    oracle = wt.OracleProblem(lambda x: x[:, 0], modulus=3, dimension=3)
    with pytest.raises(ValueError, match=r"^sampler: 'spectral' needs a Problem"):
        wt.make_sampler("spectral", oracle)
    table = wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3)
    with pytest.raises(ValueError, match=r"^sampler: 'heavy' needs an OracleProblem"):
        wt.make_sampler("heavy", table, threshold=0.1)
    with pytest.raises(TypeError, match=r"^problem: heavy needs an OracleProblem"):
        HeavySampler(table, threshold=0.1)
