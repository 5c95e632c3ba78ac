"""Prefixes of a ticket, trained together, agree with tickets trained one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winning_tickets as wt
from winning_tickets.prefixes import PrefixTrainer, count_unique

# More nodes than points, fewer, one; repeated points; full grids, where nodes repeat and the
# features are far from independent.
CASES = {
    "sparse": (5, 6, 80, 40, 1),
    "wide": (5, 3, 20, 60, 1),
    "repeated points": (3, 2, 60, 30, 1),
    "one point": (7, 2, 1, 10, 1),
    "two outputs": (5, 3, 50, 30, 2),
}


def make_problem(modulus, dimension, count, outputs, seed, structured=False):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, modulus, (count, dimension))
    values = rng.normal(size=(count, outputs))
    if structured:
        values = np.sin(2 * np.pi * points[:, :1] / modulus) + 0 * values
    return wt.Problem(points, values, modulus=modulus)


@pytest.mark.parametrize("sampler", ["uniform", "spectral"])
@pytest.mark.parametrize("case", CASES)
@settings(max_examples=20)
@given(seed=st.integers(0, 999), structured=st.booleans())
def test_prefixes_agree_with_single_fits(case, sampler, seed, structured):
    modulus, dimension, count, size, outputs = CASES[case]
    problem = make_problem(modulus, dimension, count, outputs, seed, structured and count > 1)
    nodes = wt.make_sampler(sampler, problem).sample(size, rng=seed)
    sizes = [1, size // 3, size]
    fits = PrefixTrainer(problem).train(nodes, sizes)
    for (network, risk), number in zip(fits, sizes, strict=True):
        alone = wt.fit_subnetwork(problem, nodes[:number])
        assert len(network.nodes) == number
        assert risk == pytest.approx(alone.relative_risk, rel=1e-8, abs=1e-13)
        assert np.allclose(network.predict(problem.points), alone.predict(problem.points))
        assert risk == pytest.approx(network.relative_risk, rel=1e-8, abs=1e-13)


def test_larger_prefixes_never_have_larger_risks():
    problem = make_problem(5, 6, 80, 1, 3)
    nodes = wt.make_sampler("spectral", problem).sample(90, rng=0)
    risks = [risk for _, risk in PrefixTrainer(problem).train(nodes, range(1, 91))]
    assert all(second <= first + 1e-12 for first, second in itertools.pairwise(risks))
    assert risks[-1] == 0.0


def test_unique_nodes_are_counted_per_prefix():
    nodes = wt.Nodes(np.array([[1, 2], [1, 2], [0, 2], [1, 2]]), np.array([0, 0, 0, 1]))
    assert count_unique(nodes, [1, 2, 3, 4]) == [1, 1, 2, 3]


@pytest.mark.parametrize("sizes", [[0], [4], [2, 5]])
def test_sizes_out_of_range_are_refused(sizes):
    problem = make_problem(5, 2, 10, 1, 0)
    nodes = wt.make_sampler("uniform", problem).sample(3, rng=0)
    with pytest.raises(ValueError, match=r"^sizes: .* must lie in 1\.\.3"):
        PrefixTrainer(problem).train(nodes, sizes)
