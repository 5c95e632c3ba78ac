"""The ancestral sampler: both backends, memory, many dimensions, constant nodes, refusals, cost."""

import tracemalloc

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import assert_one_line, smooth_prior
from winning_tickets import wide_network
from winning_tickets.samplers import ancestral
from winning_tickets.samplers.ancestral import AncestralSampler


def random_problem(modulus=5, dimension=6, count=40, outputs=None, seed=0, high=None, **settings):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, high or modulus, (count, dimension))
    targets = rng.normal(size=count if outputs is None else (count, outputs))
    settings = {"ridge": 1e-3, "prior": smooth_prior(modulus)} | settings
    return wt.Problem(points, targets, modulus=modulus, **settings)


def equal(first, second):
    return np.array_equal(first.a, second.a) and np.array_equal(first.b, second.b)


@pytest.mark.parametrize("exclude_constant", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"prior": None},
        {"outputs": 3},
        {"modulus": 61, "high": 31, "count": 90},
        {"modulus": 61, "activation": "sine", "count": 70},
        {"modulus": 3, "dimension": 30, "count": 60},
        {"modulus": 257, "dimension": 3, "count": 20},
        {"modulus": 521, "dimension": 2, "count": 20, "activation": "sine"},
        {"count": 1},
        {"dimension": 1, "count": 5},
    ],
)
def test_both_backends_draw_the_same(settings, exclude_constant):
    problem = random_problem(**settings)
    draws = [
        wt.make_sampler(
            "ancestral", problem, backend=backend, exclude_constant=exclude_constant
        ).sample(300, rng=5)
        for backend in ("numba", "numpy")
    ]
    assert equal(*draws)
    assert draws[0].a.any(axis=1).all() or not exclude_constant
    assert (problem.node_energy(draws[0].a, draws[0].b) > 0).all()
    assert np.isfinite(problem.log_prior(draws[0].a)).all()


def test_tiles_and_batches_leave_the_draws_alone(monkeypatch):
    problem = random_problem(count=20, outputs=2)
    whole = wt.make_sampler("ancestral", problem).sample(200, rng=1)
    monkeypatch.setattr(ancestral, "_TILE_LIMITS", (7, 7))
    assert equal(wt.make_sampler("ancestral", problem).sample(200, rng=1), whole)


def test_several_outputs_are_one_sampler():
    problem = random_problem(outputs=3)
    sampler = wt.make_sampler("ancestral", problem)
    assert isinstance(sampler, AncestralSampler)
    sampler.sample(70, rng=0)
    assert sampler.report.nodes == sampler.report.proposals == 70
    assert sampler.report.weight_evaluations == 70 * 6 * problem.support_size**2


@pytest.mark.parametrize("outputs", [None, 2])
def test_the_share_of_constant_nodes_is_reported(outputs):
    problem = random_problem(modulus=3, dimension=4, count=15, outputs=outputs)
    share = wide_network.node_probabilities(problem)[:3].sum()
    for exclude_constant in (False, True):
        options = {"exclude_constant": exclude_constant}
        sampler = wt.make_sampler("ancestral", problem, **options)
        assert sampler.constant_share == pytest.approx(share, rel=1e-10)


def test_a_problem_of_constant_nodes_alone_has_no_others():
    problem = wt.Problem([[0], [1], [2]], [1.0, 2.0, 4.0], modulus=3, prior=[1, 0, 0], ridge=0.1)
    sampler = wt.make_sampler("ancestral", problem)
    assert sampler.constant_share == pytest.approx(1.0)
    assert not sampler.sample(20, rng=0).a.any()
    with pytest.raises(ValueError) as error:
        wt.make_sampler("ancestral", problem, exclude_constant=True)
    assert_one_line(error, "exclude_constant")


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_bad_options_are_refused_in_one_line(value):
    with pytest.raises(TypeError) as error:
        wt.make_sampler("ancestral", random_problem(), exclude_constant=value)
    assert_one_line(error, "exclude_constant")


def test_an_unknown_backend_is_refused_in_one_line():
    with pytest.raises(ValueError) as error:
        wt.make_sampler("ancestral", random_problem(), backend="fortran")
    assert_one_line(error, "backend")


