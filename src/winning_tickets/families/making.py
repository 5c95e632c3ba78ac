"""From a family's name and a seed to a dataset."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..field import check_modulus
from .base import Dataset

# Targets that vary less than this are constant up to rounding.
_SMALLEST_RANGE = 1e-9
_MOST_ATTEMPTS = 100


def make_dataset(
    family: str,
    target: str,
    *,
    dimension: int,
    modulus: int,
    seed: int,
    **settings: int | float | str,
) -> Dataset:
    """Make a dataset from its names and a seed.

    Parameters
    ----------
    family : str
        One of `winning_tickets.families.FAMILIES`, or the name of a table's.
    target : str
        One of `winning_tickets.families.TARGETS`, or of the family's own targets.
    dimension : int
        D, at least 1.
    modulus : int
        The modulus P, an odd prime.
    seed : int
        Decides points and targets completely.
    **settings : int, float or str
        What the family needs besides: ``count`` for "random", ``rank`` for "subspace", ``train``
        for "digits"; for a table ``path`` and what else its `draw` takes.

    Returns
    -------
    Dataset
        Its targets have a positive variance.

    Raises
    ------
    ValueError
        If a name or number is out of range, or no draw has targets that vary.
    """
    from . import find_family

    source = find_family(family)
    check_modulus(modulus)
    if dimension < 1:
        raise ValueError(f"dimension: {dimension} must be at least 1")
    for attempt in range(_MOST_ATTEMPTS):
        # The number of the attempt first: (seed, 0) would repeat the stream of the seed alone.
        rng = np.random.default_rng((1 + attempt, seed))
        dataset = source.draw(target, dimension=dimension, modulus=modulus, rng=rng, **settings)
        if np.ptp(dataset.targets) > _SMALLEST_RANGE:
            return dataclasses.replace(dataset, attempt=attempt)
    raise ValueError(
        f"target: {target!r} is constant on the {len(dataset.points)} points of every draw of "
        f"{family!r} at modulus {modulus}, dimension {dimension}; more points are needed"
    )
