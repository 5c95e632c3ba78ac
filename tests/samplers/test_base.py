"""What all samplers share: nodes, seeds, batches, choices, the registry and its errors."""

import json
import subprocess
import sys

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winning_tickets as wt
from tests.support import EXACT_SAMPLERS, assert_one_line, random_case
from winning_tickets.samplers import base

# One that draws from a problem, by each sampler of `make_sampler`.
NAMES = ["uniform", *dict.fromkeys(name for name, _ in EXACT_SAMPLERS.values())]


def small_problem(outputs=None):
    rng = np.random.default_rng(0)
    points = rng.integers(0, 5, (12, 3))
    return wt.Problem(points, rng.normal(size=12 if outputs is None else (12, outputs)), modulus=5)


def equal(first, second):
    return np.array_equal(first.a, second.a) and np.array_equal(first.b, second.b)


@pytest.mark.parametrize("outputs", [None, 3])
@pytest.mark.parametrize("soft_threshold", [None, 0.5, 2.0])
@pytest.mark.parametrize("name", NAMES)
def test_shapes_types_and_ranges_of_nodes(name, soft_threshold, outputs):
    if name == "uniform" and soft_threshold is not None:
        return
    sampler = wt.make_sampler(name, small_problem(outputs), soft_threshold=soft_threshold)
    for n in (1, 37, np.int64(5)):
        nodes = sampler.sample(n, rng=0)
        assert len(nodes) == n
        assert nodes.a.shape == (n, 3)
        assert nodes.b.shape == (n,)
        assert nodes.a.dtype == nodes.b.dtype == np.uint8
        assert max(nodes.a.max(), nodes.b.max()) < 5
    assert sampler.name == name
    assert sampler.report.nodes == 43


@pytest.mark.parametrize("name", ["uniform", "rejection", "spectral"])
def test_two_byte_residues_beyond_256(name):
    problem = wt.Problem([[0, 300], [1008, 1000]], [1.0, 2.0], modulus=1009)
    nodes = wt.make_sampler(name, problem).sample(300, rng=0)
    assert nodes.a.dtype == nodes.b.dtype == np.uint16
    assert 256 < max(nodes.a.max(), nodes.b.max()) < 1009


@pytest.mark.parametrize("soft_threshold", [None, 0.5, 2.0])
@pytest.mark.parametrize("name", NAMES)
def test_a_seed_repeats_its_draws(name, soft_threshold):
    if name == "uniform" and soft_threshold is not None:
        return
    problem = small_problem(outputs=2)

    def draw(rng, n=200):
        return wt.make_sampler(name, problem, soft_threshold=soft_threshold).sample(n, rng=rng)

    first = draw(7)
    assert equal(first, draw(7))
    assert equal(first, draw(np.random.default_rng(7)))
    assert not equal(first, draw(8))
    # A generator moves on; a sampler has no stream of its own.
    rng = np.random.default_rng(7)
    sampler = wt.make_sampler(name, problem, soft_threshold=soft_threshold)
    assert equal(sampler.sample(200, rng=rng), first)
    assert not equal(sampler.sample(200, rng=rng), first)
    assert equal(sampler.sample(200, rng=7), first)
    assert not equal(sampler.sample(200), sampler.sample(200, rng=None))


@pytest.mark.parametrize("outputs", [None, 2])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [0, -1, 2.0, 2.5, True, None, "3", np.nan])
def test_bad_numbers_of_nodes_are_refused_in_one_line(name, n, outputs):
    with pytest.raises(ValueError) as error:
        wt.make_sampler(name, small_problem(outputs)).sample(n, rng=0)
    assert_one_line(error, "n:")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("spectrel", "did you mean spectral?"),
        ("Enumeration", "did you mean enumeration?"),
        ("xyz", "known are uniform"),
        ("heavy", "OracleProblem"),
    ],
)
def test_an_unknown_sampler_gets_the_nearest_name(name, hint):
    with pytest.raises(ValueError) as error:
        wt.make_sampler(name, small_problem())
    assert_one_line(error, "sampler")
    assert hint in str(error.value)


