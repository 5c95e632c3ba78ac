"""Oracle access: what a function may be, the test functions, and tickets fitted from queries."""

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from winning_tickets.oracle import NoisyModes


def first_coordinate(points):
    return np.cos(2 * np.pi * points[:, 0] / 5)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"h": 3}, TypeError, "h: 3 is not a function"),
        ({"modulus": 6}, ValueError, "modulus: 6 is not an odd prime"),
        ({"dimension": 0}, ValueError, "dimension: 0 must be at least 1"),
        ({"dimension": 2.0}, TypeError, "dimension: 2.0 is not an integer"),
        ({"activation": "rellu"}, ValueError, "activation: 'rellu' is not known"),
    ],
)
def test_faults_of_the_problem_are_named(change, error, words):
    with pytest.raises(error, match=f"^{words}"):
        wt.OracleProblem(**{"h": first_coordinate, "modulus": 5, "dimension": 2} | change)


@pytest.mark.parametrize(
    ("h", "error", "words"),
    [
        (lambda x: x[:, :1] + 0.5, ValueError, "h: one value per point is needed"),
        (lambda x: 1.0, ValueError, "h: one value per point is needed"),
        (lambda x: np.full(len(x), np.nan), ValueError, "h: every value must be a finite number"),
        (lambda x: x[:, 0] + 1j, TypeError, "h: real numbers are needed"),
        (lambda x: ["a"] * len(x), TypeError, "h: real numbers are needed"),
        (lambda x: np.ma.array(x[:, 0], mask=x[:, 0] == 0), TypeError, "h: masked values"),
        (lambda x: x[:, 0].astype("m8[s]"), TypeError, "h: real numbers are needed"),
    ],
)
def test_nonsense_from_the_function_is_named(h, error, words):
    oracle = wt.OracleProblem(h, modulus=5, dimension=2)
    with pytest.raises(error, match=f"^{words}"):
        wt.make_sampler("heavy", oracle, threshold=0.1)


def test_the_function_gets_integers_of_its_own_and_queries_are_counted():
    def careless(points):
        assert points.dtype == np.int64
        points -= 7
        return points[:, 0]

    oracle = wt.OracleProblem(careless, modulus=5, dimension=2)
    points = full_grid(5, 2).astype(np.uint8)
    assert np.array_equal(oracle.query(points), points[:, 0].astype(float) - 7)
    assert points.max() == 4
    assert oracle.queries == 25


@pytest.mark.parametrize(
    ("points", "error"),
    [([[0.5, 1.0]], TypeError), ([[0, 5]], ValueError), ([[0, 1, 2]], ValueError)],
)
def test_points_of_a_query_are_checked(points, error):
    oracle = wt.OracleProblem(first_coordinate, modulus=5, dimension=2)
    with pytest.raises(error, match=r"^points: "):
        oracle.query(points)


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"noise": -1.0}, ValueError),
        ({"noise": np.nan}, ValueError),
        ({"modes": -1}, ValueError),
        ({"modes": 0, "products": 0}, ValueError),
        ({"rng": -1}, ValueError),
        ({"rng": True}, TypeError),
    ],
)
def test_bad_settings_of_the_modes_are_named(option, error):
    with pytest.raises(error, match=f"^{next(iter(option))}"):
        NoisyModes(5, 30, **option)


@pytest.mark.parametrize("modulus", [3, 5, 7])
def test_the_modes_have_the_coefficients_they_name(modulus):
    f = NoisyModes(modulus, 4, modes=4, products=2, noise=0.5, rng=1)
    grid = full_grid(modulus, 4)
    spectrum = np.fft.fftn(f.signal(grid).reshape((modulus,) * 4)) / modulus**4
    k, values = f.coefficients
    assert len(values) == 2 * (4 + 2 * 2)
    np.testing.assert_allclose(spectrum[tuple(k.T)], values, atol=1e-14)
    spectrum[tuple(k.T)] = 0
    assert np.abs(spectrum).max() < 1e-14


def test_the_noise_is_a_function_with_the_power_asked_for_and_no_modes():
    f = NoisyModes(5, 30, noise=0.5, rng=2)
    points = np.random.default_rng(0).integers(0, 5, (50_000, 30))
    noise = f(points) - f.signal(points)
    assert np.array_equal(f(points), f(points[::-1])[::-1])
    power = np.mean(f.signal(points) ** 2)
    # 50,000 points know a variance to 0.7 %; five of these.
    assert np.mean(noise**2) == pytest.approx(0.5 * power, rel=0.035)
    assert np.mean(f(points) ** 2) == pytest.approx(f.mean_square, rel=0.035)
    waves = np.exp(-2j * np.pi * (points[:, :, None] * np.arange(1, 3)) / 5)
    shares = np.abs(np.mean(noise[:, None, None] * waves, axis=0)) ** 2 / np.mean(noise**2)
    # Each is exponential with mean 1/n; 60 of them exceed 20/n with probability 1e-7.
    assert shares.max() < 20 / len(points)


def test_too_small_a_domain_for_the_modes_is_named():
    with pytest.raises(ValueError, match=r"^dimension: Z_5\^2 has too few frequencies"):
        NoisyModes(5, 2)


def test_a_ticket_from_queries_learns_where_uniform_nodes_learn_nothing():
    f = NoisyModes(5, 30, modes=2, products=0, noise=0.0, rng=3)
    oracle = wt.OracleProblem(f, modulus=5, dimension=30)
    sampler = wt.make_sampler("heavy", oracle, threshold=0.05)
    rng = np.random.default_rng(4)
    train, fresh = rng.integers(0, 5, (2, 1000, 30))
    problem = wt.Problem(train, f(train), modulus=5)
    risks = {}
    for name, source in (("heavy", sampler), ("uniform", wt.make_sampler("uniform", problem))):
        ticket = wt.fit_subnetwork(problem, source.sample(32, rng=5))
        risks[name] = np.mean((f(fresh) - ticket.predict(fresh)) ** 2) / np.mean(f(fresh) ** 2)
    assert risks["heavy"] < 1e-20
    assert risks["uniform"] > 0.9
