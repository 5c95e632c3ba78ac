"""All datasets of one cell, stacked by target and replicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..seeds import seed
from .making import make_dataset

ARRAYS = ("points", "targets", "test_points", "test_targets", "attempt")
"""Fields of a Dataset that are kept; beside them, "seed"."""


@dataclass(frozen=True)
class Settings:
    """What the datasets of a cell depend on.

    Attributes
    ----------
    seed : int
        Of the study.
    family : str
        Name of the family.
    dimension, modulus : int
        D and P.
    targets : tuple of str
        Names of the targets.
    replicates : int
        Datasets per target.
    family_settings : mapping of str to int, float or str
        What the family needs besides.
    """

    seed: int
    family: str
    dimension: int
    modulus: int
    targets: tuple[str, ...]
    replicates: int
    family_settings: Mapping[str, int | float | str]


def draw_cell(settings: Settings) -> dict[str, np.ndarray]:
    """Draw all datasets of a cell.

    Parameters
    ----------
    settings : Settings
        The cell.

    Returns
    -------
    dict of numpy.ndarray
        `ARRAYS` and the seeds, each with leading axes target and replicate.
    """
    seeds = np.array(
        [
            [
                seed(settings.seed, "dataset", settings.family, settings.dimension, target, number)
                for number in range(settings.replicates)
            ]
            for target in settings.targets
        ]
    )
    datasets = [
        [
            make_dataset(
                settings.family,
                target,
                dimension=settings.dimension,
                modulus=settings.modulus,
                seed=int(own_seed),
                **settings.family_settings,
            )
            for own_seed in row
        ]
        for target, row in zip(settings.targets, seeds, strict=True)
    ]
    arrays = {
        name: np.array([[getattr(dataset, name) for dataset in row] for row in datasets])
        for name in ARRAYS
    }
    return arrays | {"seed": seeds}