@pytest.mark.parametrize("name", [None, 3, ["spectral"]])
def test_a_sampler_is_asked_for_by_name(name):
    with pytest.raises(TypeError) as error:
        wt.make_sampler(name, small_problem())
    assert_one_line(error, "sampler")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0, ValueError),
        (0.0, ValueError),
        (-1.0, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        ("1", TypeError),
        (True, TypeError),
        (1j, TypeError),
        (np.complex128(1), TypeError),
        ([1.0], TypeError),
        (10**400, ValueError),
        (np.longdouble("1e-4000"), ValueError),
        (np.ma.masked, TypeError),
        (np.timedelta64(1), TypeError),
    ],
)
def test_bad_soft_thresholds_are_refused_in_one_line(value, kind):
    with pytest.raises(kind) as error:
        wt.make_sampler("spectral", small_problem(), soft_threshold=value)
    assert_one_line(error, "soft_threshold")


def test_uniform_nodes_have_no_soft_threshold():
    with pytest.raises(ValueError) as error:
        wt.make_sampler("uniform", small_problem(), soft_threshold=1.0)
    assert_one_line(error, "soft_threshold")
    assert "uniform" in str(error.value)


@pytest.mark.parametrize("name", ["spectral", "rejection"])
def test_an_unknown_backend_is_refused_in_one_line(name):
    with pytest.raises(ValueError) as error:
        wt.make_sampler(name, small_problem(), backend="fortran")
    assert_one_line(error, "backend")


@pytest.mark.parametrize("dimension", [20, 40, 100, 10_000])
@pytest.mark.parametrize("name", ["enumeration", "fft"])
def test_tables_beyond_the_memory_are_refused_before_they_are_taken(name, dimension):
    problem = wt.Problem(np.zeros((1, dimension), dtype=int), [1.0], modulus=5)
    with pytest.raises(MemoryError) as error:
        wt.make_sampler(name, problem)
    assert_one_line(error, name)


def test_the_memory_of_the_machine_is_the_limit(monkeypatch):
    class Memory:
        total = wt.SAMPLERS["enumeration"].memory_required(small_problem()) - 1

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory)
    with pytest.raises(MemoryError):
        wt.make_sampler("enumeration", small_problem())
    Memory.total += 1
    wt.make_sampler("enumeration", small_problem())


@pytest.mark.parametrize("soft_threshold", [None, 2.0])
@pytest.mark.parametrize(
    ("rng", "kind"),
    [
        (True, TypeError),
        ("x", TypeError),
        (1.0, TypeError),
        (np.timedelta64(1), TypeError),
        (-1, ValueError),
        (np.int64(-1), ValueError),
    ],
)
def test_a_bad_seed_is_refused_in_one_line(rng, kind, soft_threshold):
    sampler = wt.make_sampler("spectral", small_problem(), soft_threshold=soft_threshold)
    with pytest.raises(kind) as error:
        sampler.sample(3, rng=rng)
    assert_one_line(error, "is not a seed; a whole number of at least 0")
    assert str(error.value).startswith("rng: ")


@pytest.mark.parametrize("n", [0, -1, 1.0, True, "3", np.timedelta64(3)])
def test_a_number_of_nodes_is_a_whole_number(n):
    with pytest.raises(ValueError) as error:
        wt.make_sampler("uniform", small_problem()).sample(n)
    assert_one_line(error, "n: ")


def test_nodes_come_one_at_a_time_as_nodes():
    nodes = wt.make_sampler("spectral", small_problem()).sample(4, rng=0)
    singles = list(nodes)
    assert [len(node) for node in singles] == [1] * 4
    assert equal(wt.Nodes.join(singles), nodes)
    assert equal(nodes[2], singles[2])
    assert equal(nodes[np.int64(-1)], singles[3])
    assert list(nodes[:0]) == []
    for place in (4, -5):
        with pytest.raises(IndexError):
            nodes[place]


@pytest.mark.parametrize("label", EXACT_SAMPLERS)
def test_batches_join_without_gap_or_repeat(monkeypatch, label):
    _, case = random_case(0)
    sampler = case.sampler(label)
    monkeypatch.setattr(type(sampler), "batch_size", property(lambda self: 7))
    nodes = sampler.sample(50, rng=0)
    assert len(nodes) == 50
    assert sampler.report.nodes == 50
    # Independent batches: no seven rows come back.
    whole = np.column_stack([nodes.a, nodes.b])
    assert not any(np.array_equal(whole[i : i + 7], whole[i + 7 : i + 14]) for i in range(0, 36, 7))


@pytest.mark.parametrize("label", EXACT_SAMPLERS)
def test_batches_depend_on_the_problem_alone(label):
    _, case = random_case(0)
    first, second = case.sampler(label), case.sampler(label)
    second.sample(100, rng=1)
    assert first.batch_size == second.batch_size > 0


