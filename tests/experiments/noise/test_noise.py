"""The share of p* on the target's line: predicted and measured, with noise and without."""

import numpy as np
import pytest

from tests.experiments.noise.small import table
from winning_tickets.experiments.noise.theory import line_share
from winning_tickets.families import make_dataset
from winning_tickets.problem import Problem
from winning_tickets.wide_network import all_nodes, node_probabilities


def test_without_noise_on_the_whole_grid_all_of_p_star_is_on_the_line():
    found = table().query("noise == 0 and share == 1")
    assert (found["line_share"] == 1).all()
    assert found["clean_risk"].isna().all()
    assert line_share(125, 0.0, 5, 3) == 1.0


def test_the_share_is_the_mean_over_noise_of_that_of_p_star():
    """All nodes enumerated, 60 draws of the noise: the prediction within its standard error."""
    data = make_dataset("grid", "sine", dimension=3, modulus=5, seed=1)
    clean = Problem(data.points, data.targets, modulus=5)
    nodes = all_nodes(clean)
    on_line = clean.node_energy(nodes.a, nodes.b) > 0
    rng, shares = np.random.default_rng(2), []
    for _ in range(60):
        errors = rng.standard_normal(125) * np.sqrt(np.mean(data.targets**2))
        noisy = Problem(data.points, data.targets + errors, modulus=5)
        shares.append(node_probabilities(noisy)[on_line].sum())
    error = np.std(shares) / np.sqrt(60)
    assert abs(np.mean(shares) - line_share(125, 1.0, 5, 3)) < 4 * error
    # Without 1 + eta, and without what is there by chance, it would be seen.
    assert abs(np.mean(shares) - line_share(125, 0.0, 5, 3)) > 10 * error


def test_measured_shares_and_successes_are_as_predicted():
    cells = table().groupby(["noise", "share"])
    means = cells[["line_share", "predicted_line_share", "success", "predicted_success"]].mean()
    np.testing.assert_allclose(means["line_share"], means["predicted_line_share"], atol=0.06)
    np.testing.assert_allclose(means["success"], means["predicted_success"], atol=0.17)


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_risk_is_that_against_the_target_without_noise(noise):
    found = table().query("noise == @noise and share < 1")
    assert found["clean_risk"].notna().all()
    assert (found["clean_risk"].mean() < 0.2) == (noise == 0)
