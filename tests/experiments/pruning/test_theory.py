"""The prediction of pruned risks: its parts against counts, the whole against measured means."""

import numpy as np
import pytest

from tests.experiments.pruning.small import table
from winning_tickets.activations import make_activation
from winning_tickets.experiments.pruning.theory import (
    Cell,
    affine_rank,
    function_copies,
    predicted_risk,
)
from winning_tickets.families import make_dataset
from winning_tickets.law import law_risk
from winning_tickets.problem import Problem
from winning_tickets.subnetwork import features
from winning_tickets.wide_network import all_nodes


@pytest.mark.parametrize("activation", ["relu", "sign", "sine", "gaussian"])
def test_functions_and_copies_are_those_that_all_nodes_compute(activation):
    """On a shifted plane in Z_5^3, apart from nodes with a constant inner product."""
    data = make_dataset("subspace", "labels", dimension=3, modulus=5, seed=4, rank=2)
    shifted = (data.points + np.array([1, 2, 3], dtype=np.uint8)) % 5
    problem = Problem(shifted, data.targets, modulus=5, activation=activation)
    columns = features(all_nodes(problem), problem.points, problem)
    columns = columns[:, np.ptp(columns, axis=0) > 1e-9]
    # The first value that is not zero becomes positive.
    columns *= np.sign(np.take_along_axis(columns, (np.abs(columns) > 1e-9).argmax(0)[None], 0))
    _, counts = np.unique(columns.round(9), axis=1, return_counts=True)
    cell = Cell.of(problem)
    assert set(counts) == {cell.copies}
    assert len(counts) == pytest.approx(cell.functions * (1 - 5.0**-2))


def test_activations_that_are_odd_repeat_each_function():
    assert function_copies(make_activation("relu", 5)) == 1
    assert function_copies(make_activation("sine", 7)) == 2


def test_the_rank_is_that_of_the_differences():
    points = np.array([[1, 1, 1], [2, 1, 1], [0, 1, 1], [1, 3, 1]], dtype=np.uint8)
    assert affine_rank(points, 5) == 2
    assert affine_rank(points[:1], 5) == 0
    # Dependent modulo 5, not over the real numbers.
    assert affine_rank(np.array([[0, 0], [1, 2], [3, 1]]), 5) == 1


SPARSE = Cell(points=200, functions=5.0**9, copies=1.0)


def test_draws_and_uniform_nodes_follow_the_law_on_sparse_data():
    assert predicted_risk(SPARSE, "drawn", 64, 1) == pytest.approx(law_risk(0.32, 3.0), abs=1e-3)
    assert predicted_risk(SPARSE, "uniform", 64, 1) == pytest.approx(0.68, abs=1e-3)
    # One candidate a node leaves nothing to prune.
    one = predicted_risk(SPARSE, "pruned_draws", 64, 1)
    assert one == pytest.approx(predicted_risk(SPARSE, "drawn", 64, 1), abs=1e-3)


def test_the_tail_is_that_of_drawn_gaussians():
    rng = np.random.default_rng(0)
    z = np.sort(rng.standard_normal(1_000_000) ** 2)[-1_000:]
    cell = Cell(points=200, functions=1e6, copies=1.0)
    expected = law_risk(1_000 / 2_000, z.mean())
    found = predicted_risk(Cell(2_000, cell.functions, cell.copies), "pruned_network", 1_000, 1)
    assert found == pytest.approx(expected, rel=0.02)


def test_copies_leave_one_function_however_many_nodes():
    cell = Cell(points=125, functions=625.0, copies=3125.0)
    few, many = (predicted_risk(cell, "pruned_network", nodes, 1) for nodes in (8, 64))
    assert few == many > 0.9
    assert np.isnan(predicted_risk(cell, "greedy", 8, 1))


def test_the_small_table_is_predicted():
    """Means over three data sets; the copies and kappa are what a planted mistake would change."""
    found = table()
    found = found[found["predicted_risk"].notna()]
    means = found.groupby(["family", "way", "nodes"])[["relative_risk", "predicted_risk"]].mean()
    assert (means["relative_risk"] - means["predicted_risk"]).abs().max() < 0.12