def test_nodes_are_sliced_joined_and_counted():
    nodes = wt.Nodes(np.array([[0, 1], [2, 0], [0, 1], [0, 1]]), np.array([1, 1, 1, 0]))
    assert nodes.unique_count == 3
    assert len(nodes[1:3]) == 2
    np.testing.assert_array_equal(nodes[np.array([3, 0])].b, [0, 1])
    np.testing.assert_array_equal(nodes[nodes.b == 0].a, [[0, 1]])
    assert equal(wt.Nodes.join([nodes[:1], nodes[1:]]), nodes)
    assert wt.Nodes.join([nodes]) is nodes


def test_the_acceptance_rate_is_nodes_per_proposal():
    assert base.SamplerReport(nodes=3, proposals=12).acceptance_rate == 0.25
    assert np.isnan(base.SamplerReport().acceptance_rate)


weight_lists = st.lists(
    st.sampled_from([0.0, 0.0, 5e-324, 1e-300, 1e-20, 0.3, 1.0, 7.0, 1e20]), min_size=1, max_size=8
).filter(any)
corners = st.sampled_from([0.0, np.nextafter(0, 1), 0.25, 0.5, 1 - 2**-53])


@given(weight_lists, st.lists(corners | st.floats(0, 1, exclude_max=True), min_size=1, max_size=9))
def test_choices_have_positive_weight_even_at_the_ends_of_the_interval(weights, uniforms):
    weights, uniforms = np.array(weights), np.array(uniforms)
    columns = np.tile(weights[:, None], (1, len(uniforms)))
    by_column = base.choose_columns(columns, uniforms)
    by_table = base.choose_index(np.cumsum(weights), uniforms)
    np.testing.assert_array_equal(by_column, by_table)
    assert (weights[by_column] > 0).all()


def test_choices_fall_where_the_cumulative_weights_say():
    weights = np.array([0.0, 1.0, 0.0, 3.0, 0.0])
    uniforms = np.array([0.0, 0.2499, 0.25, 0.9999])
    expected = [1, 1, 3, 3]
    np.testing.assert_array_equal(base.choose_index(np.cumsum(weights), uniforms), expected)
    np.testing.assert_array_equal(
        base.choose_columns(np.tile(weights[:, None], (1, 4)), uniforms), expected
    )


def test_shifts_that_are_rounding_are_never_chosen():
    scaled = np.array([[1e-13, 1.0], [-1.0, 1e-13], [1e-13, 1e-13]])
    uniforms = np.random.default_rng(0).random(2)
    np.testing.assert_array_equal(base.choose_shifts(scaled, 1e-12, uniforms), [1, 0])


def test_the_table_of_shifted_activations():
    table = base.activation_shifts(np.array([10.0, 11.0, 12.0]))
    for b in range(3):
        for t in range(3):
            assert table[b, t] == 10 + (t - b) % 3


# In a process of its own: other tests have kernels compiled for further types.
AFTER_COMPILING = """
import json, numpy as np, winning_tickets as wt
from winning_tickets import field_numba
from winning_tickets.samplers import compile_kernels
from winning_tickets.samplers import enumeration_numba, rejection_numba, suffix_numba, walk_numba
compile_kernels()
kernels = [enumeration_numba.histogram, rejection_numba.query]
kernels += [walk_numba._walk]
kernels += [suffix_numba._multiply, suffix_numba._arrange, suffix_numba._correlate]
kernels += [suffix_numba._choose, suffix_numba._advance]
kernels += [field_numba._multiply, field_numba.reduce_floats]
before = [len(kernel.signatures) for kernel in kernels]
rng = np.random.default_rng(0)
for modulus, dimension, size in [(5, 3, 40), (17, 64, 300), (31, 1, 31), (5, 300, 50)]:
    points = rng.integers(0, modulus, (size, dimension))
    problem = wt.Problem(points, rng.normal(size=size), modulus=modulus)
    for name in ("enumeration", "rejection", "spectral", "ancestral"):
        if name != "enumeration" or dimension <= 3:
            wt.make_sampler(name, problem).sample(10, rng=0)
            wt.make_sampler(name, problem).sample(64, rng=0)
print(json.dumps([before, [len(kernel.signatures) for kernel in kernels]]))
"""


def test_compiled_kernels_serve_the_problems_of_the_study():
    run = subprocess.run(
        [sys.executable, "-c", AFTER_COMPILING], capture_output=True, text=True, check=True
    )
    before, after = json.loads(run.stdout)
    assert before == after
    assert all(before)
