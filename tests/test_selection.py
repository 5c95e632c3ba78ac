import numpy as np
import pytest
import scipy.stats

import winning_tickets as wt
from winning_tickets.families import make_dataset
from winning_tickets.samplers import Nodes
from winning_tickets.selection import distinct_nodes, select_greedy
from winning_tickets.subnetwork import features


def sparse_problem(seed):
    data = make_dataset("random", "labels", dimension=12, modulus=5, seed=seed, count=200)
    return wt.Problem(data.points, data.targets, modulus=5)


def uneven_problem(seed, outputs=1):
    """Points that repeat from 1 to 40 times, some in each output alone."""
    rng = np.random.default_rng(seed)
    points = np.unique(rng.integers(0, 5, size=(30, 4)), axis=0)
    repeats = rng.integers(1, 6, size=len(points)) ** 2
    targets = rng.standard_normal((len(points), outputs))
    return wt.Problem(np.repeat(points, repeats, 0), np.repeat(targets, repeats, 0), modulus=5)


def weighted_loss(problem, columns, shares):
    scale = np.sqrt(shares)[:, None]
    wanted = problem.values * scale
    if columns.shape[1] == 0:
        return np.sum(wanted**2)
    return np.sum((wanted - columns @ np.linalg.lstsq(columns, wanted, rcond=None)[0]) ** 2)


def greedy_by_trial(problem, candidates, count, shares):
    """Fit every possible next node with a solver of its own, and keep the best."""
    columns = features(candidates, problem.points, problem) * np.sqrt(shares)[:, None]
    chosen = []
    for _ in range(count):
        losses = [
            np.inf if k in chosen else weighted_loss(problem, columns[:, [*chosen, k]], shares)
            for k in range(len(candidates))
        ]
        chosen.append(int(np.argmin(losses)))
    return candidates[np.array(chosen)]


def same(first, second):
    return np.array_equal(first.a, second.a) and np.array_equal(first.b, second.b)


@pytest.mark.parametrize("outputs", [1, 3])
def test_each_node_lowers_the_weighted_loss_most(outputs):
    problem = uneven_problem(1, outputs)
    candidates = distinct_nodes(wt.make_sampler("uniform", problem).sample(60, rng=2), 60)
    chosen = select_greedy(problem, candidates, 8, rounds=0)
    assert same(chosen, greedy_by_trial(problem, candidates, 8, problem.shares))
    # The test would notice shares that are forgotten.
    equal = np.full(len(problem.points), 1 / len(problem.points))
    assert not same(chosen, greedy_by_trial(problem, candidates, 8, equal))


def test_exchange_lowers_the_risk_and_never_raises_it():
    gains = []
    for seed in range(6):
        problem = uneven_problem(seed, 1 + seed % 2)
        candidates = wt.make_sampler("uniform", problem).sample(80, rng=seed)
        risks = [
            wt.fit_subnetwork(problem, select_greedy(problem, candidates, 10, rounds=rounds))
            for rounds in (0, 3)
        ]
        gains.append(risks[0].relative_risk - risks[1].relative_risk)
    assert min(gains) >= 0
    assert max(gains) > 0


@pytest.mark.parametrize(
    ("sampler", "factor", "reached"),
    [("spectral", 4, 0.10), ("spectral", 16, 0.022), ("uniform", 4, 0.20), ("uniform", 16, 0.046)],
)
def test_sparse_random_data_reaches_the_prototype(sampler, factor, reached):
    risks, exact = [], []
    for seed in range(8):
        problem = sparse_problem(seed)
        candidates = wt.make_sampler(sampler, problem).sample(64 * factor, rng=seed)
        chosen = select_greedy(problem, candidates, 64)
        assert len(chosen) == chosen.unique_count == 64
        risks.append(wt.fit_subnetwork(problem, chosen).relative_risk)
        exact.append(wt.fit_subnetwork(problem, candidates[:64]).relative_risk)
    assert np.median(risks) <= reached
    # A choice that is none would be seen at once.
    assert np.median(exact) > 2 * reached


def test_the_same_candidates_give_the_same_ticket_whatever_their_memory_layout():
    problem = sparse_problem(3)
    candidates = wt.make_sampler("spectral", problem).sample(300, rng=4)
    wide = Nodes(np.asfortranarray(candidates.a.astype(np.int64)), candidates.b.astype(np.int64))
    assert same(select_greedy(problem, candidates, 20), select_greedy(problem, wide, 20))


