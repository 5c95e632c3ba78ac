"""Count the distinct nodes of tickets that grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...families import make_dataset
from ...families.random import Random
from ...prefixes import count_unique
from ...problem import Problem
from ...samplers import make_sampler
from ...seeds import seed

COLUMNS = ("dimension", "modulus", "sampler", "nodes", "unique_nodes", "status", "reason")
"""Columns of the table, one row per sampler and size."""

SAMPLERS = ("spectral", "uniform")
"""Samplers that are compared."""


@dataclass(frozen=True)
class Settings:
    """What is asked at one dimension.

    Attributes
    ----------
    seed, modulus : int
        Of the study.
    dimension, points : int
        D and M.
    nodes : tuple of int
        Ticket sizes N.
    """

    seed: int
    modulus: int
    dimension: int
    points: int
    nodes: tuple[int, ...]


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the rows of one dimension."""
    names = (settings.seed, "repeats", settings.dimension)
    size = {"dimension": settings.dimension, "modulus": settings.modulus}
    data = make_dataset(
        Random.name, "sines", **size, count=settings.points, seed=seed(*names, "dataset")
    )
    problem = Problem(data.points, data.targets, modulus=settings.modulus)
    for name in SAMPLERS:
        drawn = make_sampler(name, problem).sample(max(settings.nodes), rng=seed(*names, name))
        distinct = count_unique(drawn, settings.nodes)
        for nodes, unique in zip(settings.nodes, distinct, strict=True):
            yield size | {
                "sampler": name,
                "nodes": nodes,
                "unique_nodes": unique,
                "status": "ok",
            }
