"""Timing that can be believed: passes over the whole grid in random order, exact counts beside."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import psutil
import scipy
from threadpoolctl import threadpool_info, threadpool_limits

from ...families import make_dataset
from ...families.random import Random
from ...families.subspace import points_of_subspace
from ...problem import Problem
from ...records.files import DamagedFileError, load_rows, save_rows
from ...records.machine import machine_record
from ...records.step import KEPT_BYTES, keep_freed_memory
from ...samplers import SAMPLERS, Sampler, make_sampler
from ...samplers.base import ProblemSize
from ...seeds import seed as named_seed

COLUMNS = (
    "grid",
    "sampler",
    "mode",
    "modulus",
    "dimension",
    "points",
    "rank",
    "nodes",
    "pass",
    "position",
    "attempts",
    "prepare_seconds",
    "draw_seconds",
    "prepare_wall_seconds",
    "draw_wall_seconds",
    "prepare_loops",
    "draw_loops",
    "yardstick_before",
    "yardstick_after",
    "elapsed_seconds",
    "proposals",
    "weight_evaluations",
    "walk_operations",
    "array_entries",
    "memory_bytes",
    "threads",
    "load_average",
    "seed",
    "digest",
    "status",
    "reason",
)
"""Columns of a table of times, in order; one row per contender and pass.

Seconds are of processor time unless they say otherwise; those of preparing and of drawing are for
one ticket, of the shortest loop: other work on the machine only adds. Where chance decides what a
ticket takes, a loop draws several, the same in every loop, and seconds and counts are means over
them.
"""

FEWEST_PASSES = 4
"""With fewer passes an interval over them says nothing."""

STREAMED, TABLE = "streamed", "table"
"""The modes of `enumeration`: without a table, and with one that is kept."""

LEFT_OUT_ORDER = ("enumeration", "fft", "rejection", "spectral")
"""Whose largest sizes are left out, in turn, where the passes would take too long."""

_FEWEST_SIZES = 3
_MOST_LOOPS = 10_000
# Loops at least, and of what takes long: the first touches memory for the first time, and of three
# that growth is judged over one at least should not be disturbed.
_LOOPS, _JUDGED_LOOPS = (2, 1), (3, 2)
_LONG_SECONDS = 0.5
# A yardstick that takes so many times the shortest of its pass tells that something else ran; what
# growth is judged over is then measured again at the end of the pass.
_MOST_DISTURBED = 1.3
_MOST_ATTEMPTS = 2
_COUNTS = ("proposals", "weight_evaluations", "walk_operations", "array_entries", "memory_bytes")
_KEY = ("grid", "sampler", "mode", "modulus", "dimension", "points")

Row = dict[str, Any]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Contender:
    """A sampler on one problem.

    Attributes
    ----------
    sampler, mode : str
        Its name, and for `enumeration` `STREAMED` or `TABLE`.
    reason : str
        Why it is left out; empty where it is timed.
    judged : bool
        Whether growth is judged over its size.
    """

    sampler: str
    mode: str = ""
    reason: str = ""
    judged: bool = False


@dataclass(frozen=True)
class Cell:
    """One problem of the grid.

    Attributes
    ----------
    grid : str
        The part of the grid: "dimension", "points", "proportional", "structured" or
        "structured_proportional".
    modulus, dimension, points : int
        P, D and M.
    rank : int
        Dimension of the random subspace that the points lie in; 0 where they are random.
    contenders : tuple of Contender
        What is timed on it, and what is left out.
    """

    grid: str
    modulus: int
    dimension: int
    points: int
    rank: int
    contenders: tuple[Contender, ...]

    @property
    def size(self) -> Row:
        """The columns that name it."""
        own = ("grid", "modulus", "dimension", "points", "rank")
        return {name: getattr(self, name) for name in own}


@dataclass(frozen=True)
class Settings:
    """The whole grid, and how it is measured.

    Attributes
    ----------
    seed, activation
        Of the study.
    nodes : int
        Nodes of a ticket, N.
    passes, seconds
        Passes at most, and seconds after which none begins; `FEWEST_PASSES` always do.
    least_seconds : float
        Processor time that preparing, and drawing, are looped to.
    most_seconds : float
        Where the first pass predicts more than this for `FEWEST_PASSES`, sizes are left out.
    cells : tuple of Cell
        The grid.
    """

    seed: int
    activation: str | tuple[float, ...]
    nodes: int
    passes: int
    seconds: float
    least_seconds: float
    most_seconds: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class _Loops:
    """How long, and how often, something is done at least; less often what takes long."""

    least: float
    fewest: int
    fewest_long: int


@dataclass(frozen=True)
class Clocks:
    """Sources of time in seconds: of this process's processors, and of the wall."""

    cpu: Clock = process_time
    wall: Clock = perf_counter


