"""Uniform nodes: uniform indeed, whatever the data."""

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import chi_square, node_counts
from tests.support import is_rejected


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 4), (5, 2), (17, 1), (257, 1)])
def test_every_node_is_equally_likely(modulus, dimension):
    problem = wt.Problem(np.zeros((1, dimension), dtype=int), [1.0], modulus=modulus)
    cells = modulus ** (dimension + 1)
    nodes = wt.make_sampler("uniform", problem).sample(max(20_000, 6 * cells), rng=0)
    assert not is_rejected(chi_square(node_counts(nodes, modulus), np.full(cells, 1 / cells)))


def test_the_data_do_not_matter():
    rng = np.random.default_rng(0)
    first = wt.Problem(rng.integers(0, 5, (9, 4)), rng.normal(size=(9, 2)), modulus=5)
    second = wt.Problem(rng.integers(0, 5, (3, 4)), rng.normal(size=3), modulus=5)
    draws = [wt.make_sampler("uniform", problem).sample(50, rng=3) for problem in (first, second)]
    np.testing.assert_array_equal(draws[0].a, draws[1].a)
    np.testing.assert_array_equal(draws[0].b, draws[1].b)


def test_the_report():
    sampler = wt.make_sampler("uniform", wt.Problem([[0, 1]], [1.0], modulus=3))
    sampler.sample(10, rng=0)
    sampler.sample(5, rng=0)
    report = sampler.report
    assert (report.nodes, report.proposals, report.acceptance_rate) == (15, 15, 1.0)
    assert (report.weight_evaluations, report.levels, report.array_entries) == (0, 0, 0)


def test_ten_thousand_dimensions():
    problem = wt.Problem(np.zeros((1, 10_000), dtype=int), [1.0], modulus=7)
    nodes = wt.make_sampler("uniform", problem).sample(30, rng=0)
    assert nodes.a.shape == (30, 10_000)
    assert len(np.unique(nodes.a, axis=0)) == 30
