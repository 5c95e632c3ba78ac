"""The choice of landmarks: distinct points, seeds, distances on the circle, bad requests."""

import numpy as np
import pytest

from tests.support import assert_one_line
from winning_tickets import landmarks
from winning_tickets.landmarks import choose_landmarks


def random_points(count=40, modulus=7, dimension=3, seed=0):
    rng = np.random.default_rng(seed)
    return np.unique(rng.integers(0, modulus, (count, dimension)), axis=0).astype(np.uint8)


@pytest.mark.parametrize("method", landmarks.LANDMARK_METHODS)
def test_landmarks_are_distinct_points_in_order_and_repeat_by_seed(method):
    points = random_points()
    chosen = choose_landmarks(points, 7, 12, method, seed=3)
    assert len(chosen) == 12
    assert (np.diff(chosen) > 0).all()
    np.testing.assert_array_equal(chosen, choose_landmarks(points, 7, 12, method, seed=3))
    others = [choose_landmarks(points, 7, 12, method, seed=seed) for seed in range(6)]
    assert any(not np.array_equal(chosen, other) for other in others)


@pytest.mark.parametrize("method", landmarks.LANDMARK_METHODS)
def test_more_landmarks_than_points_are_all_points(method):
    points = random_points(5)
    for count in (len(points), 1_000):
        np.testing.assert_array_equal(
            choose_landmarks(points, 7, count, method), np.arange(len(points))
        )


def test_each_landmark_is_the_farthest_from_those_before_it(monkeypatch):
    points = random_points()
    monkeypatch.setattr(landmarks, "_CHUNK_ENTRIES", 20)
    order = landmarks._farthest(points, 7, 10, first=5)
    gaps = np.abs(points[:, None].astype(int) - points[None])
    squares = np.sum(np.minimum(gaps, 7 - gaps) ** 2, axis=2)
    assert order[0] == 5
    for place in range(1, 10):
        nearest = squares[:, order[:place]].min(axis=1)
        assert nearest[order[place]] == nearest.max()
        assert order[place] == nearest.argmax()


def test_distances_go_round_the_circle():
    points = np.array([[0], [1], [5], [10]], dtype=np.uint8)  # of Z_11: 10 is next to 0
    assert landmarks._farthest(points, 11, 2, first=0)[1] == 2


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"count": 0}, "landmarks:"),
        ({"count": -3}, "landmarks:"),
        ({"count": 2.0}, "landmarks:"),
        ({"count": True}, "landmarks:"),
        ({"count": "all"}, "landmarks:"),
        ({"method": "nearest"}, "landmark_method:"),
        ({"method": None}, "landmark_method:"),
        ({"seed": -1}, "landmark_seed:"),
        ({"seed": None}, "landmark_seed:"),
        ({"seed": 1.5}, "landmark_seed:"),
    ],
)
def test_bad_requests_are_refused_in_one_line(options, word):
    with pytest.raises(ValueError) as error:
        choose_landmarks(random_points(), 7, **({"count": 3} | options))
    assert_one_line(error, word)