def measure(
    settings: Settings,
    folder: str | Path,
    modules: Iterable[str | Path],
    say: Callable[[str], None] | None = None,
) -> list[Row]:
    """Measure passes, each into a file of its own, and return the rows of all of them.

    Parameters
    ----------
    settings : Settings
        The grid and the protocol.
    folder : str or Path
        Where ``pass_<i>.csv`` are. Those of a run with the same settings, modules and machine that
        was broken off are kept, all others are removed.
    modules : iterable of str or Path
        The files that the times rest on.
    say : callable, optional
        Told a line of progress after each pass; by default it is printed.

    Returns
    -------
    list of dict
        Rows with the keys `COLUMNS`: all passes, without what the time leaves out, and a row for
        each contender left out.
    """
    say = say or partial(print, flush=True)
    # Else finding memory, page by page, would be most of what differs between passes.
    keep_freed_memory(wholly=True)
    # Naming them loads their libraries: what is loaded later would not be pinned.
    _ = scipy.fft, scipy.linalg
    problems: dict[Cell, Problem] = {}
    with threadpool_limits(limits=1):
        digest = run_digest(settings, modules)
        done = _resume(Path(folder), digest)
        if _goes_on(settings, done):
            _touch_memory(settings)
            _warm_up(settings)
        while _goes_on(settings, done):
            absent = too_long(done[0], settings) if done else set()
            rows = measure_pass(settings, len(done), absent, problems)
            path = Path(folder, f"pass_{len(done)}.csv")
            save_rows(path, [row | {"digest": digest} for row in rows], COLUMNS)
            done.append(load_rows(path, COLUMNS))
            say(
                f"Times: pass {len(done)} took {_elapsed(done[-1]):.0f} s, "
                f"{sum(map(_elapsed, done)):.0f} s in all"
            )
    return _whole_table(settings, done)


def run_digest(settings: Settings, modules: Iterable[str | Path]) -> str:
    """Return what tells whether two passes may be pooled: settings, modules and machine."""
    parts = hashlib.sha256(json.dumps([asdict(settings), machine_record()]).encode())
    for path in sorted(map(str, modules)):
        parts.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return parts.hexdigest()[:16]


def _resume(folder: Path, digest: str) -> list[list[Row]]:
    """Return the passes that are there, the first without a gap; remove all other pass files."""
    kept: list[list[Row]] = []
    for number in count():
        path = folder / f"pass_{number}.csv"
        try:
            rows = load_rows(path, COLUMNS)
        except DamagedFileError:
            break
        if not rows or {row["digest"] for row in rows} != {digest}:
            break
        kept.append(rows)
    known = {f"pass_{number}.csv" for number in range(len(kept))}
    for path in folder.glob("pass_*.csv"):
        if path.name not in known:
            path.unlink()
    return kept


def _goes_on(settings: Settings, done: Sequence[list[Row]]) -> bool:
    """Tell whether a further pass is measured."""
    if len(done) < FEWEST_PASSES:
        return True
    spent = sum(map(_elapsed, done))
    return len(done) < settings.passes and spent + spent / len(done) <= settings.seconds


def _elapsed(rows: Iterable[Mapping[str, Any]]) -> float:
    return sum(float(row["elapsed_seconds"]) for row in rows)


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in _KEY)


def too_long(first: Sequence[Mapping[str, Any]], settings: Settings) -> set[tuple[str, ...]]:
    """Choose what is left out where `FEWEST_PASSES` passes would take too long.

    Parameters
    ----------
    first : sequence of mapping
        The rows of the first pass.
    settings : Settings
        The grid, and ``most_seconds`` that `FEWEST_PASSES` like it may take.

    Returns
    -------
    set of tuple of str
        The contenders' keys: in turn the largest size of a sampler of `LEFT_OUT_ORDER`, of that of
        its curves where it takes longest. Three sizes of each curve always stay, and while others
        can go three that growth is judged over.
    """
    # A run that was done again took that long because of others: no reason to leave it out.
    seconds = {_key(row): float(row["elapsed_seconds"]) / int(row["attempts"]) for row in first}
    judged = {
        _key(_row(cell, contender, settings))
        for cell in settings.cells
        for contender in cell.contenders
        if contender.judged
    }
    curves: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for key in sorted(seconds, key=lambda key: (int(key[4]), int(key[5]))):
        curves.setdefault(key[:4], []).append(key)
    absent: set[tuple[str, ...]] = set()
    for kept in (judged, set(seconds)):
        while (slowest := _next_left_out(curves, seconds, kept, absent, settings)) is not None:
            absent.add(slowest)
    return absent