def test_repeats_are_dropped_and_too_few_candidates_give_a_smaller_ticket():
    problem = sparse_problem(5)
    few = wt.make_sampler("spectral", problem).sample(6, rng=0)
    repeated = Nodes.join([few, few, few])
    assert same(select_greedy(problem, repeated, 6), select_greedy(problem, few, 6))
    assert len(select_greedy(problem, repeated, 10)) == 6


def test_nodes_that_agree_on_the_data_are_taken_once_and_in_their_order():
    """On a subspace many nodes are the same function; the first of them is as good as any."""
    data = make_dataset("subspace", "sines", dimension=6, modulus=5, seed=2, rank=2)
    problem = wt.Problem(data.points, data.targets, modulus=5)
    nodes = wt.make_sampler("uniform", problem).sample(400, rng=1)
    chosen = select_greedy(problem, nodes, 64)
    columns = features(chosen, problem.points, problem)
    assert np.linalg.matrix_rank(columns) == len(chosen)
    everything = features(nodes, problem.points, problem)
    for column in columns.T:
        twins = nodes[np.flatnonzero((everything == column[:, None]).all(axis=0))]
        assert any(same(twins[:1], chosen[k : k + 1]) for k in range(len(chosen)))


def test_an_exact_fit_needs_no_further_nodes():
    data = make_dataset("grid", "sine", dimension=4, modulus=5, seed=1)
    problem = wt.Problem(data.points, data.targets, modulus=5)
    chosen = select_greedy(problem, wt.make_sampler("spectral", problem).sample(256, rng=0), 32)
    assert len(chosen) <= 4
    assert wt.fit_subnetwork(problem, chosen).relative_risk == 0


def ordered_pair_counts(problem, keep, pairs):
    sampler = wt.make_sampler("spectral", problem)
    drawn = sampler.sample(12 * pairs, rng=7)
    place = {}
    counts = {}
    for start in range(0, 12 * pairs, 12):
        pair = keep(drawn[start : start + 12], 2)
        keys = tuple(place.setdefault(tuple(row), len(place)) for row in np.c_[pair.a, pair.b])
        counts[keys] = counts.get(keys, 0) + 1
    return counts, place


def test_distinct_nodes_are_draws_without_replacement():
    """Chi-square at 0.1 %; keeping the distinct nodes in sorted order is caught."""
    problem = wt.Problem([[0], [1]], [1.0, 0.4], modulus=3)

    def sort_them(nodes, count):
        rows = np.unique(np.c_[nodes.a, nodes.b], axis=0)[:count]
        return Nodes(rows[:, :1], rows[:, 1])

    grid = np.stack(np.meshgrid(range(3), range(3), indexing="ij"), -1).reshape(-1, 2)
    energy = problem.node_energy(grid[:, :1], grid[:, 1])
    probability = dict(zip(map(tuple, grid), energy / energy.sum(), strict=True))
    values = []
    for keep in (distinct_nodes, sort_them):
        counts, place = ordered_pair_counts(problem, keep, 4000)
        node_at = {number: probability[tuple(map(int, key))] for key, number in place.items()}
        # Twelve draws hold two distinct nodes all but never less.
        expected = {
            (i, j): node_at[i] * node_at[j] / (1 - node_at[i])
            for i in node_at
            for j in node_at
            if i != j
        }
        keys = list(expected)
        wanted = np.array([expected[key] for key in keys])
        seen = np.array([counts.get(key, 0) for key in keys])
        values.append(scipy.stats.chisquare(seen, wanted / wanted.sum() * seen.sum()).pvalue)
    assert values[0] > 1e-3
    assert values[1] < 1e-12


def test_distinct_nodes_keep_their_order():
    nodes = Nodes(np.array([[1, 2], [0, 0], [1, 2], [4, 4]]), np.array([3, 1, 3, 0]))
    assert distinct_nodes(nodes, 9).b.tolist() == [3, 1, 0]
    assert distinct_nodes(nodes, 2).b.tolist() == [3, 1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"count": 0}, "count"), ({"count": 2.5}, "count"), ({"count": 2, "rounds": -1}, "rounds")],
)
def test_bad_numbers_are_named(arguments, named):
    problem = sparse_problem(0)
    nodes = wt.make_sampler("uniform", problem).sample(5, rng=0)
    with pytest.raises(ValueError, match=rf"^{named}: "):
        select_greedy(problem, nodes, **arguments)
    with pytest.raises(ValueError, match=r"^candidates: "):
        select_greedy(problem, nodes[:0], 2)
