"""Samplers under a prior draw from p*: chi-square against enumerated probabilities, and its power.

The level of each comparison is 1 % over all of them (`tests.support`); a planted bug of each kind
must be caught by the very same comparison.
"""

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import chi_square, full_grid, node_counts
from tests.support import (
    PRIOR_SAMPLERS,
    SmallCase,
    assert_one_line,
    is_rejected,
    load_reference,
    smooth_prior,
)
from winning_tickets import Nodes, wide_network
from winning_tickets.problem import Problem
from winning_tickets.samplers import ancestral
from winning_tickets.samplers.ancestral import AncestralSampler

DRAWS = 40_000

every_sampler = pytest.mark.parametrize("label", PRIOR_SAMPLERS)
one_of_each = pytest.mark.parametrize(
    "label", ["enumeration", "fft", "rejection-numba", "ancestral-numba"]
)
both_backends = pytest.mark.parametrize("label", ["ancestral-numba", "ancestral-numpy"])


def make(label, problem, **options):
    name, fixed = PRIOR_SAMPLERS[label]
    return wt.make_sampler(name, problem, **fixed, **options)


def softened(problem, soft_threshold):
    """Return q u^2 / (u^2 + Delta), normalised, Delta in the mean of u^2 over q."""
    nodes = full_grid(problem.modulus, problem.dimension + 1)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    q = np.exp(2 * problem.log_prior(nodes[:, :-1]))
    q /= q.sum()
    chance = q * energy / (energy + soft_threshold * np.sum(q * energy))
    return chance / chance.sum()


def without_constants(probabilities, modulus):
    kept = probabilities.copy()
    kept[:modulus] = 0.0
    return kept / kept.sum()


def fit(nodes, probabilities, modulus):
    return chi_square(node_counts(nodes, modulus), np.asarray(probabilities))


@every_sampler
def test_draws_follow_the_reference_probabilities(label, prior_reference):
    case, numbers = prior_reference
    nodes = make(label, case.problem()).sample(DRAWS, rng=1)
    assert not is_rejected(fit(nodes, numbers["probabilities"], case.modulus))


@both_backends
def test_draws_without_constant_nodes_follow_the_rest_of_the_probabilities(label, prior_reference):
    case, numbers = prior_reference
    probabilities = np.array(numbers["probabilities"])
    sampler = make(label, case.problem(), exclude_constant=True)
    assert sampler.constant_share == pytest.approx(probabilities[: case.modulus].sum(), abs=1e-12)
    nodes = sampler.sample(DRAWS, rng=1)
    assert nodes.a.any(axis=1).all()
    rest = without_constants(probabilities, case.modulus)
    assert not is_rejected(fit(nodes, rest, case.modulus))


