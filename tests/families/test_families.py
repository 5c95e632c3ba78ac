"""Families of points and targets: exact properties, on random sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winning_tickets.families import TARGETS, make_dataset, random
from winning_tickets.families.grid import grid_points
from winning_tickets.families.random import random_points
from winning_tickets.families.subspace import points_of_subspace, subspace_points
from winning_tickets.families.targets import relu_ridge, sine_modes

PRIMES = st.sampled_from([3, 5, 7, 11])
SEEDS = st.integers(0, 2**53 - 1)
FEW = settings(max_examples=40, deadline=None)


def distinct(points):
    return len(np.unique(points, axis=0)) == len(points)


def spectrum_support(values, modulus, dimension):
    """Return the frequencies of a function on all of Z_P^D, except 0."""
    spectrum = np.fft.fftn(values.reshape((modulus,) * dimension))
    found = np.argwhere(np.abs(spectrum) > 1e-9 * np.abs(values).sum())
    return {tuple(map(int, k)) for k in found if k.any()}


@FEW
@given(modulus=PRIMES, dimension=st.integers(1, 4))
def test_grid_holds_every_point_once(modulus, dimension):
    points = grid_points(dimension, modulus)
    assert points.shape == (modulus**dimension, dimension)
    assert distinct(points)
    assert points.min() == 0
    assert points.max() == modulus - 1


@FEW
@given(modulus=PRIMES, dimension=st.integers(1, 4), seed=SEEDS, data=st.data())
def test_random_points_are_distinct_and_in_range(modulus, dimension, seed, data):
    count = data.draw(st.integers(1, modulus**dimension))
    rng = np.random.default_rng(seed)
    points = random_points(dimension, modulus, rng, count=count)
    assert points.shape == (count, dimension)
    assert distinct(points)
    assert points.max() < modulus


def test_random_points_drawn_without_an_index_are_distinct(monkeypatch):
    # With indices forbidden, a small domain forces many repeats that have to be drawn anew.
    monkeypatch.setattr(random, "_LARGEST_INDEXED", 1)
    points = random_points(3, 3, np.random.default_rng(0), count=27)
    assert points.shape == (27, 3)
    assert distinct(points)


@pytest.mark.parametrize("largest", [1, 1 << 24])
def test_random_points_are_uniform(monkeypatch, largest):
    """All 36 pairs of 9 points equally likely: chi-square, false alarms below 1e-4."""
    monkeypatch.setattr(random, "_LARGEST_INDEXED", largest)
    rng = np.random.default_rng(5)
    draws = 3600
    counts = np.zeros((9, 9))
    for _ in range(draws):
        first, second = random_points(2, 3, rng, count=2) @ [3, 1]
        counts[min(first, second), max(first, second)] += 1
    found = counts[np.triu_indices(9, 1)]
    assert ((found - draws / 36) ** 2 / (draws / 36)).sum() < 78.0  # 35 degrees of freedom


def test_random_points_at_ten_thousand_dimensions():
    dataset = make_dataset("random", "sines", dimension=10_000, modulus=5, seed=1, count=200)
    assert dataset.points.shape == (200, 10_000)
    assert dataset.points.dtype == np.uint8
    assert distinct(dataset.points)
    assert np.isfinite(dataset.targets).all()


def test_too_many_distinct_points_are_refused():
    with pytest.raises(ValueError, match=r"count: 26 distinct points asked for; Z_5\^2 .* 25"):
        random_points(2, 5, np.random.default_rng(0), count=26)


@FEW
@given(modulus=PRIMES, rank=st.integers(1, 3), extra=st.integers(0, 5), seed=SEEDS)
def test_subspace_is_closed_and_of_full_rank(modulus, rank, extra, seed):
    rng = np.random.default_rng(seed)
    points = subspace_points(rank + extra, modulus, rng, rank=rank).astype(int)
    assert len(points) == modulus**rank
    members = {tuple(point) for point in points}
    assert len(members) == len(points)
    first, second = points[rng.integers(len(points), size=(2, 50))]
    factor = rng.integers(modulus, size=(50, 1))
    assert {tuple(point) for point in (first + factor * second) % modulus} <= members


@FEW
@given(modulus=PRIMES, dimension=st.integers(2, 3), seed=SEEDS)
def test_sines_have_three_modes_distinct_up_to_sign(modulus, dimension, seed):
    points = grid_points(dimension, modulus)
    values = sine_modes(points, modulus, np.random.default_rng(seed))
    # Each real mode shows at k and at -k.
    assert len(spectrum_support(values, modulus, dimension)) == 6


def test_sines_take_as_many_modes_as_there_are():
    values = sine_modes(grid_points(1, 5), 5, np.random.default_rng(0))
    assert spectrum_support(values, 5, 1) == {(1,), (2,), (3,), (4,)}


@FEW
@given(modulus=PRIMES, dimension=st.integers(2, 3), seed=SEEDS)
def test_ridge_depends_on_one_direction(modulus, dimension, seed):
    points = grid_points(dimension, modulus)
    values = relu_ridge(points, modulus, np.random.default_rng(seed))
    assert sorted(set(values)) == list(range((modulus - 1) // 2 + 1))
    frequencies = spectrum_support(values, modulus, dimension)
    line = next(iter(frequencies))
    multiples = {tuple(v * k % modulus for k in line) for v in range(modulus)}
    assert frequencies <= multiples


def test_labels_are_signs_and_never_all_equal():
    attempts = set()
    for seed in range(40):
        dataset = make_dataset("random", "labels", dimension=1, modulus=5, seed=seed, count=2)
        assert sorted(dataset.targets) == [-1.0, 1.0]
        attempts.add(dataset.attempt)
    # Half of all first draws are constant, so some attempt must have been repeated.
    assert max(attempts) > 0


def test_targets_that_cannot_vary_are_refused():
    with pytest.raises(ValueError, match="constant on the 1 points of every draw"):
        make_dataset("random", "labels", dimension=2, modulus=3, seed=0, count=1)


@FEW
@given(seed=SEEDS, target=st.sampled_from(sorted(TARGETS)))
def test_a_seed_decides_everything(seed, target):
    def make(number):
        return make_dataset("random", target, dimension=4, modulus=5, seed=number, count=50)

    one, same, other = make(seed), make(seed), make(seed + 1)
    assert np.array_equal(one.points, same.points)
    assert np.array_equal(one.targets, same.targets)
    assert not np.array_equal(one.points, other.points)


def test_digits_are_split_without_overlap():
    dataset = make_dataset("digits", "parity", dimension=64, modulus=17, seed=3, train=1200)
    assert dataset.points.shape == (1200, 64)
    assert dataset.test_points.shape == (597, 64)
    assert dataset.points.max() == 16
    assert set(dataset.targets) | set(dataset.test_targets) == {-1.0, 1.0}
    rows = {point.tobytes() for point in dataset.points}
    assert not any(point.tobytes() in rows for point in dataset.test_points)
    # scikit-learn's 1797 images: 906 odd ones.
    assert np.sum(dataset.targets == 1) + np.sum(dataset.test_targets == 1) == 906


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "grids"}, "family: 'grids' is not known"),
        ({"target": "sinus"}, "target: 'sinus' is not known"),
        ({"modulus": 6}, "modulus: 6 is not an odd prime"),
        ({"dimension": 0}, "dimension: 0 must be at least 1"),
        ({"family": "digits"}, "'digits' needs target 'parity'"),
    ],
)
def test_bad_names_and_numbers_are_named(change, message):
    asked = {"family": "grid", "target": "sines", "dimension": 2, "modulus": 5} | change
    settings = {"train": 10} if asked["family"] == "digits" else {}
    with pytest.raises(ValueError, match=message):
        make_dataset(asked.pop("family"), asked.pop("target"), seed=0, **asked, **settings)


@pytest.mark.parametrize(("modulus", "rank", "count", "extra"), [(3, 2, 9, 0), (5, 3, 60, 4)])
def test_some_points_of_a_subspace_are_distinct_and_lie_in_it(modulus, rank, count, extra):
    rng = np.random.default_rng(count)
    points = points_of_subspace(rank + extra, modulus, rng, rank=rank, count=count)
    assert points.shape == (count, rank + extra) and points.flags.c_contiguous
    assert len(np.unique(points, axis=0)) == count
    # All sums of two of them are still no more than the subspace has points.
    sums = (points[:, None].astype(int) + points[None, :]) % modulus
    assert len(np.unique(sums.reshape(-1, rank + extra), axis=0)) <= modulus**rank


def test_points_of_a_subspace_in_many_dimensions_are_those_of_one_product(monkeypatch):
    whole = points_of_subspace(40, 5, np.random.default_rng(2), rank=3, count=30)
    monkeypatch.setattr("winning_tickets.families.subspace._COLUMNS", 7)
    parts = points_of_subspace(40, 5, np.random.default_rng(2), rank=3, count=30)
    np.testing.assert_array_equal(parts, whole)


@pytest.mark.parametrize(
    ("rank", "count", "word"), [(0, 1, "rank"), (5, 1, "rank"), (2, 10, "count"), (2, 0, "count")]
)
def test_points_that_a_subspace_cannot_have_are_refused(rank, count, word):
    with pytest.raises(ValueError, match=f"^{word}: "):
        points_of_subspace(4, 3, np.random.default_rng(0), rank=rank, count=count)
