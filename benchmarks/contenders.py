"""Timing contenders against each other: one thread, interleaved repeats, exact counts beside."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import psutil
import scipy
from threadpoolctl import threadpool_info, threadpool_limits

from winning_tickets.samplers import Nodes, SamplerReport
from winning_tickets.seeds import seed as named_seed

COLUMNS = (
    "grid",
    "sampler",
    "dimension",
    "points",
    "modulus",
    "nodes",
    "repeat",
    "warmup",
    "position",
    "prepare_seconds",
    "draw_seconds",
    "proposals",
    "weight_evaluations",
    "array_entries",
    "memory_bytes",
    "threads",
    "load_average",
    "seed",
    "status",
    "reason",
    "unstable",
)
"""Columns of a table of times, in order; one row per repeat."""

UNSTABLE_SPREAD = 0.3
"""Repeats whose inter-quartile range exceeds this share of their median are called unstable."""

FEWEST_REPEATS = 3
"""With fewer repeats nothing is known of the spread of a median."""

_COUNTS = ("proposals", "weight_evaluations", "array_entries", "memory_bytes")

Row = dict[str, Any]


class Timed(Protocol):
    """What can be timed: a sampler, or anything that draws and reports like one."""

    report: SamplerReport

    def sample(self, n: int, rng: int) -> Nodes | np.ndarray:
        """Do the work of drawing ``n`` nodes."""
        ...


def measure_contenders(
    contenders: Mapping[str, Callable[[], Timed]],
    nodes: int,
    *,
    seed: int,
    repeats: int = 5,
    warmups: int = 1,
    seconds: float = float("inf"),
    clock: Callable[[], float] = perf_counter,
) -> list[Row]:
    """Time contenders against each other, interleaved, with BLAS on one thread.

    Parameters
    ----------
    contenders : mapping of str to callable
        By name, what prepares a sampler.
    nodes : int
        Nodes drawn in each repeat.
    seed : int
        Fixes the order of the repeats and the draws.
    repeats, warmups : int
        Measured rounds, and rounds before them that are kept but flagged.
    seconds : float
        No further round is begun after this time, but as many as `FEWEST_REPEATS`, or
        ``repeats`` if that is less, always are.
    clock : callable
        The source of time in seconds.

    Returns
    -------
    list of dict
        Rows in the order measured, with the keys `COLUMNS`; those that describe the
        problem are None. A contender that fails has a row with the reason and is not run again; its
        traceback goes to stderr.

    Notes
    -----
    Each round runs every contender once, in a random order. Kernels are compiled and memory is
    touched for the first time in the first round: without warm-ups that is in the measured rows.
    """
    rng = np.random.default_rng(named_seed(seed, "order"))
    started = clock()
    # Naming them loads their libraries: what is loaded later would not be pinned in that run.
    _ = scipy.fft, scipy.linalg
    rows: list[Row] = []
    for number in range(warmups + repeats):
        if number >= warmups + FEWEST_REPEATS and clock() - started > seconds:
            break
        failed = {row["sampler"] for row in rows if row["status"] == "failed"}
        for name in rng.permutation([name for name in contenders if name not in failed]):
            draw_seed = named_seed(seed, str(name), number)
            # Each time anew: a library that an earlier run has loaded has threads of its own.
            with threadpool_limits(limits=1):
                row = _run(str(name), contenders[name], nodes, draw_seed, clock)
            row |= {"repeat": number - warmups, "warmup": number < warmups}
            rows.append(row | {"position": len(rows)})
    _flag_unstable(rows)
    return rows


def _run(
    name: str, prepare: Callable[[], Timed], nodes: int, seed: int, clock: Callable[[], float]
) -> Row:
    try:
        begun = clock()
        sampler = prepare()
        prepared = clock()
        sampler.sample(nodes, rng=seed)
        drawn = clock()
    except Exception as error:  # One sampler that fails must not cost the times of the others.
        traceback.print_exc()
        return _row(name, status="failed", reason=f"{type(error).__name__}: {error}", seed=seed)
    return _row(
        name,
        prepare_seconds=prepared - begun,
        draw_seconds=drawn - prepared,
        threads=max((library["num_threads"] for library in threadpool_info()), default=1),
        load_average=psutil.getloadavg()[0],
        seed=seed,
        **{count: getattr(sampler.report, count) for count in _COUNTS},
    )


def _row(name: str, **values: Any) -> Row:
    empty = dict.fromkeys(COLUMNS)
    return empty | {"sampler": name, "status": "ok", "reason": "", "unstable": False} | values


def _flag_unstable(rows: list[Row]) -> None:
    for name in {row["sampler"] for row in rows}:
        own = [row for row in rows if row["sampler"] == name and row["status"] == "ok"]
        totals = [row["prepare_seconds"] + row["draw_seconds"] for row in own if not row["warmup"]]
        if not totals:
            continue
        low, median, high = np.percentile(totals, (25, 50, 75))
        for row in own:
            row["unstable"] = bool(high - low > UNSTABLE_SPREAD * median)