def test_weights_that_cancel_to_rounding_are_refused_in_one_line():
    # A wide Gaussian on the phases leaves a kernel whose last directions are next to rounding.
    prior = smooth_prior(61, 1.0, 0.0)
    points = np.arange(40)[:, None]
    targets = np.random.default_rng(0).normal(size=40)
    settings = {"modulus": 61, "activation": "sine", "prior": prior}
    problem = wt.Problem(points, targets, **settings)
    assert problem.rank < problem.support_size
    several = wt.Problem(points, np.stack([targets, targets], axis=1), **settings)
    for refused in (
        lambda: wt.make_sampler("ancestral", problem),
        lambda: wt.make_sampler("rejection", problem),
        lambda: wt.make_sampler("enumeration", problem, soft_threshold=1.0),
        lambda: wt.make_sampler("enumeration", several),
        lambda: wt.untrained_subnetwork(problem, wt.Nodes(np.array([[1]]), np.array([1]))),
    ):
        with pytest.raises(ValueError) as error:
            refused()
        assert_one_line(error, "ridge")
    wt.make_sampler("ancestral", wt.Problem(points, targets, ridge=1e-4, **settings))
    # Sums of single terms lose less: tables of the nodes' own weights still serve.
    assert len(wt.make_sampler("enumeration", problem).sample(5, rng=0)) == 5
    assert len(wt.make_sampler("fft", problem).sample(5, rng=0)) == 5


@pytest.mark.parametrize("by_column", [False, True])
def test_ten_thousand_dimensions(by_column):
    prior = smooth_prior(5, 1.0, 0.9)
    if by_column:
        prior = np.broadcast_to(prior, (10_000, 5))
    problem = random_problem(5, 10_000, 25, prior=prior, activation="sine", ridge=0.01)
    sampler = wt.make_sampler("ancestral", problem, exclude_constant=True)
    with np.errstate(all="raise", under="ignore"):
        nodes = sampler.sample(40, rng=0)
    assert nodes.a.shape == (40, 10_000)
    assert (problem.node_energy(nodes.a, nodes.b) > 0).all()
    # Most coordinates are drawn from the squared prior, which is 0 but for one in forty.
    q = problem.prior.squared_rows[0]
    assert np.mean(nodes.a == 0) == pytest.approx(q[0], abs=0.003)


@pytest.mark.parametrize(
    ("dimension", "count", "settings"),
    [
        (30, 300, {}),
        (500, 60, {}),
        (2_000, 5, {}),
        (4, 400, {"modulus": 61}),
        (10, 100, {"modulus": 257, "activation": "sine"}),
        (30, 100, {"outputs": 4, "prior": None}),
    ],
)
def test_the_memory_stated_covers_what_is_taken(monkeypatch, dimension, count, settings):
    monkeypatch.setattr(ancestral, "_BATCH_LIMITS", (64, 200))
    problem = random_problem(dimension=dimension, count=count, **settings)
    stated = AncestralSampler.memory_required(problem)
    tracemalloc.start()
    try:
        # Numba's own arrays are not traced; its steps need no more than these.
        sampler = wt.make_sampler("ancestral", problem, backend="numpy")
        sampler.sample(sampler.batch_size, rng=0)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken <= stated <= 4 * taken + 2**24
    assert sampler.report.memory_bytes == stated


def test_kernels_beyond_the_memory_are_refused_before_they_are_taken(monkeypatch):
    problem = random_problem()

    class Memory:
        total = AncestralSampler.memory_required(problem) - 1

    monkeypatch.setattr("psutil.virtual_memory", lambda: Memory)
    with pytest.raises(MemoryError) as error:
        wt.make_sampler("ancestral", problem)
    assert_one_line(error, "ancestral")


def test_the_marginal_of_a_is_the_spectrum_of_the_denoised_target_for_a_sine():
    # With the sine, p*(a) is the power spectrum of S[w*] on the whole grid.
    problem = random_problem(5, 3, 30, activation="sine", seed=4)
    answers = problem.wide_outputs(full_grid(5, 3)).reshape(5, 5, 5)
    power = np.abs(np.fft.fftn(answers)).reshape(-1) ** 2
    marginal = wide_network.node_probabilities(problem).reshape(-1, 5).sum(axis=1)
    np.testing.assert_allclose(marginal, power / power.sum(), atol=1e-14)