def _next_left_out(
    curves: Mapping[tuple[str, ...], Sequence[tuple[str, ...]]],
    seconds: Mapping[tuple[str, ...], float],
    kept: set[tuple[str, ...]],
    absent: set[tuple[str, ...]],
    settings: Settings,
) -> tuple[str, ...] | None:
    """Return what is left out next, or None where time is enough or nothing can go.

    ``kept`` are those of which each curve keeps `_FEWEST_SIZES`, where it has as many.
    """
    left = sum(time for key, time in seconds.items() if key not in absent)
    if FEWEST_PASSES * left <= settings.most_seconds:
        return None
    # The sampler whose turn it is comes first: as many of each have gone as of those before it.
    gone = [sum(key[1] == sampler for key in absent) for sampler in LEFT_OUT_ORDER]
    for sampler in sorted(LEFT_OUT_ORDER, key=lambda name: gone[LEFT_OUT_ORDER.index(name)]):
        last = []
        for curve, keys in curves.items():
            remaining = [key for key in keys if key not in absent]
            stays = sum(key in kept for key in remaining[:-1])
            enough = min(_FEWEST_SIZES, sum(key in kept for key in keys))
            if curve[1] == sampler and len(remaining) > _FEWEST_SIZES and stays >= enough:
                last.append(remaining[-1])
        if last:
            return max(last, key=seconds.__getitem__)
    return None


def _whole_table(settings: Settings, done: Sequence[list[Row]]) -> list[Row]:
    """Return the rows of all passes, and one for each contender left out, with its reason."""
    absent = too_long(done[0], settings)
    rows = [row for rows in done for row in rows if _key(row) not in absent]
    allowed = f"timing.most_seconds is {settings.most_seconds:g}"
    why = f"{FEWEST_PASSES} passes take {FEWEST_PASSES * _elapsed(done[0]):.0f} s; {allowed}"
    for cell in settings.cells:
        for contender in cell.contenders:
            row = _row(cell, contender, settings, status="skipped")
            if contender.reason or _key(row) in absent:
                rows.append(row | {"reason": contender.reason or why})
    return rows


def measure_pass(
    settings: Settings,
    number: int,
    absent: Iterable[tuple[str, ...]] = (),
    problems: dict[Cell, Problem] | None = None,
    clocks: Clocks | None = None,
) -> list[Row]:
    """Measure one pass: every cell in a random order, in each every contender.

    A shared processor has hours in which it is slower for seconds at a time. Where a yardstick
    beside a run tells so, and growth is judged over it, the run waits for the end of the pass and
    is done again; of both the one with the shorter yardsticks counts.

    Parameters
    ----------
    settings : Settings
        The grid and the protocol.
    number : int
        Which pass it is, from 0; the order and the draws are its own.
    absent : iterable of tuple of str
        Contenders left out, as `too_long` names them.
    problems : dict, optional
        Problems made before, by cell; those that are missing are added.
    clocks : Clocks, optional
        The sources of time.

    Returns
    -------
    list of dict
        Rows with the keys `COLUMNS`, in the order measured. A contender that fails has a row with
        the reason; its traceback goes to stderr.
    """
    clocks = clocks or Clocks()
    problems = {} if problems is None else problems
    rng = np.random.default_rng(named_seed(settings.seed, "timing", "order", number))
    runs = _in_random_order(settings, set(absent), rng)
    rows: list[Row] = [{} for _ in runs]
    waiting, done = list(range(len(runs))), count()
    for _ in range(_MOST_ATTEMPTS):
        for place in waiting:
            cell, contender = runs[place]
            began = clocks.wall()
            if cell not in problems:
                problems[cell] = make_problem(settings, cell)
            row = _measure_row(settings, cell, contender, problems[cell], number, clocks)
            row |= {"position": next(done), "attempts": 1, "elapsed_seconds": clocks.wall() - began}
            rows[place] = _less_disturbed(rows[place], row)
            print(_progress(row), file=sys.stderr, flush=True)
        most = _MOST_DISTURBED * min(map(_fastest, rows), default=np.inf)
        waiting = [at for at in waiting if runs[at][1].judged and _disturbance(rows[at]) > most]
        rng.shuffle(waiting)
    return rows