@every_sampler
@pytest.mark.parametrize("soft_threshold", [0.3, 4.0])
@pytest.mark.parametrize("name", ["prior_P5_D2_M10_relu_two_outputs", "prior_P5_D2_M12_relu"])
def test_soft_thresholds_under_a_prior(label, soft_threshold, name):
    problem = load_reference(name)[0].problem()
    sampler = make(label, problem, soft_threshold=soft_threshold)
    nodes = sampler.sample(DRAWS // 2, rng=2)
    assert not is_rejected(fit(nodes, softened(problem, soft_threshold), problem.modulus))


@pytest.mark.parametrize("soft_threshold", [0.3, 4.0])
def test_soft_thresholds_without_constant_nodes(soft_threshold):
    problem = load_reference("prior_P5_D2_M12_relu")[0].problem()
    options = {"soft_threshold": soft_threshold, "exclude_constant": True}
    nodes = wt.make_sampler("ancestral", problem, **options).sample(DRAWS // 2, rng=2)
    rest = without_constants(softened(problem, soft_threshold), 5)
    assert not is_rejected(fit(nodes, rest, 5))


def random_case(seed):
    rng = np.random.default_rng([14, seed])
    modulus, dimension = [(3, 4), (3, 5), (5, 3), (7, 2), (11, 2), (17, 1)][seed % 6]
    count = int(rng.integers(1, 25))
    points = rng.integers(0, modulus, (count, dimension))
    if seed % 4 == 1:
        points[:, -1] = points[:, 0]
    if seed % 4 == 2:
        points[:, 0] = 1
    rows = [
        smooth_prior(modulus, rng.uniform(0.4, 3), rng.uniform(0, 0.8)) for _ in range(dimension)
    ]
    targets = rng.normal(size=(count, 3) if seed % 3 == 0 else count)
    if count > 3:
        targets[::3] = 0.0
    prior = np.stack(rows) if seed % 2 else rows[0]
    activation = str(rng.choice(wt.ACTIVATIONS))
    ridge = float(rng.choice([1e-3, 0.1]))
    return SmallCase(points, targets, modulus, activation, ridge, prior=prior)


def check_random_case(label, seed):
    case = random_case(seed)
    problem = case.problem()
    probabilities = wide_network.node_probabilities(problem)
    nodes = make(label, problem).sample(DRAWS, rng=seed)
    assert not is_rejected(fit(nodes, probabilities, case.modulus))


@both_backends
@pytest.mark.parametrize("seed", range(8))
def test_draws_follow_p_star_on_small_problems(label, seed):
    check_random_case(label, seed)


@pytest.mark.long
@every_sampler
@pytest.mark.parametrize("seed", range(8, 40))
def test_draws_follow_p_star_on_many_small_problems(label, seed):
    check_random_case(label, seed)


@one_of_each
@pytest.mark.parametrize("method", ["farthest", "random"])
def test_draws_from_the_solution_on_landmarks(label, method):
    rng = np.random.default_rng(3)
    points, targets = rng.integers(0, 7, (45, 2)), rng.normal(size=45)
    settings = {"modulus": 7, "prior": smooth_prior(7), "ridge": 0.01}
    problem = wt.Problem(points, targets, landmarks=9, landmark_method=method, **settings)
    nodes = make(label, problem).sample(DRAWS // 2, rng=1)
    assert not is_rejected(fit(nodes, wide_network.node_probabilities(problem), 7))
    everything = wt.Problem(points, targets, **settings)
    assert is_rejected(fit(nodes, wide_network.node_probabilities(everything), 7))


@pytest.mark.parametrize("modulus", [257, 1_009])
def test_draws_at_larger_moduli(modulus):
    # One coordinate, residues of two bytes, and from 512 on scores by Fourier transform.
    rng = np.random.default_rng(modulus)
    points = rng.permutation(modulus)[:12, None]
    prior = smooth_prior(modulus, 3.0, 0.2)
    problem = wt.Problem(points, rng.normal(size=12), modulus=modulus, prior=prior, ridge=0.01)
    near = np.concatenate([np.arange(15), modulus - np.arange(1, 15)])
    a, b = np.repeat(near, modulus), np.tile(np.arange(modulus), len(near))
    chances = np.exp(2 * problem.log_prior(a[:, None])) * problem.node_energy(a[:, None], b)
    marginal = chances.reshape(len(near), modulus).sum(axis=1)
    nodes = wt.make_sampler("ancestral", problem).sample(4_000, rng=0)
    counts = np.bincount(nodes.a[:, 0], minlength=modulus)
    assert counts[near].sum() == 4_000
    assert not is_rejected(chi_square(counts[near], marginal / marginal.sum()))
    quarter = modulus // 4 + 1
    folded = np.bincount(b // quarter, weights=chances, minlength=4)
    drawn = np.bincount(nodes.b // quarter, minlength=4)
    assert not is_rejected(chi_square(drawn, folded / folded.sum()))


# The power of the comparisons: a bug of each kind, in what is drawn or in the sampler itself.


def mirror_b(nodes, modulus):
    return Nodes(nodes.a, -nodes.b.astype(int) % modulus)


@pytest.mark.parametrize(
    "name",
    ["prior_P5_D2_M12_relu", "prior_P5_D3_M9_relu_no_ridge", "prior_P7_D2_M15_gaussian_repeats"],
)
@every_sampler
def test_a_mirrored_b_is_caught(label, name):
    case, numbers = load_reference(name)
    nodes = mirror_b(make(label, case.problem()).sample(DRAWS, rng=1), case.modulus)
    # The Gaussian is symmetric about (P - 1) / 2, not about 0.
    assert is_rejected(fit(nodes, numbers["probabilities"], case.modulus))


@one_of_each
def test_a_dropped_square_on_the_prior_is_caught(label, prior_reference):
    case, numbers = prior_reference
    problem = case.problem()
    problem.prior.squared_rows = problem.prior.rows
    nodes = make(label, problem).sample(DRAWS, rng=1)
    assert is_rejected(fit(nodes, numbers["probabilities"], case.modulus))


def missing_factor(skipped):
    """Return suffix kernels that lack the factor of one coordinate."""
    original = ancestral.suffix_kernels

    def kernels(columns, tables, multiply):
        rows = np.broadcast_to(tables, (len(columns), tables.shape[1])).copy()
        rows[skipped] = 1.0
        return original(columns, rows, multiply)

    return kernels


def test_a_missing_factor_of_the_kernel_is_caught(monkeypatch, prior_reference):
    case, numbers = prior_reference
    monkeypatch.setattr(ancestral, "suffix_kernels", missing_factor(-1))
    nodes = wt.make_sampler("ancestral", case.problem()).sample(DRAWS, rng=1)
    assert is_rejected(fit(nodes, numbers["probabilities"], case.modulus))


# In the other cases constant nodes are too rare to matter.
@pytest.mark.parametrize(
    "name",
    [
        "prior_P5_D2_M11_tanh_prior_by_column",
        "prior_P5_D3_M9_relu_no_ridge",
        "prior_P7_D2_M12_sine_zero_in_prior",
    ],
)
def test_a_missing_subtraction_is_caught(monkeypatch, name):
    # a = 0 is left out at the last coordinate alone, so its share falls to its neighbours.
    def only_at_the_end(self, tile, coordinate, marginal):
        if coordinate == self.problem.dimension - 1:
            marginal[0, tile.zero] = 0.0

    case, numbers = load_reference(name)
    monkeypatch.setattr(AncestralSampler, "_exclude", only_at_the_end)
    sampler = wt.make_sampler("ancestral", case.problem(), exclude_constant=True)
    rest = without_constants(np.array(numbers["probabilities"]), case.modulus)
    assert is_rejected(fit(sampler.sample(DRAWS, rng=1), rest, case.modulus))


@one_of_each
def test_outputs_mixed_by_the_norms_of_their_weights_are_caught(monkeypatch, label):
    case, numbers = load_reference("prior_P5_D2_M10_relu_two_outputs")
    true = Problem.energies.func

    def by_norm(self):
        found = true(self)
        return found / found.sum(axis=0) * np.sum(self.support_weights**2, axis=0)

    monkeypatch.setattr(Problem.energies, "func", by_norm)
    problem = case.problem()
    probabilities = np.array(numbers["probabilities"])
    if label.startswith("rejection"):
        # Its rate rests on the energies: give it the right one.
        monkeypatch.setattr("winning_tickets.samplers.rejection.expected_rate", lambda _: 0.1)
    nodes = make(label, problem).sample(3 * DRAWS, rng=1)
    assert is_rejected(fit(nodes, probabilities, case.modulus))


@pytest.mark.parametrize("name", ["spectral", "circuit"])
def test_samplers_that_know_no_prior_say_why_in_one_line(name):
    case, _ = load_reference("prior_P5_D2_M12_relu")
    with pytest.raises(ValueError) as error:
        wt.make_sampler(name, case.problem())
    assert_one_line(error, "prior")
    assert name in str(error.value)
    assert "ancestral" in str(error.value)


def test_uniform_nodes_stay_uniform():
    case, _ = load_reference("prior_P5_D2_M12_relu")
    plain = SmallCase(case.points, case.targets, 5).problem()
    with_prior = wt.make_sampler("uniform", case.problem()).sample(50, rng=0)
    without = wt.make_sampler("uniform", plain).sample(50, rng=0)
    np.testing.assert_array_equal(with_prior.a, without.a)
    np.testing.assert_array_equal(with_prior.b, without.b)


@pytest.mark.parametrize("label", PRIOR_SAMPLERS)
def test_a_uniform_prior_draws_from_the_papers_distribution(label):
    case, numbers = load_reference("P3_D4_M20_relu")
    problem = SmallCase(
        case.points, case.targets, 3, case.activation, case.ridge, prior=np.full(3, 1 / 3)
    ).problem()
    nodes = make(label, problem).sample(DRAWS, rng=3)
    assert not is_rejected(fit(nodes, numbers["probabilities"], 3))
