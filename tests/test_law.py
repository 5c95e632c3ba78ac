"""The law of the optimized risk: its formula, its range, and a measured case."""

from dataclasses import dataclass

import numpy as np
import pytest

from winning_tickets import law


@dataclass
class EnumeratedProblem:
    """Stands in for a Problem: all it must know is the energy of a node."""

    modulus: int
    norm_squared: float
    energies: np.ndarray

    def node_energy(self, a, b):
        return self.energies[np.asarray(a)[:, 0].astype(int) * self.modulus + np.asarray(b)]


@dataclass
class Drawn:
    a: np.ndarray
    b: np.ndarray

    def __len__(self):
        return len(self.b)


def test_the_formula_at_known_points():
    assert law.law_risk(0.0, 3.0) == 1.0
    assert law.law_risk(0.5, 3.0) == pytest.approx(0.25)
    assert law.law_risk(1.7, 3.0) == 0.0
    assert law.law_risk([0.2, 0.4], 1.0) == pytest.approx(law.uniform_risk([0.2, 0.4]))
    assert law.uniform_risk([0.25, 2.0]).tolist() == [0.75, 0.0]


@pytest.mark.parametrize(
    ("change", "inside"),
    [
        ({}, True),
        ({"nu": 0.04}, False),
        ({"nu": 0.95}, False),
        ({"kappa": 3.6}, False),
        ({"points": 99}, False),
        ({"density": 0.3}, False),
        ({"equal_shares": False}, False),
        ({"ridge": 1e-3}, False),
    ],
)
def test_the_range_of_the_law(change, inside):
    cell = {"nu": 0.32, "kappa": 3.0, "points": 200} | change
    assert bool(law.law_applies(**cell)) is inside


def test_the_range_is_judged_cell_by_cell():
    judged = law.law_applies([0.01, 0.3], [3.0, 3.0], [200, 200], ridge=[0.0, 0.0])
    assert judged.tolist() == [False, True]


def test_kappa_from_draws_meets_the_enumerated_value():
    rng = np.random.default_rng(0)
    modulus, count = 5, 125
    energies = rng.normal(size=count * modulus) ** 2
    shares = energies / energies.sum()
    problem = EnumeratedProblem(modulus, energies.mean() * modulus, energies)
    drawn = rng.choice(energies.size, size=20_000, p=shares)
    nodes = Drawn((drawn // modulus)[:, None], drawn % modulus)
    exact = (shares * energies).sum() / energies.mean()
    error = np.sqrt((shares * energies**2).sum()) / energies.mean() / np.sqrt(20_000)
    assert abs(law.kappa(problem, nodes) - exact) < 4 * error
    flat = rng.integers(energies.size, size=20_000)
    uniform = Drawn((flat // modulus)[:, None], flat % modulus)
    assert law.kappa(problem, uniform) < exact - 10 * error, "uniform draws have kappa 1"
    with pytest.raises(ValueError, match="at least one"):
        law.kappa(problem, Drawn(np.empty((0, 1)), np.empty(0, dtype=int)))


@pytest.mark.parametrize("zeros", [0, 120])
def test_the_law_holds_on_random_sparse_data_and_a_uniform_ticket_breaks_it(zeros):
    """Direct computation with P = 5, D = 5, M = 200, N = 64, random labels: no sampler involved.

    Points where the target is zero count in M like the others.
    """
    rng = np.random.default_rng(1)
    modulus, nodes, count = 5, 64, 200
    table = np.maximum(np.arange(modulus) - 2.0, 0) - 0.6
    table /= np.linalg.norm(table)
    domain = np.stack(np.unravel_index(np.arange(5**5), (5,) * 5), axis=1)
    risks = {"optimized": [], "uniform": []}
    for _ in range(8):
        points = domain[rng.choice(len(domain), count, replace=False)]
        values = rng.choice([-1.0, 1.0], count)
        values[:zeros] = 0.0
        products = domain @ points.T
        weights = np.stack([table[(products - b) % modulus] @ values for b in range(modulus)], 1)
        energy = weights.ravel() ** 2
        for name, shares in (("optimized", energy / energy.sum()), ("uniform", None)):
            drawn = rng.choice(energy.size, nodes, p=shares)
            shifts = (drawn % modulus)[:, None]
            features = table[(products[drawn // modulus] - shifts) % modulus].T
            fit = features @ np.linalg.lstsq(features, values, rcond=1e-12)[0]
            risks[name].append(((values - fit) ** 2).sum() / (count - zeros))
    nu = nodes / count
    predicted = float(law.law_risk(nu, 3.0))
    assert abs(np.mean(risks["optimized"]) - predicted) < 0.05
    assert abs(np.mean(risks["uniform"]) - float(law.uniform_risk(nu))) < 0.05
    assert np.mean(risks["uniform"]) - predicted > 0.2