def _in_random_order(
    settings: Settings, absent: set[tuple[str, ...]], rng: np.random.Generator
) -> list[tuple[Cell, Contender]]:
    """Return what a pass measures: cells in a random order, and in each its contenders."""
    runs = []
    for place in rng.permutation(len(settings.cells)):
        cell = settings.cells[place]
        own = [contender for contender in cell.contenders if not contender.reason]
        own = [c for c in own if _key(_row(cell, c, settings)) not in absent]
        runs += [(cell, own[choice]) for choice in rng.permutation(len(own))]
    return runs


def _yardsticks(row: Row) -> list[float]:
    """Return the seconds of both yardsticks; none of a run that failed."""
    return [row[f"yardstick_{when}"] for when in ("before", "after") if row["status"] == "ok"]


def _fastest(row: Row) -> float:
    return min(_yardsticks(row), default=np.inf)


def _disturbance(row: Row) -> float:
    return max(_yardsticks(row), default=0.0)


def _less_disturbed(old: Row, new: Row) -> Row:
    """Return one of two measurements of a run: which is told by the yardsticks, not by its time."""
    if not old:
        return new
    kept = min(old, new, key=_disturbance)
    attempts, elapsed = (old[name] + new[name] for name in ("attempts", "elapsed_seconds"))
    return kept | {"attempts": attempts, "elapsed_seconds": elapsed}


def make_problem(settings: Settings, cell: Cell) -> Problem:
    """Return the problem of a cell: its points, and labels, which are nowhere zero."""
    names = ("timing", cell.grid, cell.modulus, cell.dimension, cell.points, "dataset")
    seed = named_seed(settings.seed, *names)
    size = {"dimension": cell.dimension, "modulus": cell.modulus}
    if cell.rank:
        rng = np.random.default_rng(seed)
        points = points_of_subspace(**size, rng=rng, rank=cell.rank, count=cell.points)
        targets = rng.choice([-1.0, 1.0], cell.points)
    else:
        data = make_dataset(Random.name, "labels", **size, count=cell.points, seed=seed)
        points, targets = data.points, data.targets
    return Problem(points, targets, modulus=cell.modulus, activation=settings.activation)


def _prepare(contender: Contender, problem: Problem) -> Sampler:
    options = {"streamed": True} if contender.mode == STREAMED else {}
    if SAMPLERS[contender.sampler].takes_tables:
        # Sums in bytes spread their tables over the points, a cost that no count shows.
        options["tables"] = False
    return make_sampler(contender.sampler, problem, **options)


def _measure_row(
    settings: Settings,
    cell: Cell,
    contender: Contender,
    problem: Problem,
    number: int,
    clocks: Clocks,
) -> Row:
    """Time one contender between two yardsticks."""
    size = (cell.grid, cell.modulus, cell.dimension, cell.points)
    seed = named_seed(settings.seed, "timing", *size, contender.sampler, contender.mode, number)
    row = _row(cell, contender, settings, **{"pass": number}, seed=seed)
    row["yardstick_before"] = yardstick(clocks.cpu)
    try:
        # What preparing last is freed before the next: two tables may not fit.
        how = _Loops(settings.least_seconds, *(_JUDGED_LOOPS if contender.judged else _LOOPS))
        prepare = partial(_prepare, contender, problem)
        sampler, row_part = _looped("prepare", prepare, how, clocks)
        row |= row_part
        once = asdict(sampler.report)
        tickets = _tickets_at_once(settings, cell, contender)
        draw = partial(_draw_tickets, sampler, settings.nodes, tickets, seed)
        row |= _looped("draw", draw, how, clocks, tickets)[1]
        report = asdict(sampler.report)
    except Exception as error:  # One sampler that fails must not cost the times of the others.
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        return row | {"status": "failed", "reason": reason}
    # Each loop draws the same nodes: what all did is a multiple of what one does.
    draws = (report["nodes"] - once["nodes"]) // settings.nodes
    row |= {name: once[name] + _each(report[name] - once[name], draws) for name in _COUNTS}
    row["threads"] = max((library["num_threads"] for library in threadpool_info()), default=1)
    row["load_average"] = psutil.getloadavg()[0]
    row["yardstick_after"] = yardstick(clocks.cpu)
    return row


