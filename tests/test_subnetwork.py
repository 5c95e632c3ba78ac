"""Tickets: features, the trained and the untrained output layer, empirical risk."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import assert_one_line
from winning_tickets import wide_network
from winning_tickets.law import kappa
from winning_tickets.prefixes import PrefixTrainer
from winning_tickets.risk import RISK_FLOOR
from winning_tickets.selection import select_greedy
from winning_tickets.subnetwork import features


def make_nodes(a, b):
    return wt.Nodes(np.asarray(a), np.asarray(b))


def random_problem(seed, modulus=5, dimension=6, size=30, outputs=None, **options):
    """Return a problem on distinct random points."""
    rng = np.random.default_rng(seed)
    index = rng.choice(modulus**dimension, size=size, replace=False)
    points = np.array(np.unravel_index(index, (modulus,) * dimension)).T
    targets = rng.normal(size=size if outputs is None else (size, outputs))
    return wt.Problem(points, targets, modulus=modulus, **options)


def uniform_nodes(problem, count, seed=0):
    return wt.make_sampler("uniform", problem).sample(count, rng=seed)


def plain_features(nodes, points, problem):
    """Return g(a.x - b) entry by entry."""
    return np.array(
        [
            [
                problem.activation[(int(np.dot(a.astype(int), x)) - int(b)) % problem.modulus]
                for a, b in zip(nodes.a, nodes.b, strict=True)
            ]
            for x in np.asarray(points, dtype=int)
        ]
    )


def test_the_tickets_of_the_reference_cases(reference):
    case, numbers = reference
    ticket = numbers["ticket"]
    net = wt.fit_subnetwork(case.problem(), make_nodes(ticket["a"], ticket["b"]))
    np.testing.assert_allclose(net.weights, ticket["least_squares_weights"], atol=1e-10)
    assert net.relative_risk == pytest.approx(ticket["relative_empirical_risk"], abs=1e-10)


def test_features_entry_by_entry():
    problem = random_problem(0, modulus=251, dimension=3)
    nodes = uniform_nodes(problem, 17)
    expected = plain_features(nodes, problem.points, problem)
    np.testing.assert_array_equal(features(nodes, problem.points, problem), expected)


def test_predictions_are_sums_of_features_at_new_points_too():
    problem = random_problem(1, outputs=2)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 7))
    points = np.random.default_rng(0).integers(0, 5, (40, 6))
    expected = plain_features(net.nodes, points, problem) @ net.weights
    np.testing.assert_allclose(net.predict(points), expected, atol=1e-12)
    np.testing.assert_allclose(net.predict(points.tolist()[:3]), expected[:3], atol=1e-12)
    np.testing.assert_allclose(net.predict(points.astype(np.uint8)), expected, atol=1e-12)


def test_predictions_in_pieces(monkeypatch):
    problem = random_problem(2)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 7))
    whole = net.predict(problem.points)
    monkeypatch.setattr("winning_tickets.problem._CHUNK_ENTRIES", 30)
    np.testing.assert_allclose(net.predict(problem.points), whole, atol=1e-14)


@pytest.mark.parametrize(("outputs", "shape"), [(None, (9,)), (1, (9,)), (3, (9, 3))])
def test_shapes_follow_the_number_of_outputs(outputs, shape):
    problem = random_problem(3, outputs=outputs)
    nodes = wt.make_sampler("spectral", problem).sample(9, rng=0)
    for net in (wt.fit_subnetwork(problem, nodes), wt.untrained_subnetwork(problem, nodes)):
        assert net.weights.shape == shape
        assert net.predict(problem.points).shape == (30, *shape[1:])
        assert net.problem is problem
        assert net.nodes is nodes


def test_several_outputs_are_fitted_one_by_one():
    problem = random_problem(4, outputs=3)
    nodes = uniform_nodes(problem, 11)
    weights = wt.fit_subnetwork(problem, nodes).weights
    for part, column in zip(problem.single_outputs(), weights.T, strict=True):
        np.testing.assert_allclose(wt.fit_subnetwork(part, nodes).weights, column, atol=1e-12)


def test_the_risk_is_the_weighted_sum_of_squares_over_all_outputs():
    rng = np.random.default_rng(5)
    points = rng.integers(0, 3, (40, 2))
    problem = wt.Problem(points, rng.normal(size=(40, 2)), modulus=3)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 3))
    residual = problem.values - net.predict(problem.points)
    expected = np.sum(problem.shares[:, None] * residual**2)
    expected /= np.sum(problem.shares[:, None] * problem.values**2)
    assert 0.01 < net.relative_risk < 1
    assert net.relative_risk == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("outputs", [None, 3])
def test_more_nodes_than_points_interpolate(outputs):
    problem = random_problem(6, outputs=outputs)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 90))
    np.testing.assert_allclose(
        net.predict(problem.points).reshape(30, -1), problem.values, atol=1e-10
    )
    assert net.relative_risk == 0.0


def test_among_interpolations_the_one_of_least_norm_is_taken():
    problem = random_problem(7)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 60))
    rows = features(net.nodes, problem.points, problem)
    np.testing.assert_allclose(net.weights, np.linalg.pinv(rows) @ problem.values[:, 0], atol=1e-10)


def test_repeated_nodes_share_their_weight_and_are_counted_once():
    problem = random_problem(8)
    nodes = uniform_nodes(problem, 6)
    double = nodes[np.repeat(np.arange(6), 2)]
    once, twice = wt.fit_subnetwork(problem, nodes), wt.fit_subnetwork(problem, double)
    np.testing.assert_allclose(twice.weights, np.repeat(once.weights / 2, 2), atol=1e-12)
    assert twice.relative_risk == pytest.approx(once.relative_risk, rel=1e-10)
    assert (once.unique_nodes, twice.unique_nodes) == (6, 6)


def test_risks_below_the_floor_are_zero_and_others_are_not():
    problem = random_problem(9)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 200))
    assert net.relative_risk == 0.0
    near = wt.Subnetwork(problem, net.nodes, net.weights * (1 + 1e-9))
    assert near.relative_risk == pytest.approx(1e-18, rel=1e-3)
    assert near.relative_risk > RISK_FLOOR


def test_no_weights_mean_relative_risk_one():
    problem = random_problem(10)
    net = wt.Subnetwork(problem, uniform_nodes(problem, 4), np.zeros(4))
    assert net.relative_risk == 1.0


@given(
    modulus=st.sampled_from([3, 5]),
    count=st.integers(1, 40),
    penalty=st.sampled_from([1e-6, 1e-2, 1.0, 100.0]),
    seed=st.integers(0, 2**32),
)
def test_a_penalty_solves_the_normal_equations(modulus, count, penalty, seed):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, modulus, (25, 3))
    problem = wt.Problem(points, rng.normal(size=(25, 2)), modulus=modulus)
    nodes = uniform_nodes(problem, count, seed)
    rows = plain_features(nodes, problem.points, problem)
    matrix = rows.T @ (problem.shares[:, None] * rows) + penalty * np.eye(count)
    expected = np.linalg.solve(matrix, rows.T @ (problem.shares[:, None] * problem.values))
    weights = wt.fit_subnetwork(problem, nodes, penalty=penalty).weights
    np.testing.assert_allclose(weights, expected, atol=1e-9)


@pytest.mark.parametrize("count", [1, 12, 60])
@pytest.mark.parametrize("penalty", [1e20, 1e100, 1e280])
def test_a_large_penalty_leaves_no_weight_out(count, penalty):
    problem = random_problem(15)
    nodes = uniform_nodes(problem, count)
    rows = features(nodes, problem.points, problem)
    expected = rows.T @ (problem.shares * problem.values[:, 0]) / penalty
    found = wt.fit_subnetwork(problem, nodes, penalty=penalty).weights
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(("penalty", "size"), [(1e300, 1.0), (1e200, 1e-124), (1.7e308, 1e-100)])
def test_a_penalty_under_which_all_weights_vanish_is_refused(penalty, size):
    problem = wt.Problem([[0, 1], [2, 2]], [1.0 * size, 2.0 * size], modulus=3)
    with pytest.raises(ValueError) as error:
        wt.fit_subnetwork(problem, NODES, penalty=penalty)
    assert_one_line(error, "penalty")


def test_features_that_are_zero_get_no_weight():
    """The sine is 0 at 0: nodes with a = 0 and b = 0 answer 0 everywhere."""
    problem = wt.Problem([[0], [1], [2]], [1.0, -2.0, 0.5], modulus=3, activation="sine")
    for a, b in (([[0]], [0]), ([[0], [0]], [0, 0]), ([[0], [1]], [0, 0])):
        nodes = make_nodes(a, b)
        for net in (
            wt.fit_subnetwork(problem, nodes),
            wt.fit_subnetwork(problem, nodes, penalty=1e-6),
            PrefixTrainer(problem).train(nodes, [len(b)])[0][0],
        ):
            assert net.weights[0] == 0
            assert np.abs(net.weights).max() < 10
    candidates = make_nodes([[0], [1], [0]], [0, 0, 0])
    assert len(select_greedy(problem, candidates, 3)) == 1


@pytest.mark.parametrize("size", [1e-124, 1e-110, 1e-60, 1.0, 1e60, 1e104, 1e124])
@pytest.mark.parametrize("outputs", [None, 2])
def test_no_scale_of_the_targets_overflows_or_underflows(size, outputs):
    plain = random_problem(16, outputs=outputs)
    values = plain.values if outputs else plain.values[:, 0]
    problem = wt.Problem(plain.points, values * size, modulus=5)
    nodes = wt.make_sampler("spectral", plain).sample(20, rng=0)
    with np.errstate(all="raise", under="ignore"):
        for make in (
            wt.untrained_subnetwork,
            wt.fit_subnetwork,
            lambda *case: wt.fit_subnetwork(*case, penalty=0.1),
            lambda *case: PrefixTrainer(case[0]).train(case[1], [20])[0][0],
        ):
            net, expected = make(problem, nodes), make(plain, nodes)
            np.testing.assert_allclose(net.weights / size, expected.weights, rtol=1e-9)
            assert net.relative_risk == pytest.approx(expected.relative_risk, rel=1e-9)
        risk = PrefixTrainer(problem).train(nodes, [20])[0][1]
        assert risk == pytest.approx(net.relative_risk, rel=1e-9)
        assert kappa(problem, nodes) == pytest.approx(kappa(plain, nodes), rel=1e-12)
        chosen = [select_greedy(case, nodes, 9) for case in (problem, plain)]
    assert np.array_equal(chosen[0].a, chosen[1].a)


@pytest.mark.parametrize(
    ("weights", "kind"),
    [
        ([1.0, np.nan], ValueError),
        ([1.0, np.inf], ValueError),
        ([1.0], ValueError),
        ([[1.0], [2.0]], ValueError),
        (np.ma.array([1.0, 2.0], mask=[True, False]), TypeError),
        ([1j, 2.0], TypeError),
    ],
)
def test_a_network_has_plain_weights(weights, kind):
    problem = wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3)
    with pytest.raises(kind) as error:
        wt.Subnetwork(problem, NODES, weights)
    assert_one_line(error, "weights")


def test_weights_too_large_for_a_risk_are_an_error_and_no_perfect_fit():
    problem = wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3)
    with pytest.raises(ValueError) as error:
        _ = wt.Subnetwork(problem, NODES, np.array([1e200, 1e200])).relative_risk
    assert_one_line(error, "risk")


@pytest.mark.parametrize("outputs", [None, 1, 3])
def test_no_points_have_no_predictions(outputs):
    problem = random_problem(17, outputs=outputs)
    net = wt.fit_subnetwork(problem, uniform_nodes(problem, 4))
    for points in (problem.points[:0], np.zeros((0, 6))):
        assert net.predict(points).shape == ((0, 3) if outputs == 3 else (0,))


def test_a_small_penalty_tends_to_none():
    problem = random_problem(11)
    nodes = uniform_nodes(problem, 12)
    plain = wt.fit_subnetwork(problem, nodes).weights
    np.testing.assert_allclose(
        wt.fit_subnetwork(problem, nodes, penalty=1e-13).weights, plain, atol=1e-9
    )
    np.testing.assert_array_equal(wt.fit_subnetwork(problem, nodes, 0).weights, plain)


@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_repeated_examples_count_as_often_as_they_occur(penalty):
    rng = np.random.default_rng(12)
    points, targets = rng.integers(0, 3, (50, 2)), rng.normal(size=50)
    problem = wt.Problem(points, targets, modulus=3)
    nodes = uniform_nodes(problem, 5)
    rows = plain_features(nodes, points, problem) / math.sqrt(50)
    rows = np.vstack([rows, math.sqrt(penalty) * np.eye(5)])
    values = np.append(targets / math.sqrt(50), np.zeros(5))
    expected = np.linalg.lstsq(rows, values, rcond=1e-12)[0]
    weights = wt.fit_subnetwork(problem, nodes, penalty=penalty).weights
    np.testing.assert_allclose(weights, expected, atol=1e-10)


@pytest.mark.parametrize("outputs", [None, 3])
def test_the_untrained_ticket_has_the_expectation_and_the_spread_that_the_law_says(outputs):
    # Over all nodes weighted with p*, no draw is needed: both moments are exact.
    problem = random_problem(13, modulus=3, dimension=5, size=25, outputs=outputs)
    nodes = full_grid(3, 6)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    assert energy.all()
    chance = energy / energy.sum()
    net = wt.untrained_subnetwork(problem, make_nodes(nodes[:, :-1], nodes[:, -1]))
    one_node = net.weights.reshape(len(nodes), -1) * len(nodes)
    responses = features(net.nodes, problem.points, problem)
    outputs_of_one = responses[:, :, None] * one_node
    mean = np.einsum("mnc,n->mc", outputs_of_one, chance)
    np.testing.assert_allclose(mean, problem.values, atol=1e-10)
    squares = np.einsum("mnc,n->", (outputs_of_one - problem.values[:, None]) ** 2, chance)
    assert squares / np.sum(problem.values**2) == pytest.approx(25 - 1, rel=1e-10)


def test_the_untrained_risk_of_draws_is_near_the_law():
    problem = random_problem(14, size=200)
    sampler = wt.make_sampler("spectral", problem)
    nodes = sampler.sample(60_000, rng=0)
    risks = [
        wt.untrained_subnetwork(problem, nodes[i : i + 1000]).relative_risk
        for i in range(0, 60_000, 1000)
    ]
    error = np.std(risks) / math.sqrt(len(risks))
    assert abs(np.mean(risks) - 199 / 1000) < 5 * error
    assert error < 0.02
    # Nodes from elsewhere do not come near it.
    wrong = wt.untrained_subnetwork(problem, uniform_nodes(problem, 1000)).relative_risk
    assert wrong > 1


def test_a_structured_target_needs_few_optimized_nodes():
    grid = full_grid(5, 3)
    problem = wt.Problem(grid, np.sin(2 * np.pi * (grid @ [1, 2, 3]) / 5), modulus=5)
    drawn = wt.make_sampler("spectral", problem).sample(32, rng=0)
    assert wt.fit_subnetwork(problem, drawn).relative_risk < 1e-12
    assert wt.fit_subnetwork(problem, uniform_nodes(problem, 32)).relative_risk > 0.3


NODES = make_nodes([[0, 1], [2, 2]], [0, 1])


@pytest.mark.parametrize(
    ("nodes", "kind", "word"),
    [
        (make_nodes(np.zeros((0, 2), int), np.zeros(0, int)), ValueError, "nodes"),
        (make_nodes([[0, 1, 1]], [0]), ValueError, "a, b"),
        (make_nodes([[0, 1]], [0, 1]), ValueError, "a, b"),
        (make_nodes([0, 1], [0, 1]), ValueError, "a, b"),
        (make_nodes([[0, 3]], [0]), ValueError, "a:"),
        (make_nodes([[0, 1]], [-1]), ValueError, "b:"),
        (make_nodes([[0.0, 1.0]], [0]), TypeError, "a:"),
    ],
)
def test_bad_nodes_are_refused_in_one_line(nodes, kind, word):
    problem = wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3)
    for fit in (wt.fit_subnetwork, wt.untrained_subnetwork):
        with pytest.raises(kind) as error:
            fit(problem, nodes)
        assert_one_line(error, word)


def test_nodes_without_weight_cannot_be_an_untrained_ticket():
    problem = wt.Problem([[0], [1], [2]], [1.0, 1.0, 1.0], modulus=3)
    with pytest.raises(ValueError) as error:
        wt.untrained_subnetwork(problem, make_nodes([[1]], [0]))
    assert_one_line(error, "optimal weight 0")


@pytest.mark.parametrize(
    ("penalty", "kind"),
    [
        (-1e-9, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        (10**400, ValueError),
        ("1", TypeError),
        (None, TypeError),
        (True, TypeError),
        (1j, TypeError),
        (np.ma.masked, TypeError),
        (np.timedelta64(1), TypeError),
    ],
)
def test_bad_penalties_are_refused_in_one_line(penalty, kind):
    problem = wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3)
    with pytest.raises(kind) as error:
        wt.fit_subnetwork(problem, NODES, penalty=penalty)
    assert_one_line(error, "penalty")


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([[0, 1, 2]], ValueError),
        ([[0]], ValueError),
        ([0, 1], ValueError),
        ([[0, 3]], ValueError),
        ([[0, -1]], ValueError),
        ([[0.0, 1.0]], TypeError),
        ([[0, 1], [1]], ValueError),
        ([], ValueError),
        (np.zeros((0, 3), dtype=int), ValueError),
    ],
)
def test_bad_points_are_refused_in_one_line(points, kind):
    problem = wt.Problem([[0, 1], [2, 2]], [1.0, 2.0], modulus=3)
    net = wt.fit_subnetwork(problem, NODES)
    with pytest.raises(kind) as error:
        net.predict(points)
    assert_one_line(error, "points")


@pytest.mark.parametrize("outputs", [None, 2])
def test_the_untrained_ticket_of_a_prior_is_unbiased_for_the_wide_network(outputs):
    settings = {"prior": [0.6, 0.2, 0.2], "ridge": 0.05, "outputs": outputs}
    problem = random_problem(0, 3, 3, 12, **settings)
    grid = full_grid(3, 4)
    probabilities = wide_network.node_probabilities(problem)
    possible = probabilities > 0
    nodes = make_nodes(grid[possible, :-1], grid[possible, -1])
    net = wt.untrained_subnetwork(problem, nodes)
    # Each node in as many copies as it is likely: the mean of what one draw answers.
    shares = (probabilities[possible] * len(nodes)).reshape(-1, *[1] * (net.weights.ndim - 1))
    mean = wt.Subnetwork(problem, nodes, net.weights * shares)
    everywhere = full_grid(3, 3)
    np.testing.assert_allclose(
        mean.predict(everywhere), problem.wide_outputs(everywhere), atol=1e-12
    )


def test_untrained_weights_of_a_prior_survive_many_dimensions():
    rng = np.random.default_rng(0)
    points = rng.integers(0, 5, (10, 3_000))
    prior = [0.98, 0.01, 0.0, 0.0, 0.01]
    problem = wt.Problem(points, rng.normal(size=10), modulus=5, prior=prior, ridge=0.1)
    nodes = wt.make_sampler("ancestral", problem).sample(5, rng=0)
    with np.errstate(all="raise", under="ignore"):
        net = wt.untrained_subnetwork(problem, nodes)
    assert (net.weights != 0).all()
    for a in (np.ones((1, 3_000)), np.full((1, 3_000), 2)):  # too unlikely, and impossible
        with pytest.raises(ValueError) as error:
            wt.untrained_subnetwork(problem, make_nodes(a.astype(int), [0]))
        assert_one_line(error, "nodes")
