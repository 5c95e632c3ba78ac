"""Arithmetic of Z_P: exact whatever the size, uniform whatever the modulus."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import assert_one_line, is_rejected, uniform_fit
from winning_tickets import field, field_numba

PRIMES = (3, 5, 7, 11, 127, 251, 257, 1009, 4099, 65521)


def exact_products(a, points, modulus):
    """Return a.x mod P in Python's integers."""
    rows = [[int(c) for c in row] for row in a]
    columns = [[int(c) for c in row] for row in points]
    return [[sum(map(int.__mul__, r, x)) % modulus for x in columns] for r in rows]


@pytest.mark.parametrize("modulus", PRIMES)
def test_odd_primes_are_accepted(modulus):
    for number in (modulus, np.int64(modulus), np.uint16(modulus)):
        checked = field.check_modulus(number)
        assert checked == modulus
        assert type(checked) is int


@pytest.mark.parametrize("modulus", [-3, 0, 1, 2, 4, 9, 15, 251 * 257, 65535, 65537, 10**30])
def test_other_numbers_are_refused(modulus):
    with pytest.raises(ValueError) as error:
        field.check_modulus(modulus)
    assert_one_line(error, "modulus")


@pytest.mark.parametrize("modulus", [True, np.True_, 5.0, np.float64(7), "5", None, [5]])
def test_other_types_are_refused(modulus):
    with pytest.raises(TypeError) as error:
        field.check_modulus(modulus)
    assert_one_line(error, "modulus")


def test_the_primes_up_to_a_thousand():
    def accepted(number):
        try:
            return bool(field.check_modulus(number))
        except ValueError:
            return False

    sieve = [n for n in range(3, 1000) if all(n % d for d in range(2, n))]
    assert [n for n in range(1000) if accepted(n)] == sieve


def test_the_largest_modulus_is_the_largest_two_byte_prime():
    assert field.smallest_unsigned(field.MAX_MODULUS) == np.uint16
    for number in range(field.MAX_MODULUS + 1, 2**16):
        assert any(number % d == 0 for d in range(2, 256))


def test_the_smallest_type_holds_every_residue_and_no_smaller_one_does():
    assert field.smallest_unsigned(3) == np.uint8
    assert field.smallest_unsigned(251) == np.uint8
    assert field.smallest_unsigned(257) == np.uint16
    assert field.smallest_unsigned(65521) == np.uint16


@pytest.mark.parametrize("modulus", PRIMES[:-1])
def test_inverses(modulus):
    table = field.inverses(modulus)
    assert table.dtype == np.int64
    assert table[0] == 0
    np.testing.assert_array_equal(table[1:] * np.arange(1, modulus) % modulus, 1)


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 4), (7, 2), (5, 1), (5, 0), (257, 1)])
def test_digits_count_in_lexicographic_order(modulus, dimension):
    digits = field.index_to_digits(np.arange(modulus**dimension), modulus, dimension)
    expected = list(itertools.product(range(modulus), repeat=dimension))
    assert digits.dtype == field.smallest_unsigned(modulus)
    np.testing.assert_array_equal(digits, np.reshape(expected, (-1 if dimension else 1, dimension)))


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 5), (17, 2), (65521, 3)])
def test_the_index_of_digits_is_that_they_came_from(modulus, dimension):
    index = np.random.default_rng(dimension).integers(0, modulus**dimension, 1_000)
    digits = field.index_to_digits(index, modulus, dimension)
    np.testing.assert_array_equal(field.digits_to_index(digits, modulus), index)


@pytest.mark.parametrize(
    ("modulus", "dimension", "points", "vectors"),
    [(5, 3, 400, 300), (127, 4_300, 200, 100), (257, 5, 300, 300), (65521, 3_000, 20, 30)],
)
def test_products_take_no_more_memory_than_they_say(modulus, dimension, points, vectors):
    rng = np.random.default_rng(0)
    x, a = (
        rng.integers(0, modulus, (count, dimension), dtype=np.uint16) for count in (points, vectors)
    )
    tracemalloc.start()
    field.InnerProducts(x, modulus).residues(a)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    required = field.InnerProducts.memory_required(modulus, dimension, points, vectors)
    assert 0.5 * peak < 0.5 * required < peak + (1 << 20)