def _tickets_at_once(settings: Settings, cell: Cell, contender: Contender) -> int:
    """Return how many tickets a loop draws: several where chance decides what one takes.

    By the expected time and not by the clock, so that two runs have the same counts.
    """
    sampler = SAMPLERS[contender.sampler]
    if not sampler.work_varies:
        return 1
    size = ProblemSize(cell.modulus, cell.dimension, cell.points)
    expected = sampler.expected_seconds(size, settings.nodes)[1]
    return max(1, math.ceil(settings.least_seconds / expected))


def _draw_tickets(sampler: Sampler, nodes: int, tickets: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(tickets):
        sampler.sample(nodes, rng=rng)


def _each(total: int, parts: int) -> float:
    """Divide a count; it stays a whole number where it can."""
    whole, rest = divmod(total, parts)
    return total / parts if rest else whole


def _looped(
    name: str, action: Callable[[], Any], how: _Loops, clocks: Clocks, times: int = 1
) -> tuple[Any, dict[str, float]]:
    """Do something until it has taken long enough; return its last result, and the shortest loop.

    ``times`` is how often an action does what the seconds are of.
    """
    result, lap = _clocked(action, clocks)
    laps, spent = [lap], lap[0]
    fewest = how.fewest_long if spent >= _LONG_SECONDS else how.fewest
    while len(laps) < fewest or (spent < how.least and len(laps) < _MOST_LOOPS):
        del result
        result, lap = _clocked(action, clocks)
        laps.append(lap)
        spent += lap[0]
    cpu, wall = np.min(laps, axis=0) / times
    return result, {
        f"{name}_seconds": float(cpu),
        f"{name}_wall_seconds": float(wall),
        f"{name}_loops": len(laps),
    }


def _clocked(action: Callable[[], Any], clocks: Clocks) -> tuple[Any, tuple[float, float]]:
    """Do something once; return its result, and processor and wall seconds."""
    cpu, wall = clocks.cpu(), clocks.wall()
    result = action()
    return result, (clocks.cpu() - cpu, clocks.wall() - wall)


def yardstick(clock: Clock = process_time) -> float:
    """Return the seconds that a fixed piece of work takes: a sort and a matrix product."""
    # Spread evenly and in no order: multiples of the golden ratio, modulo 1.
    numbers = np.arange(192**2) * 0.618033988749895 % 1
    matrix = numbers.reshape(192, 192)
    began = clock()
    np.sort(numbers)
    for _ in range(4):
        matrix @ matrix
    return clock() - began


def _touch_memory(settings: Settings) -> None:
    """Take as much memory as any contender will, once, and leave it to them."""
    needed = [
        SAMPLERS[contender.sampler].memory_required(
            ProblemSize(cell.modulus, cell.dimension, cell.points)
        )
        for cell in settings.cells
        for contender in cell.contenders
        if not contender.reason and contender.mode != STREAMED
    ]
    with contextlib.suppress(MemoryError):
        np.ones(min(max(needed, default=0), KEPT_BYTES) // 8)


def _warm_up(settings: Settings) -> None:
    """Run every contender on its smallest problem, so that kernels are there before they count."""
    smallest: dict[tuple, tuple[Cell, Contender]] = {}
    for cell in sorted(settings.cells, key=lambda cell: cell.dimension * cell.points):
        for contender in cell.contenders:
            if not contender.reason:
                name = (contender.sampler, contender.mode, cell.modulus)
                smallest.setdefault(name, (cell, contender))
    for cell, contender in smallest.values():
        try:
            sampler = _prepare(contender, make_problem(settings, cell))
            for nodes in (1, settings.nodes):
                sampler.sample(nodes, rng=0)
        except Exception:  # It fails again where it is measured, and has a row there.
            traceback.print_exc()


def _progress(row: Row) -> str:
    size = f"{row['grid']} P={row['modulus']} D={row['dimension']} M={row['points']}"
    what = " ".join(filter(None, (row["sampler"], row["mode"])))
    return f"pass {row['pass']}: {size}, {what}: {row['elapsed_seconds']:.2f} s"


def _row(cell: Cell, contender: Contender, settings: Settings, **values: Any) -> Row:
    named = {"sampler": contender.sampler, "mode": contender.mode, "nodes": settings.nodes}
    empty = dict.fromkeys(COLUMNS) | {"status": "ok", "reason": ""}
    return empty | cell.size | named | values
