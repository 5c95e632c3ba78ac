"""A few points that stand for all in the wide ridge problem with a prior."""

from __future__ import annotations

import numpy as np

from .inputs import check_count

LANDMARK_METHODS = ("farthest", "random")
"""How landmarks are chosen: each as far as can be from those before it, or at random."""

# Coordinates compared at a time.
_CHUNK_ENTRIES = 1 << 20


def choose_landmarks(
    points: np.ndarray, modulus: int, count: int, method: str = "farthest", seed: int = 0
) -> np.ndarray:
    """Choose some of the points.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Distinct points of Z_P^D.
    modulus : int
        The modulus P.
    count : int
        How many, at least 1; all points if there are no more.
    method : {"farthest", "random"}
        "farthest" begins with a random point and always takes the one whose nearest landmark is
        farthest, in the squared distance sum_j min(|x_j - y_j|, P - |x_j - y_j|)^2 on the circles
        of residues; of equal ones the first.
    seed : int
        Seed of the first point, or of all.

    Returns
    -------
    numpy.ndarray of int64, shape (min(count, M),)
        Rows of ``points``, ascending.

    Raises
    ------
    ValueError
        If the number or the seed is out of range, or the method is not known.
    """
    _check(count, method, seed)
    if count >= len(points):
        return np.arange(len(points))
    rng = np.random.default_rng(seed)
    if method == "random":
        return np.sort(rng.choice(len(points), size=count, replace=False))
    return np.sort(_farthest(points, modulus, count, int(rng.integers(len(points)))))


def _farthest(points: np.ndarray, modulus: int, count: int, first: int) -> np.ndarray:
    residues = np.arange(modulus)
    squares = np.minimum(residues, modulus - residues) ** 2
    chosen = np.empty(count, dtype=np.int64)
    nearest = np.full(len(points), np.iinfo(np.int64).max)
    step = max(1, _CHUNK_ENTRIES // points.shape[1])
    for place in range(count):
        chosen[place] = int(nearest.argmax()) if place else first
        for start in range(0, len(points), step):
            rows = slice(start, start + step)
            # Whole numbers, so that ties are ties on every machine.
            gaps = (points[rows].astype(np.int64) - points[chosen[place]]) % modulus
            np.minimum(nearest[rows], squares[gaps].sum(axis=1), out=nearest[rows])
    return chosen


def _check(count: int, method: str, seed: int) -> None:
    check_count(count, "landmarks", 1)
    check_count(seed, "landmark_seed", 0)
    if method not in LANDMARK_METHODS:
        raise ValueError(
            f"landmark_method: {method!r} is not known; known are {', '.join(LANDMARK_METHODS)}"
        )