@given(
    modulus=st.sampled_from(PRIMES),
    dimension=st.integers(1, 60),
    rows=st.integers(1, 6),
    columns=st.integers(1, 6),
    seed=st.integers(0, 2**32),
    block=st.none() | st.integers(1, 20),
)
def test_inner_products_equal_pythons_integers(modulus, dimension, rows, columns, seed, block):
    rng = np.random.default_rng(seed)
    kind = field.smallest_unsigned(modulus)
    a = rng.integers(0, modulus, (rows, dimension)).astype(kind)
    points = rng.integers(0, modulus, (columns, dimension)).astype(kind)
    products = field.FloatProducts(points, modulus)
    if block is not None:  # however the columns are split
        products.block = block
    expected = exact_products(a, points, modulus)
    np.testing.assert_array_equal(products.residues(a).T, expected)
    np.testing.assert_array_equal(products.unreduced(a).T % modulus, expected)


def test_inner_products_take_any_integers_and_any_memory_order():
    rng = np.random.default_rng(0)
    wide = rng.integers(0, 11, (7, 40))
    expected = exact_products(wide[:3, ::2], wide[3:, ::2], 11)
    for kind in (np.uint8, np.int16, np.int64, np.uint64):
        array = np.asfortranarray(wide.astype(kind))[:, ::2]
        np.testing.assert_array_equal(field.inner_products(array[:3], array[3:], 11), expected)


@pytest.mark.parametrize(("modulus", "dimension"), [(3, 4), (5, 200), (257, 3), (127, 4231)])
@pytest.mark.parametrize("entries", [1, 10, 1 << 17])
def test_responses_look_up_the_shifted_products(monkeypatch, modulus, dimension, entries):
    monkeypatch.setattr(field, "_RESPONSE_ENTRIES", entries)
    a, points = extreme(modulus, dimension)
    b = np.array([0, 1, modulus - 2, modulus - 1])
    table = np.random.default_rng(0).normal(size=modulus)
    found = field.InnerProducts(points, modulus).responses(table, a, b)
    places = (exact_products(a, points, modulus) - b[:, None]) % modulus
    np.testing.assert_array_equal(found.T, table[places.astype(int)])


def extreme(modulus, dimension):
    """Return vectors whose centred products all have the largest magnitude, and random ones."""
    half = (modulus - 1) // 2
    rng = np.random.default_rng(dimension)
    random = rng.integers(0, modulus, (2, dimension))
    points = np.vstack([np.full((1, dimension), half), np.full((1, dimension), half + 1), random])
    a = np.vstack([np.full((1, dimension), modulus - 1), np.zeros((1, dimension), int), random])
    return a, points


@pytest.mark.parametrize("modulus", [31, 61, 127])
@pytest.mark.parametrize("beyond", [-3, -2, -1, 0, 1, 2, 3])
def test_products_are_exact_on_both_sides_of_the_float32_bound(modulus, beyond):
    bound = 2**24 // ((modulus - 1) // 2) ** 2
    a, points = extreme(modulus, bound + beyond)
    products = field.FloatProducts(points, modulus)
    assert products.dtype is np.float32
    np.testing.assert_array_equal(products.residues(a).T, exact_products(a, points, modulus))
    # Only just inside the bound may all columns be one block.
    assert (products.block >= products.dimension + 1) <= (beyond < 0)


def test_float32_products_beyond_the_bound_would_be_wrong():
    wrong = 0
    for dimension in range(4228, 4260):
        a, points = extreme(127, dimension)
        products = field.FloatProducts(points, 127)
        products.block = 10**6
        wrong += (exact_products(a, points, 127) != products.residues(a).T).any()
    assert wrong > 0


