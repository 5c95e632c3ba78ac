"""The simulated circuit: amplitudes, draws, counts, and every planted mistake caught."""

import dataclasses
import tracemalloc

import numpy as np
import pytest

import winning_tickets as wt
from tests.samplers.goodness import LEVEL, chi_square, distance, full_grid, node_counts
from tests.support import fit_of, is_rejected, random_case
from winning_tickets.samplers.base import Nodes
from winning_tickets.samplers.circuit import (
    MAX_AMPLITUDES,
    CircuitSampler,
    Division,
    Fourier,
    GateCounts,
    RidgeletPreparation,
    build_circuit,
    count_gates,
    gate_formula,
    prepare_data,
    run_circuit,
)


def random_problem(modulus, dimension, count, rng, activation="relu", ridge=0.0):
    """Return a problem whose points repeat, so that shares differ."""
    points = rng.integers(0, modulus, (count, dimension))
    points = np.concatenate([points, points[: count // 3]])
    targets = rng.normal(size=len(points))
    return wt.Problem(points, targets, modulus=modulus, activation=activation, ridge=ridge)


def optimum(problem):
    """Return w*(a, b) / ||h|| of all nodes."""
    nodes = full_grid(problem.modulus, problem.dimension + 1)
    weights = problem.optimal_weights(nodes[:, :-1], nodes[:, -1])
    return weights / np.sqrt(problem.norm_squared)


def amplitudes(gates, problem):
    return run_circuit(gates, problem.modulus, problem.dimension).reshape(-1)


def mismatch(state, expected):
    """Return the largest difference of amplitudes after the best global phase."""
    overlap = np.vdot(expected, state)
    phase = overlap / abs(overlap) if abs(overlap) > 1e-12 else 1.0
    return np.abs(state - phase * expected).max()


@pytest.mark.parametrize("activation", wt.ACTIVATIONS)
@pytest.mark.parametrize(
    ("modulus", "dimension", "count"), [(3, 1, 2), (3, 5, 60), (5, 2, 12), (5, 4, 1), (7, 3, 30)]
)
def test_the_amplitudes_are_the_optimal_weights(modulus, dimension, count, activation):
    rng = np.random.default_rng([modulus, dimension])
    problem = random_problem(modulus, dimension, count, rng, activation, ridge=0.01)
    assert mismatch(amplitudes(build_circuit(problem), problem), optimum(problem)) < 1e-12


def test_the_amplitudes_of_the_reference_cases(reference):
    case, numbers = reference
    problem = case.problem()
    weights = np.array(numbers["weights"]) / np.sqrt(problem.norm_squared)
    assert mismatch(amplitudes(build_circuit(problem), problem), weights) < 1e-12


@pytest.mark.parametrize("seed", range(12))
def test_draws_on_random_small_problems(seed):
    _, case = random_case(seed)
    sampler = wt.make_sampler("circuit", case.problem(), soft_threshold=case.soft_threshold)
    assert not is_rejected(fit_of(sampler.sample(20_000, rng=seed), case))


def test_the_amplitudes_on_a_full_grid():
    grid = full_grid(5, 4)
    targets = np.sin(2 * np.pi * (grid @ [1, 3, 0, 2]) / 5)
    problem = wt.Problem(grid, targets, modulus=5)
    assert mismatch(amplitudes(build_circuit(problem), problem), optimum(problem)) < 1e-12


def test_the_largest_circuit_agrees_at_random_nodes():
    modulus, dimension = 3, 12
    rng = np.random.default_rng(0)
    problem = random_problem(modulus, dimension, 300, rng)
    state = run_circuit(build_circuit(problem), modulus, dimension)
    assert MAX_AMPLITUDES / modulus < state.size <= MAX_AMPLITUDES
    a = rng.integers(0, modulus, (2000, dimension))
    b = rng.integers(0, modulus, 2000)
    expected = problem.optimal_weights(a, b) / np.sqrt(problem.norm_squared)
    assert np.abs(state[(*a.T, b)] - expected).max() < 1e-12


def mirrored(gates):
    """Forget to invert the last Fourier transform: b becomes -b."""
    return [*gates[:-1], dataclasses.replace(gates[-1], inverse=False)]


def conjugated(gates):
    """Drop the conjugation of the activation's transform."""
    return [
        RidgeletPreparation(gate.qudits, gate.amplitudes.conj())
        if isinstance(gate, RidgeletPreparation)
        else gate
        for gate in gates
    ]


def with_zero(gates):
    """Let the control be 0 now and then, as for an activation with a mean."""
    changed = []
    for gate in gates:
        if isinstance(gate, RidgeletPreparation):
            amplitudes = gate.amplitudes.copy()
            amplitudes[0] = 0.3
            gate = RidgeletPreparation(gate.qudits, amplitudes / np.linalg.norm(amplitudes))
        changed.append(gate)
    return changed


def multiplied(gates):
    """Forget to divide the first coordinate."""
    index = next(i for i, gate in enumerate(gates) if isinstance(gate, Division))
    return gates[:index] + gates[index + 1 :]


@pytest.mark.parametrize("bug", [mirrored, conjugated, with_zero, multiplied])
def test_a_wrong_gate_is_caught(bug):
    problem = random_problem(5, 3, 40, np.random.default_rng(1))
    expected = optimum(problem)
    state = amplitudes(bug(build_circuit(problem)), problem)
    assert mismatch(state, expected) > 1e-3
    counts = np.random.default_rng(2).multinomial(40_000, np.abs(state) ** 2)
    assert chi_square(counts, expected**2 / np.sum(expected**2)) < LEVEL


def test_a_mirrored_shift_is_far_from_the_truth():
    problem = random_problem(5, 3, 40, np.random.default_rng(3))
    state = amplitudes(mirrored(build_circuit(problem)), problem)
    assert distance(np.abs(state) ** 2, optimum(problem) ** 2) > 0.3


def test_every_gate_keeps_the_norm():
    problem = random_problem(5, 3, 40, np.random.default_rng(4))
    state = np.zeros((5,) * 4, dtype=complex)
    state[0, 0, 0, 0] = 1
    for gate in build_circuit(problem):
        state = gate.apply(state)
        assert np.linalg.norm(state) == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_fourier_gate_and_its_inverse_cancel(axis):
    state = np.random.default_rng(5).normal(size=(5, 5, 5)) + 0j
    there = Fourier((axis,)).apply(state)
    np.testing.assert_allclose(there, np.fft.fft(state, axis=axis, norm="ortho"), atol=1e-13)
    np.testing.assert_allclose(Fourier((axis,), inverse=True).apply(there), state, atol=1e-13)


def test_the_data_are_prepared_with_their_signs():
    problem = random_problem(3, 4, 25, np.random.default_rng(6))
    state = run_circuit(prepare_data(problem), 3, 4)
    expected = np.zeros((3,) * 5)
    expected[(*problem.support_points.T, 0)] = problem.support_weights[:, 0]
    np.testing.assert_allclose(state, expected / np.linalg.norm(expected), atol=1e-14)


@pytest.mark.parametrize("modulus", [3, 5, 7])
@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_the_counts_are_the_closed_forms(modulus, dimension):
    grid = full_grid(modulus, dimension)
    problem = wt.Problem(grid, np.arange(1.0, 1 + len(grid)), modulus=modulus)
    counted = count_gates(build_circuit(problem))
    assert counted == gate_formula(modulus, dimension, len(grid))
    assert counted == GateCounts(
        2 * dimension + 2, dimension + 2, (modulus**dimension - 1) // (modulus - 1)
    )


def test_the_preparation_of_sparse_data_is_bounded_by_its_closed_form():
    for seed in range(10):
        problem = random_problem(3, 7, 40, np.random.default_rng(seed))
        counted = count_gates(build_circuit(problem))
        formula = gate_formula(3, 7, problem.support_size)
        assert (counted.gates, counted.depth) == (formula.gates, formula.depth)
        prefixes = sum(
            len(np.unique(problem.support_points[:, :level], axis=0)) if level else 1
            for level in range(7)
        )
        assert counted.state_preparation_gates == prefixes <= formula.state_preparation_gates
    assert gate_formula(5, 10_000, 200).state_preparation_gates == 1 + 5 + 25 + 125 + 200 * 9_996


def test_a_missing_gate_shows_in_the_counts():
    problem = random_problem(5, 3, 40, np.random.default_rng(1))
    assert count_gates(multiplied(build_circuit(problem))).gates == 2 * 3 + 1
    assert count_gates(multiplied(build_circuit(problem))).depth == 3 + 1


def shifted(nodes, modulus):
    return Nodes(nodes.a, (nodes.b + 1) % modulus)


def reflected(nodes, modulus):
    return Nodes(nodes.a, (modulus - nodes.b.astype(int)) % modulus)


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_sampler_measures_the_optimized_distribution(outputs):
    rng = np.random.default_rng(7)
    points = rng.integers(0, 5, (60, 2))
    problem = wt.Problem(points, rng.normal(size=(60, outputs)), modulus=5)
    nodes = full_grid(5, 3)
    energy = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    sampler = wt.make_sampler("circuit", problem)
    drawn = sampler.sample(40_000, rng=8)
    assert drawn.a.dtype == drawn.b.dtype == np.uint8
    assert sampler.report.proposals == sampler.report.nodes == 40_000
    assert chi_square(node_counts(drawn, 5), energy / energy.sum()) > LEVEL
    for bug in (shifted, reflected):
        assert chi_square(node_counts(bug(drawn, 5), 5), energy / energy.sum()) < LEVEL


def test_nodes_of_probability_zero_are_never_measured():
    grid = full_grid(5, 3)
    problem = wt.Problem(grid, np.sin(2 * np.pi * (grid @ [1, 2, 0]) / 5), modulus=5)
    nodes = wt.make_sampler("circuit", problem).sample(100_000, rng=1)
    assert problem.node_energy(nodes.a, nodes.b).min() > 0


@pytest.mark.parametrize(("dimension", "power"), [(9, "8.7"), (10_000, "6992.1")])
def test_too_long_a_state_is_refused_before_memory_is_taken(dimension, power):
    points = np.random.default_rng(0).integers(0, 5, (10, dimension))
    problem = wt.Problem(points, np.ones(10), modulus=5)
    with pytest.raises(ValueError, match=rf"^dimension: circuit simulates .* 10\^{power} bytes"):
        wt.make_sampler("circuit", problem)


def test_the_declared_memory_is_what_is_used():
    problem = random_problem(5, 7, 200, np.random.default_rng(0))
    declared = CircuitSampler.memory_required(problem)
    tracemalloc.start()
    sampler = CircuitSampler(problem)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 * declared < peak < 1.1 * declared
    assert sampler.report.array_entries == 5**8
