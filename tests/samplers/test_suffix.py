"""The suffix kernels of `ancestral`, and the steps of its walk in both forms."""

import numpy as np
import pytest

from tests.support import smooth_prior
from winning_tickets.prior import cosine_transforms
from winning_tickets.samplers import suffix, suffix_numba

both = pytest.mark.parametrize("steps", [suffix, suffix_numba], ids=["numpy", "numba"])


def random_columns(modulus, dimension, count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, modulus, (dimension, count)).astype(np.min_scalar_type(modulus))


def lower(kernel):
    return kernel[np.tril_indices(len(kernel))]


@both
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 5, 9, 10, 17])
def test_suffix_kernels_are_products_over_the_later_coordinates(steps, dimension, shared):
    columns = random_columns(5, dimension, 7)
    widths = [1.0] if shared else np.linspace(0.5, 2, dimension)
    tables = cosine_transforms(np.stack([smooth_prior(5, width) for width in widths]))
    rows = np.broadcast_to(tables, (dimension, 5))
    gaps = columns[:, :, None].astype(int) - columns[:, None, :]
    factors = np.stack([rows[i][gaps[i]] for i in range(dimension)])
    found = [kernel.copy() for kernel in suffix.suffix_kernels(columns, tables, steps.multiply)]
    assert len(found) == dimension
    for j, kernel in enumerate(found):
        expected = np.prod(factors[j + 1 :], axis=0)
        np.testing.assert_allclose(lower(kernel), lower(expected), rtol=1e-13)


def test_few_kernels_are_held_at_a_time():
    allocated = []
    empty = np.empty

    def counted(shape, *args, **kwargs):
        allocated.append(int(np.prod(shape)))
        return empty(shape, *args, **kwargs)

    columns = random_columns(3, 400, 10)
    tables = cosine_transforms(smooth_prior(3)[None])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suffix.np, "empty", counted)
        for _ in suffix.suffix_kernels(columns, tables, suffix.multiply):
            pass
    assert sum(allocated) == 2 * 20 * 10**2


@both
@pytest.mark.parametrize(("modulus", "count"), [(5, 30), (31, 12)])
def test_products_next_to_underflow_are_zero(steps, modulus, count):
    column = random_columns(modulus, 1, count)[0]
    table = cosine_transforms(smooth_prior(modulus)[None])[0]
    kernel = np.full((count, count), 1e-290)
    out = np.empty_like(kernel)
    steps.multiply(kernel, column, table, out)
    gaps = (column[:, None].astype(int) - column) % modulus
    expected = np.where(np.abs(table[gaps]) == 1, 1e-290, 0.0)
    np.testing.assert_array_equal(lower(out), lower(expected))


def random_step(modulus, count, nodes, seed=0):
    rng = np.random.default_rng(seed)
    column = random_columns(modulus, 1, count, seed)[0]
    kernel = rng.normal(size=(count, count))
    return column, kernel + kernel.T, rng.normal(size=(count, 2, nodes))


# Groups of one point to many: each is handled in a way of its own.
SIZES = [(3, 40), (5, 9), (31, 20), (61, 90), (257, 60), (5, 1)]


@both
@pytest.mark.parametrize(("modulus", "count"), SIZES)
def test_sums_over_pairs_are_those_of_their_definition(steps, modulus, count):
    column, kernel, z = random_step(modulus, count, nodes=4)
    groups = suffix.group_points(column)
    residues = groups.residues
    arranged = np.full_like(kernel, np.nan)
    upper = np.triu_indices(count, 1)
    half = kernel.copy()
    half[upper] = np.nan  # only the triangle from the diagonal down is read
    steps.arrange(half, groups, arranged)
    sums = np.full((residues[-1] - residues[0] + 1, 2, 4), np.nan)
    steps.correlate(arranged, groups, z, sums)
    numbers = z[:, 0] + 1j * z[:, 1]
    terms = kernel[:, :, None] * numbers[:, None].conj() * numbers[None]
    gaps = column[:, None].astype(int) - column
    for gap in range(len(sums)):
        expected = terms[gaps == gap].sum(axis=0)
        np.testing.assert_allclose(sums[gap, 0], expected.real, atol=1e-10)
        if gap:  # the sum over d = 0 is real
            np.testing.assert_allclose(sums[gap, 1], expected.imag, atol=1e-10)


@both
def test_a_coordinate_is_chosen_by_its_chance_times_its_score(steps):
    scores = np.array([[0.0, 1.0, 1.0, 0.0], [2.0, -1e-9, 3.0, 0.0], [2.0, 1.0, 0.0, 0.0]])
    chances = np.array([0.5, 0.25, 0.25])
    for uniforms, expected in (
        ([0.0, 0.0, 0.0, 0.5], [1, 0, 0, 0]),
        ([0.49, 0.66, 0.39, 0.5], [1, 0, 0, 0]),
        ([0.51, 0.67, 0.41, 0.5], [2, 2, 1, 0]),
        ([1 - 2**-53] * 4, [2, 2, 1, 0]),
    ):
        found = steps.choose(scores.copy(), chances, np.array(uniforms))
        np.testing.assert_array_equal(found, expected)


def test_both_forms_choose_the_same():
    rng = np.random.default_rng(0)
    scores, chances = rng.normal(size=(61, 500)), rng.random(61)
    uniforms = rng.random(500)
    expected = suffix.choose(scores.copy(), chances, uniforms)
    np.testing.assert_array_equal(suffix_numba.choose(scores, chances, uniforms), expected)
    assert len(np.unique(expected)) > 20


@both
@pytest.mark.parametrize(("modulus", "count"), SIZES)
def test_a_step_turns_every_point_by_its_residue(steps, modulus, count):
    rng = np.random.default_rng(1)
    column, _, z = random_step(modulus, count, nodes=6)
    weights = rng.normal(size=(count, 6))
    running = rng.integers(0, modulus, (count, 6)).astype(np.int32)
    moves = rng.integers(0, modulus, 6)
    phases = rng.normal(size=(2, modulus))
    expected = (running + column[:, None].astype(int) * moves) % modulus
    steps.advance(suffix.group_points(column), moves, phases, weights, running, z)
    np.testing.assert_array_equal(running, expected)
    np.testing.assert_array_equal(z[:, 0], weights * phases[0][expected])
    np.testing.assert_array_equal(z[:, 1], weights * phases[1][expected])


def test_points_are_grouped_by_ascending_residue():
    groups = suffix.group_points(np.array([4, 0, 4, 2, 0, 4], dtype=np.uint8))
    np.testing.assert_array_equal(groups.order, [1, 4, 3, 0, 2, 5])
    np.testing.assert_array_equal(groups.starts, [0, 2, 3, 6])
    np.testing.assert_array_equal(groups.residues, [0, 2, 4])