@pytest.mark.parametrize(
    ("modulus", "dimension", "kind", "blocks"),
    [
        (7, 10_000, np.float32, 1),
        (127, 9_000, np.float32, 3),
        (251, 1_000, np.float32, 1),
        (251, 2_500, np.float32, 3),
        (257, 1_000, np.float32, 1),
        (257, 2_000, np.float64, 1),
        (1009, 300, np.float64, 1),
        (65521, 2_000, np.float64, 1),
    ],
)
def test_long_vectors_are_split_or_widened(modulus, dimension, kind, blocks):
    a, points = extreme(modulus, dimension)
    products = field.FloatProducts(points, modulus)
    assert products.dtype is kind
    assert -(-(dimension + 1) // products.block) == blocks
    assert products.memory_bytes == len(points) * (dimension + 1) * np.dtype(kind).itemsize
    np.testing.assert_array_equal(products.residues(a).T, exact_products(a, points, modulus))


@pytest.mark.parametrize("modulus", [3, 5, 7, 127, 251])
def test_reduction_is_exact_over_the_whole_range_of_float32(modulus):
    for start in range(-(2**24), 2**24, 2**22):
        values = np.arange(start, start + 2**22, 37 if modulus > 3 else 7, dtype=np.int64)
        reduced = field.reduce_modulo(values.astype(np.float32), modulus)
        np.testing.assert_array_equal(reduced, values % modulus)


@pytest.mark.parametrize("modulus", [257, 65521])
def test_reduction_is_exact_over_the_whole_range_of_float64(modulus):
    rng = np.random.default_rng(0)
    ends = np.concatenate([np.arange(-(2**53), -(2**53) + 1000), np.arange(2**53 - 1000, 2**53)])
    values = np.concatenate([ends, rng.integers(-(2**53), 2**53, 100_000)])
    multiples = (2**53 // modulus - np.arange(1000)) * modulus
    values = np.concatenate([values, multiples, multiples - 1, -multiples, -multiples + 1])
    reduced = field.reduce_modulo(values.astype(np.float64), modulus)
    np.testing.assert_array_equal(reduced, values % modulus)


@pytest.mark.parametrize("modulus", [3, 31, 251, 257, 65521])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_compiled_reduction_is_exact_up_to_what_products_may_reach(modulus, kind):
    most = 2**24 if kind is np.float32 else 2**50
    multiples = (most // modulus - np.arange(300)) * modulus
    ends = np.concatenate([multiples, multiples - 1, multiples - modulus + 1])
    values = np.concatenate([ends, -ends, np.arange(-1_000, 1_000)]).reshape(-1, 2)
    found = np.empty(values.shape, field.smallest_unsigned(modulus))
    for reduce in (field.reduce_floats, field_numba.reduce_floats):
        reduce(values.astype(kind), modulus, found)
        np.testing.assert_array_equal(found, values % modulus)


WIDTHS = [(3, 2), (3, 3), (3, 4), (3, 5), (5, 2), (5, 3), (7, 2), (11, 2), (13, 2)]


def test_no_other_table_has_its_rows_numbered_in_a_byte():
    fits = [(p, k) for p in (3, 5, 7, 11, 13, 17) for k in range(2, 9) if p**k <= 256]
    assert fits == WIDTHS


@pytest.mark.parametrize(("modulus", "width"), WIDTHS)
@pytest.mark.parametrize("dimension", [1, 15, 16, 17, 130, 1_000])
def test_tables_hold_the_largest_residues(modulus, width, dimension):
    # Sums of P - 1 come nearest to a carry, those of 1 to a step that is left out.
    rows = np.repeat([modulus - 1, 1, (modulus - 1) // 2, 0], dimension).reshape(4, -1)
    rng = np.random.default_rng(dimension)
    rows = np.vstack([rows, rng.integers(0, modulus, (9, dimension))]).astype(np.uint8)
    products = field_numba.ByteProducts(rows, modulus, width)
    expected = rows.astype(int) @ rows.T.astype(int) % modulus
    found = products.residues(rows)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 63, 64, 65, 419, 511, 512, 513, 1_100])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_tables_take_any_number_of_vectors_points_and_threads(count, threads):
    rng = np.random.default_rng(count)
    a = rng.integers(0, 7, (count, 37), dtype=np.uint8)
    for size in (0, 1, 40):
        points = rng.integers(0, 7, (size, 37), dtype=np.uint8)
        found = field_numba.ByteProducts(points, 7, 2).residues(a, threads)
        np.testing.assert_array_equal(found, points.astype(int) @ a.T.astype(int) % 7)
        assert found.flags.c_contiguous


@given(
    modulus=st.sampled_from(PRIMES),
    dimension=st.integers(1, 300),
    vectors=st.integers(1, 700),
    points=st.integers(1, 400),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=30)
def test_every_way_gives_the_same_residues(modulus, dimension, vectors, points, seed):
    rng = np.random.default_rng(seed)
    kind = field.smallest_unsigned(modulus)
    a = rng.integers(0, modulus, (vectors, dimension)).astype(kind)
    x = rng.integers(0, modulus, (points, dimension)).astype(kind)
    expected = field.FloatProducts(x, modulus).residues(a)
    for backend in ("auto", "numba", "numpy"):
        products = field.InnerProducts(x, modulus, backend, vectors)
        np.testing.assert_array_equal(products.residues(a), expected)


def test_tables_are_chosen_where_the_field_is_small_and_the_product_large():
    assert [field.table_width(p, 1_000, 1_000, 1_000) for p in (3, 5, 7, 17, 251, 65521)] == [
        4,
        3,
        2,
        0,
        0,
        0,
    ]
    assert field.table_width(3, 1_000, 100_000, 1_000) == 5
    # Tables that few points or few vectors share are not worth filling.
    assert field.table_width(7, 1_000, 10, 1_000) == 0
    assert field.table_width(7, 1_000, 1_000, 1) == 0
    for count in (1, 1_000):
        points = np.zeros((count, 1_000), np.uint8)
        for backend, kind in (("numba", field_numba.ByteProducts), ("numpy", field.FloatProducts)):
            products = field.InnerProducts(points, 7, backend)._products
            assert isinstance(products, kind) == (count > 1 or backend == "numpy")


def test_loading_the_compiler_has_to_be_worth_it():
    points = np.zeros((1_000, 1_000), np.uint8)
    few, many = (field.InnerProducts(points, 7, vectors=n)._products for n in (1_000, 100_000))
    assert isinstance(few, field.FloatProducts)
    assert isinstance(many, field_numba.ByteProducts)


@pytest.mark.parametrize(("modulus", "width"), [(3, 5), (7, 2)])
def test_tables_take_no_more_memory_than_they_say(modulus, width):
    rng = np.random.default_rng(0)
    for dimension, points, vectors in ((2, 3_000, 1_024), (5_000, 50, 600), (1, 1, 1)):
        x, a = (rng.integers(0, modulus, (n, dimension), np.uint8) for n in (points, vectors))
        field_numba.ByteProducts(x[:1], modulus, width).residues(a[:1])
        tracemalloc.start()
        field_numba.ByteProducts(x, modulus, width).residues(a)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # The tables themselves are taken by the kernel, unseen.
        tables = 8 * (modulus**width + 4 * width) * min(512, -(-vectors // 64) * 64)
        assert peak + tables <= field.table_memory(dimension, points, vectors)


UNIFORM_MODULI = (3, 5, 7, 17, 100, 127, 129, 251, 255, 256, 257, 1009)


@pytest.mark.parametrize("modulus", UNIFORM_MODULI)
def test_residues_are_uniform(modulus):
    rng = np.random.default_rng(modulus)
    residues = field.uniform_residues(rng, (1_000, 1_000), modulus)
    assert residues.dtype == field.smallest_unsigned(modulus)
    assert residues.shape == (1_000, 1_000)
    assert not is_rejected(uniform_fit(residues, modulus))
    # Independent neighbours have a uniform difference.
    differences = np.diff(residues.astype(int), axis=1)[:, ::2] % modulus
    assert not is_rejected(uniform_fit(differences, modulus))


@pytest.mark.parametrize("modulus", [3, 7, 251])
@pytest.mark.parametrize("chunk", [7, 8, 13, 1_000])
def test_residues_are_uniform_at_every_place_of_a_chunk(monkeypatch, modulus, chunk):
    monkeypatch.setattr(field, "_RANDOM_CHUNK", chunk)
    rng = np.random.default_rng(modulus + chunk)
    size = 30_000 if chunk < 1_000 else 300_000
    residues = field.uniform_residues(rng, (size // 100, 100), modulus).reshape(-1)
    place = np.arange(residues.size) % chunk
    for position in {0, chunk // 2, chunk - 1}:
        assert not is_rejected(uniform_fit(residues[place == position], modulus))


@pytest.mark.parametrize("modulus", [3, 251])
def test_the_uniformity_test_catches_the_remainder_of_a_byte(modulus):
    biased = np.random.default_rng(0).integers(0, 256, 1_000_000) % modulus
    assert is_rejected(uniform_fit(biased, modulus))


def test_residues_repeat_with_the_seed_and_cover_awkward_shapes():
    for shape in ((1, 1), (3, 0), (0, 5), (1, 200_003), (7, 13)):
        first = field.uniform_residues(np.random.default_rng(5), shape, 251)
        again = field.uniform_residues(np.random.default_rng(5), shape, 251)
        assert first.shape == shape
        assert first.size == 0 or first.max() < 251
        np.testing.assert_array_equal(first, again)
