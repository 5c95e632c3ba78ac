"""The table of all weights: every entry right, in order, and stated before it is taken."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winning_tickets as wt
from tests.samplers.goodness import full_grid
from tests.support import (
    all_scaled_weights,
    assert_one_line,
    fit_of,
    is_rejected,
    random_case,
)
from winning_tickets.field import index_to_digits
from winning_tickets.samplers import enumeration
from winning_tickets.samplers.base import ProblemSize, choose_place


@pytest.mark.parametrize("backend", ["numba", "numpy"])
@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 8])
def test_all_energies_equal_brute_force(seed, backend):
    _, case = random_case(seed)
    problem = case.problem()
    u = all_scaled_weights(case.points, case.targets, case.modulus, case.activation, case.ridge)
    energies = enumeration.enumerate_energies(problem, backend)
    np.testing.assert_allclose(energies, u[:, 0] ** 2, atol=1e-11 * problem.norm_squared)
    total = case.modulus**problem.dimension * problem.norm_squared
    assert energies.sum() == pytest.approx(total, rel=1e-12)


def test_the_energies_of_the_reference_cases(reference):
    case, numbers = reference
    energies = enumeration.enumerate_energies(case.problem())
    np.testing.assert_allclose(energies / energies.sum(), numbers["probabilities"], atol=1e-10)


@pytest.mark.parametrize(("modulus", "dimension", "size"), [(3, 7, 300), (11, 3, 40), (257, 1, 9)])
def test_both_backends_fill_the_same_table(modulus, dimension, size):
    rng = np.random.default_rng(size)
    points = rng.integers(0, modulus, (size, dimension))
    problem = wt.Problem(points, rng.normal(size=size), modulus=modulus)
    plain = enumeration.enumerate_energies(problem, "numpy")
    assert np.array_equal(enumeration.enumerate_energies(problem, "numba"), plain)


def test_energies_beyond_the_limit_on_tables():
    rng = np.random.default_rng(0)
    problem = wt.Problem(rng.integers(0, 521, (30, 1)), rng.normal(size=30), modulus=521)
    nodes = full_grid(521, 2)
    direct = problem.node_energy(nodes[:, :1], nodes[:, 1])
    energies = enumeration.enumerate_energies(problem)
    np.testing.assert_allclose(energies, direct, atol=1e-12 * problem.norm_squared)


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 4), (7, 2), (31, 1)])
def test_transforms_fill_the_same_table(monkeypatch, modulus, dimension):
    rng = np.random.default_rng(modulus)
    points = rng.integers(0, modulus, (20, dimension))
    problem = wt.Problem(points, rng.normal(size=20), modulus=modulus)
    by_table = enumeration.enumerate_energies(problem)
    monkeypatch.setattr(enumeration, "MAX_TABLE_MODULUS", 2)
    monkeypatch.setattr(enumeration, "_CHUNK_ENTRIES", 2 * modulus)
    by_transform = enumeration.enumerate_energies(problem)
    np.testing.assert_allclose(by_transform, by_table, atol=1e-13 * problem.norm_squared)


def test_energies_computed_in_pieces(monkeypatch):
    _, case = random_case(0)
    whole = enumeration.enumerate_energies(case.problem())
    monkeypatch.setattr(enumeration, "_CHUNK_ENTRIES", 7 * case.problem().support_size)
    np.testing.assert_allclose(
        enumeration.enumerate_energies(case.problem()), whole, rtol=1e-9, atol=1e-13
    )


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 1), (3, 4), (5, 3), (7, 2), (31, 1)])
def test_multiples_of_the_chosen_vectors_are_all_vectors_once(modulus, dimension):
    lines = enumeration._Lines(wt.make_activation("relu", modulus), dimension)
    zero, *index = np.concatenate(list(lines.chunks(50)))
    assert (lines.multiples(np.array([zero])) == 0).all()
    assert len(index) + 1 == enumeration.line_count(modulus, dimension)
    reached = lines.multiples(np.array(index))
    np.testing.assert_array_equal(np.sort(reached), np.arange(1, modulus**dimension))
    digits = index_to_digits(np.array(index), modulus, dimension).astype(int)
    factors = np.arange(1, modulus)[:, None]
    expected = np.concatenate([row * factors % modulus for row in digits])
    np.testing.assert_array_equal(index_to_digits(reached, modulus, dimension), expected)


@pytest.mark.parametrize(("modulus", "dimension", "size"), [(5, 8, 200), (257, 1, 50), (31, 3, 90)])
def test_no_more_memory_is_taken_than_was_stated(modulus, dimension, size):
    rng = np.random.default_rng(size)
    points = rng.integers(0, modulus, (size, dimension))
    problem = wt.Problem(points, rng.normal(size=size), modulus=modulus)
    stated = enumeration.EnumerationSampler.memory_required(problem)
    wt.make_sampler("enumeration", problem)  # what loading the kernel takes is not its memory
    tracemalloc.start()
    wt.make_sampler("enumeration", problem)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 8 * modulus ** (dimension + 1) < peak < 1.05 * stated


@pytest.mark.parametrize("streamed", [False, True])
def test_nodes_without_weight_are_never_drawn(streamed):
    grid = full_grid(5, 2)
    problem = wt.Problem(grid, np.cos(2 * np.pi * (grid @ [1, 3]) / 5), modulus=5)
    nodes = wt.make_sampler("enumeration", problem, streamed=streamed).sample(20_000, rng=0)
    assert (problem.node_energy(nodes.a, nodes.b) > 0).all()
    assert {tuple(a) for a in nodes.a} == {(1, 3), (2, 1), (3, 4), (4, 2)}


def test_the_report():
    _, case = random_case(0)
    problem = case.problem()
    sampler = wt.make_sampler("enumeration", problem)
    sampler.sample(10, rng=0)
    sampler.sample(20, rng=0)
    report = sampler.report
    assert (report.nodes, report.proposals) == (30, 30)
    entries = problem.modulus ** (problem.dimension + 1)
    assert report.array_entries == entries
    lines = (problem.modulus**problem.dimension - 1) // (problem.modulus - 1)
    assert report.weight_evaluations == (lines + 1) * problem.support_size
    assert report.levels == 0
    assert report.memory_bytes == enumeration.EnumerationSampler.memory_required(problem)
    assert report.memory_bytes >= 8 * entries


class TestStreamed:
    """Nodes found on one way through the energies, of which no table is kept."""

    @pytest.mark.parametrize(("modulus", "dimension", "size"), [(3, 9, 60), (11, 3, 40)])
    def test_they_are_those_that_the_uniform_numbers_choose_in_the_same_order(
        self, monkeypatch, modulus, dimension, size
    ):
        rng = np.random.default_rng(size)
        points = rng.integers(0, modulus, (size, dimension))
        problem = wt.Problem(points, rng.normal(size=size), modulus=modulus)
        monkeypatch.setattr(enumeration, "_CHUNK_ENTRIES", 50 * size)  # many blocks
        energies = enumeration.enumerate_energies(problem)
        blocks = enumeration._blocks(problem, "auto")
        places = np.concatenate([place for place, _ in blocks])
        in_order = energies.reshape(-1, modulus)[places].reshape(-1)
        uniforms = rng.random(2_000)
        chosen = np.searchsorted(np.cumsum(in_order), uniforms * in_order.sum(), side="right")
        expected = places[chosen // modulus] * modulus + chosen % modulus
        np.testing.assert_array_equal(enumeration.choose_streamed(problem, uniforms), expected)

    @given(
        weights=st.lists(st.integers(0, 3), min_size=1, max_size=700).filter(any),
        shares=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40),
    )
    def test_runs_find_what_the_plain_cumulative_sum_finds(self, weights, shares):
        """Whole numbers, so that no order of summing rounds."""
        weights = np.array(weights, dtype=float)
        goals = np.sort(np.floor(np.array(shares) * weights.sum() * 8) / 8)
        expected = choose_place(np.cumsum(weights), goals)
        np.testing.assert_array_equal(enumeration.choose_in_runs(weights, goals), expected)

    def test_numbers_at_both_ends_choose_nodes_of_positive_weight(self):
        _, case = random_case(0)
        problem = case.problem()
        ends = np.array([1.0, 0.0, 1 - 2.0**-53, 1.0])
        chosen = enumeration.choose_streamed(problem, ends)
        energies = enumeration.enumerate_energies(problem)
        assert (energies[chosen] > 0).all()
        assert chosen[0] == chosen[2] == chosen[3] != chosen[1]

    def test_a_shorter_call_gives_the_first_nodes_of_a_longer_one(self):
        _, case = random_case(1)
        sampler = case.sampler("enumeration-streamed")
        few, many = sampler.sample(20, rng=3), sampler.sample(300, rng=3)
        np.testing.assert_array_equal(few.a, many.a[:20])
        np.testing.assert_array_equal(few.b, many.b[:20])
        assert len(np.unique(many.row_keys())) > 20

    def test_forgetting_the_order_of_the_numbers_is_caught(self, monkeypatch):
        """Sorted nodes are no independent draws: the first of many are a biased ticket."""
        _, case = random_case(0)
        sampler = case.sampler("enumeration-streamed")
        honest = sampler.sample(100_000, rng=0)[:20_000]
        assert not is_rejected(fit_of(honest, case))
        original = enumeration.choose_streamed
        monkeypatch.setattr(
            enumeration, "choose_streamed", lambda *given: np.sort(original(*given))
        )
        assert is_rejected(fit_of(sampler.sample(100_000, rng=0)[:20_000], case))

    def test_a_block_that_is_left_out_is_caught(self, monkeypatch):
        _, case = random_case(0)
        original = enumeration._blocks
        monkeypatch.setattr(enumeration, "_CHUNK_ENTRIES", 1)

        def without_the_last(*given):
            *blocks, _ = original(*given)
            return iter(blocks)

        sampler = case.sampler("enumeration-streamed")
        assert not is_rejected(fit_of(sampler.sample(40_000, rng=0), case))
        monkeypatch.setattr(enumeration, "_blocks", without_the_last)
        assert is_rejected(fit_of(sampler.sample(40_000, rng=0), case))

    @pytest.mark.parametrize(
        ("modulus", "dimension", "size"), [(5, 8, 200), (257, 1, 50), (521, 1, 40), (31, 3, 90)]
    )
    def test_no_more_memory_is_taken_than_was_stated(self, modulus, dimension, size):
        rng = np.random.default_rng(size)
        points = rng.integers(0, modulus, (size, dimension))
        problem = wt.Problem(points, rng.normal(size=size), modulus=modulus)
        sampler = wt.make_sampler("enumeration", problem, streamed=True)
        sampler.sample(1, rng=0)
        for count in (64, 300_000):
            tracemalloc.start()
            nodes = sampler.sample(count, rng=0)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak - nodes.a.nbytes - nodes.b.nbytes <= sampler.report.memory_bytes
        assert sampler.report.memory_bytes == enumeration.streamed_memory(problem)

    def test_memory_is_no_limit_and_work_is(self):
        size = ProblemSize(5, 14, 200)
        assert enumeration.streamed_memory(size) < 1 << 28
        budget = {"memory_mib": 2048, "table_evaluations": 10**12}
        assert "budget.memory_mib" in enumeration.EnumerationSampler.refusal(size, budget)
        assert enumeration.EnumerationSampler.work_refusal(size, budget) == ""
        budget["table_evaluations"] //= 10
        refusal = enumeration.EnumerationSampler.work_refusal(size, budget)
        assert "budget.table_evaluations" in refusal

    def test_every_call_is_one_pass(self):
        _, case = random_case(0)
        sampler, kept = case.sampler("enumeration-streamed"), case.sampler("enumeration")
        assert sampler.report.weight_evaluations == 0
        for calls in (1, 2):
            sampler.sample(10, rng=0)
            once = kept.report.weight_evaluations
            assert sampler.report.weight_evaluations == calls * once
        assert sampler.report.array_entries == kept.report.array_entries

    def test_a_prior_is_refused_in_one_line(self):
        problem = wt.Problem([[0, 1], [1, 2]], [1.0, 2.0], modulus=3, prior=[0.5, 0.25, 0.25])
        with pytest.raises(ValueError, match=r"^prior: enumeration streams none") as error:
            wt.make_sampler("enumeration", problem, streamed=True)
        assert_one_line(error, "prior")
