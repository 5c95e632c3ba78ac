import math

import numpy as np
import pytest

import winning_tickets as wt
from winning_tickets.experiments.generalization.theory import (
    LineFit,
    coherent_share,
    fit_line,
    predict,
    success_probability,
)
from winning_tickets.families import make_dataset

# What few nodes leave of one sine at P = 5, found once for all tests.
SINE = fit_line("sine", modulus=5, activation="relu", most=20, samples=200, seed=1)


def test_a_line_of_one_sine_needs_the_dimension_of_its_functions():
    """Functions on Z_5 without mean have dimension 4: fewer nodes never span a generic one."""
    assert SINE.residual[0] == 1
    assert not SINE.spanned[:4].any()
    assert 0.2 < SINE.spanned[4] < 0.8
    assert SINE.spanned[20] == 1
    assert (np.diff(SINE.residual) <= 0).all()
    assert (np.diff(SINE.spanned) >= 0).all()


def test_the_modes_of_the_target_hold_the_stated_share_of_the_optimized_distribution():
    """Mean over random halves of the domain of sum |h^(k)|^2 over k = +-k0, by a whole FFT."""
    shares = []
    for number in range(40):
        data = make_dataset("grid", "sine", dimension=3, modulus=5, seed=number)
        seen = np.random.default_rng(number + 1000).permutation(125)[:50]
        h = np.zeros(125)
        h[seen] = data.targets[seen]
        power = np.abs(np.fft.fftn(h.reshape(5, 5, 5))) ** 2
        whole = np.abs(np.fft.fftn(data.targets.reshape(5, 5, 5))) ** 2
        shares.append(power[whole > 1e-9 * whole.max()].sum() / power.sum())
    error = np.std(shares) / math.sqrt(len(shares))
    # Besides the coherent share, noise adds two of 125 modes.
    expected = coherent_share(50, 5, 3) + (1 - 50 / 125) * 2 / 125
    assert abs(np.mean(shares) - expected) < 4 * error
    assert abs(np.mean(shares) - 0.5) > 4 * error


def test_success_is_the_multinomial_sum():
    """Simulated counts: lines that need 2 nodes for sure, at three lines and six draws."""
    line = LineFit(np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.0, 1.0]))
    rng = np.random.default_rng(5)
    counts = rng.multinomial(9, [0.2, 0.2, 0.2, 0.4], size=40_000)[:, :3]
    simulated = (counts >= 2).all(axis=1).mean()
    error = math.sqrt(simulated * (1 - simulated) / 40_000)
    assert abs(success_probability(line, 3, 9, 0.2) - simulated) < 4 * error
    # Lines taken as independent would be off by far more.
    alone = success_probability(line, 1, 9, 0.2)
    assert abs(alone**3 - simulated) > 8 * error
    assert success_probability(line, 1, 9, 0.0) == 0
    assert success_probability(line, 3, 60, 1 / 3) == pytest.approx(1, abs=1e-6)


def measured(optimized, share, replicates):
    """Mean train and test risk, and their standard errors, at P = 5, D = 4, one sine, N = 32."""
    rows = []
    for number in range(replicates):
        data = make_dataset("grid", "sine", dimension=4, modulus=5, seed=number)
        order = np.random.default_rng(number + 5000).permutation(625)
        count = round(share * 625)
        seen, unseen = order[:count], order[count:]
        problem = wt.Problem(data.points[seen], data.targets[seen], modulus=5)
        sampler = wt.make_sampler("spectral" if optimized else "uniform", problem)
        ticket = wt.fit_subnetwork(problem, sampler.sample(32, rng=number + 9000))
        missed = data.targets[unseen] - ticket.predict(data.points[unseen])
        test_risk = np.sum(missed**2) / np.sum(data.targets[unseen] ** 2)
        rows.append((ticket.relative_risk, test_risk, test_risk < 1e-6))
    return np.mean(rows, axis=0), np.std(rows, axis=0) / math.sqrt(replicates)


@pytest.mark.parametrize(("optimized", "share"), [(True, 0.12), (True, 0.2), (False, 0.2)])
def test_predicted_risks_agree_with_tickets(optimized, share):
    mean, error = measured(optimized, share, 60)
    found = predict(
        SINE, 1, nodes=32, points=round(share * 625), modulus=5, dimension=4, optimized=optimized
    )
    expected = (found.train_risk, found.test_risk, found.success)
    for value, spread, wanted, tolerance in zip(
        mean, error, expected, (0.03, 0.1, 0.05), strict=True
    ):
        assert abs(value - wanted) < 4 * spread + tolerance
    # Taking one kind of nodes for the other is far outside.
    other = predict(
        SINE,
        1,
        nodes=32,
        points=round(share * 625),
        modulus=5,
        dimension=4,
        optimized=not optimized,
    )
    assert abs(mean[1] - other.test_risk) > 4 * error[1] + 0.1


def test_the_transition_depends_on_the_share_of_the_domain_not_on_its_size():
    success = {
        dimension: predict(
            SINE, 1, nodes=32, points=round(0.15 * 5**dimension), modulus=5, dimension=dimension
        ).success
        for dimension in (5, 8, 12)
    }
    assert max(success.values()) - min(success.values()) < 0.02


def test_without_noise_nothing_is_left_and_without_data_nothing_is_learnt():
    whole = predict(SINE, 1, nodes=32, points=625, modulus=5, dimension=4)
    assert whole.test_risk < 1e-6 and whole.success > 0.999
    sparse = predict(SINE, 1, nodes=32, points=400, modulus=5, dimension=12)
    assert sparse.success < 1e-9
    assert sparse.test_risk > 1


def test_interpolating_tickets_are_refused():
    with pytest.raises(ValueError, match=r"^points: "):
        predict(SINE, 1, nodes=32, points=32, modulus=5, dimension=4)
