"""Exact counts of work on the grid of the times, without a clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ...problem import Problem
from ...seeds import seed
from ..timings.measure import COLUMNS, Cell, Settings, make_problem
from .readings import Reading

_COUNTS = ("proposals", "weight_evaluations", "walk_operations", "array_entries", "memory_bytes")
_SECONDS = ("prepare_seconds", "draw_seconds")


def count_rows(settings: Settings, reading: Reading) -> Iterator[dict[str, Any]]:
    """Yield rows of the table of times in which no seconds are measured.

    Parameters
    ----------
    settings : Settings
        The grid; every pass draws anew.
    reading : Reading
        What nodes are drawn in proportion to.

    Yields
    ------
    dict
        With the columns of the table of times: counts of one ticket, and empty seconds.
    """
    for cell in settings.cells:
        problem = make_problem(settings, cell)
        for contender in cell.contenders:
            for number in range(settings.passes):
                yield _row(settings, cell, problem, contender.sampler, number, reading)


def _row(
    settings: Settings, cell: Cell, problem: Problem, name: str, number: int, reading: Reading
) -> dict[str, Any]:
    names = (cell.grid, cell.modulus, cell.dimension, cell.points, name, "", number)
    own_seed = seed(settings.seed, "timing", *names)
    known = {"sampler": name, "nodes": settings.nodes, "pass": number, "seed": own_seed}
    row = dict.fromkeys(COLUMNS) | cell.size | known | dict.fromkeys(_SECONDS, float("nan"))
    try:
        sampler = reading.sampler(name, problem)
        sampler.sample(settings.nodes, rng=own_seed)
    except (ValueError, RuntimeError, MemoryError) as error:
        return row | {"status": "failed", "reason": str(error)}
    counts = asdict(sampler.report)
    return row | {key: counts[key] for key in _COUNTS} | {"status": "ok"}
