"""The timing protocol: passes over the grid, on clocks that the samplers themselves move."""

import dataclasses
import math
import os
import subprocess
import sys
from collections import Counter
from time import process_time

import numpy as np
import pytest

from winning_tickets.experiments.timings import measure as timing
from winning_tickets.experiments.timings.measure import (
    COLUMNS,
    FEWEST_PASSES,
    STREAMED,
    TABLE,
    Cell,
    Clocks,
    Contender,
    Settings,
    measure,
    measure_pass,
    too_long,
)
from winning_tickets.records.files import load_rows
from winning_tickets.samplers import SAMPLERS, SamplerReport
from winning_tickets.samplers.base import ProblemSize

NAMES = ("uniform", "spectral", "rejection")


def cell(dimension=3, grid="dimension", names=NAMES, modulus=3, points=9, rank=0):
    contenders = tuple(Contender(name) for name in names)
    return Cell(grid, modulus, dimension, points, rank, contenders)


CELLS = (cell(3), cell(4))


def settings(cells=CELLS, **changes):
    given = {"seed": 1, "activation": "relu", "nodes": 10, "passes": 12, "seconds": 0.0}
    given |= {"least_seconds": 0.0, "most_seconds": 1e9}
    return Settings(cells=tuple(cells), **given | changes)


class Bench:
    """A clock, and samplers that take known times and note what they are asked."""

    def __init__(self, prepare=0.004, draw=0.006):
        self.now, self.log, self.prepare, self.draw = 0.0, [], prepare, draw
        self.clocks = Clocks(lambda: self.now, lambda: 2 * self.now)

    def make(self, contender, problem):
        self.now += self.prepare
        self.log.append((contender.sampler, problem.dimension, "prepare"))
        return Fake(self, contender.sampler, problem.dimension)


class Fake:
    def __init__(self, bench, name, dimension):
        self.report = SamplerReport(memory_bytes=7, array_entries=5, weight_evaluations=100)
        self._bench, self._name, self._dimension = bench, name, dimension

    def sample(self, n, rng):
        self._bench.now += self._bench.draw
        what = "warm" if isinstance(rng, int) else "draw"
        self._bench.log.append((self._name, self._dimension, what))
        self.report.nodes += n
        self.report.proposals += 11 * n
        self.report.weight_evaluations += 5 * n


@pytest.fixture
def bench(monkeypatch):
    bench = Bench()
    monkeypatch.setattr(timing, "_prepare", bench.make)
    monkeypatch.setattr(timing, "yardstick", lambda clock: 0.001)
    return bench


def one_pass(bench, number=0, **changes):
    return measure_pass(settings(**changes), number, clocks=bench.clocks)


def test_a_pass_measures_everything_once(bench):
    rows = one_pass(bench)
    found = Counter((row["sampler"], row["dimension"]) for row in rows)
    assert found == dict.fromkeys([(name, d) for name in NAMES for d in (3, 4)], 1)
    assert [row["position"] for row in rows] == list(range(6))
    assert all(tuple(row) == COLUMNS and row["status"] == "ok" for row in rows)


def test_each_pass_has_an_order_of_its_own_that_a_seed_repeats(bench):
    cells = [cell(d) for d in range(2, 10)]

    def order(number, **changes):
        rows = one_pass(bench, number, cells=cells, **changes)
        return [(row["dimension"], row["sampler"]) for row in rows]

    assert order(0) == order(0)
    orders = [order(number) for number in range(6)]
    assert len({tuple(found) for found in orders}) == 6
    assert order(0) != order(0, seed=2)
    # Drift must not line up with D: the mean rank correlation of position and D is near none.
    ranks = [np.corrcoef([d for d, _ in found], range(len(found)))[0, 1] for found in orders]
    assert abs(np.mean(ranks)) < 0.5
    assert all(sorted(found) == sorted(orders[0]) for found in orders)


def test_everything_is_looped_until_it_has_taken_long_enough(bench):
    cells = [cell(d, names=["uniform", "spectral"]) for d in (3, 4)]
    for row in one_pass(bench, cells=cells, least_seconds=0.02):
        assert (row["prepare_loops"], row["draw_loops"]) == (5, 4)
        assert row["prepare_seconds"] == pytest.approx(0.004)
        assert row["draw_seconds"] == pytest.approx(0.006)
        assert row["prepare_wall_seconds"] == pytest.approx(0.008)
        assert row["draw_wall_seconds"] == pytest.approx(0.012)


def test_loops_that_are_disturbed_do_not_move_what_growth_is_judged_over(bench, monkeypatch):
    slow = iter([True, False, True])
    prepare = bench.make

    class Disturbed(Fake):
        def sample(self, n, rng):
            super().sample(n, rng)
            bench.now += 0.05 if next(slow) else 0.0

    def make(contender, problem):
        prepare(contender, problem)
        return Disturbed(bench, contender.sampler, problem.dimension)

    monkeypatch.setattr(timing, "_prepare", make)
    own = Cell("dimension", 3, 4, 9, 0, (Contender("spectral", judged=True),))
    (row,) = one_pass(bench, cells=[own])
    assert (row["prepare_loops"], row["draw_loops"]) == (3, 3)
    assert row["draw_seconds"] == pytest.approx(bench.draw)
    assert row["draw_wall_seconds"] == pytest.approx(2 * bench.draw)


@pytest.mark.parametrize(
    ("judged", "draw", "loops"),
    [(False, 0.49, 2), (False, 0.51, 1), (True, 0.49, 3), (True, 0.51, 2)],
)
def test_what_takes_long_is_looped_less_often(bench, judged, draw, loops):
    bench.draw = draw
    own = Cell("dimension", 3, 4, 9, 0, (Contender("uniform", judged=judged),))
    (row,) = one_pass(bench, cells=[own])
    prepared = 3 if judged else 2
    assert [what for *_, what in bench.log] == ["prepare"] * prepared + ["draw"] * loops
    assert (row["prepare_loops"], row["draw_loops"]) == (prepared, loops)


def test_counts_are_those_of_one_ticket_however_often_it_was_drawn(bench):
    for least in (0.0, 0.02, 0.5):
        for row in one_pass(bench, least_seconds=least):
            counts = ("proposals", "weight_evaluations", "array_entries", "memory_bytes")
            assert [row[name] for name in counts] == [110, 150, 5, 7]


def test_where_chance_decides_the_work_a_loop_draws_several_tickets(bench):
    """As many as are expected to fill the time; seconds and counts are means over them."""
    size = {"points": 200, "names": ["rejection", "uniform"]}
    rows = one_pass(bench, cells=[cell(8, **size)], least_seconds=0.03)
    found = {row["sampler"]: row for row in rows}
    drawn = Counter(name for name, _, what in bench.log if what == "draw")
    expected = SAMPLERS["rejection"].expected_seconds(ProblemSize(3, 8, 200), 10)[1]
    tickets = math.ceil(0.03 / expected)
    assert tickets > 1
    assert drawn["rejection"] == tickets * found["rejection"]["draw_loops"]
    assert drawn["uniform"] == found["uniform"]["draw_loops"]
    for row in rows:
        assert row["draw_seconds"] == pytest.approx(bench.draw)
        assert (row["proposals"], row["weight_evaluations"]) == (110, 150)


def test_the_tickets_of_a_loop_differ(monkeypatch):
    """The same ticket many times would have the scatter of one."""
    monkeypatch.setattr(timing, "yardstick", lambda clock: 0.001)
    one, several = (
        measure_pass(settings([cell(6, points=60, names=["rejection"])], least_seconds=least), 0)
        for least in (0.0, 0.02)
    )
    problem = timing.make_problem(settings(), cell(6, points=60))
    sampler = timing._prepare(Contender("rejection"), problem)
    rng = np.random.default_rng(one[0]["seed"])
    sampler.sample(10, rng=rng)
    assert one[0]["proposals"] == sampler.report.proposals
    expected = SAMPLERS["rejection"].expected_seconds(ProblemSize(3, 6, 60), 10)[1]
    tickets = math.ceil(0.02 / expected)
    for _ in range(tickets - 1):
        sampler.sample(10, rng=rng)
    assert several[0]["proposals"] == pytest.approx(sampler.report.proposals / tickets)
    assert several[0]["proposals"] != one[0]["proposals"]


def test_seeds_differ_between_passes_and_contenders(bench):
    seeds = [row["seed"] for number in range(3) for row in one_pass(bench, number)]
    assert len(set(seeds)) == len(seeds) == 18


def disturbed_pass(bench, monkeypatch, beside, judged):
    """Measure a pass of five dimensions, with the yardsticks of each attempt at D = 4 as given."""
    given = iter(beside)
    original = timing._measure_row

    def measure_row(settings, cell, *given_too):
        slow = next(given) if cell.dimension == 4 else 0.001
        bench.draw = 0.1 * slow  # what the yardstick sees, the run sees too
        row = original(settings, cell, *given_too)
        return row | {"yardstick_after": slow}

    monkeypatch.setattr(timing, "_measure_row", measure_row)
    contenders = (Contender("spectral", judged=judged),)
    cells = [Cell("dimension", 3, d, 9, 0, contenders) for d in range(3, 8)]
    rows = measure_pass(settings(cells), 0, clocks=bench.clocks)
    assert len(rows) == 5
    assert all(row["attempts"] == 1 for row in rows if row["dimension"] != 4)
    return next(row for row in rows if row["dimension"] == 4)


@pytest.mark.parametrize(
    ("beside", "attempts", "kept"),
    [
        ([0.0012], 1, 0.0012),
        ([0.002, 0.0011], 2, 0.0011),
        ([0.0016, 0.0019], 2, 0.0016),
    ],
)
def test_what_was_disturbed_is_measured_again_at_the_end_of_the_pass(
    bench, monkeypatch, beside, attempts, kept
):
    row = disturbed_pass(bench, monkeypatch, beside, judged=True)
    assert row["attempts"] == attempts
    assert row["yardstick_after"] == kept
    assert row["draw_seconds"] == pytest.approx(0.1 * kept)
    if kept != beside[0]:  # after all five
        assert row["position"] == 5
    # All attempts have cost time.
    assert row["elapsed_seconds"] > 0.1 * sum(beside)


def test_what_no_growth_is_judged_over_is_measured_once(bench, monkeypatch):
    row = disturbed_pass(bench, monkeypatch, [0.002], judged=False)
    assert (row["attempts"], row["yardstick_after"]) == (1, 0.002)


def test_a_failing_sampler_is_a_row_and_the_others_go_on(bench, capsys, monkeypatch):
    def prepare(contender, problem):
        if contender.sampler == "spectral":
            raise MemoryError("no room")
        return bench.make(contender, problem)

    monkeypatch.setattr(timing, "_prepare", prepare)
    rows = one_pass(bench)
    assert Counter(row["status"] for row in rows) == {"ok": 4, "failed": 2}
    failed = [row for row in rows if row["status"] == "failed"]
    assert {row["reason"] for row in failed} == {"MemoryError: no room"}
    assert 'raise MemoryError("no room")' in capsys.readouterr().err


def run(folder, modules=(), told=None, **changes):
    say = (lambda line: None) if told is None else told.append
    return measure(settings(**changes), folder, modules, say)


def passes(folder):
    return sorted(path.name for path in folder.glob("pass_*.csv"))


FILES = [f"pass_{number}.csv" for number in range(FEWEST_PASSES)]


def test_four_passes_always_and_more_while_the_seconds_last(bench, tmp_path, monkeypatch):
    told = []
    rows = run(tmp_path / "a", told=told)
    assert passes(tmp_path / "a") == FILES
    assert {row["pass"] for row in rows} == {"0", "1", "2", "3"}
    assert len(told) == 4 and told[3].startswith("Times: pass 4 took ")
    assert passes(tmp_path / "a") == FILES
    rows = run(tmp_path / "b", seconds=1e9, passes=6)
    assert len(passes(tmp_path / "b")) == 6
    monkeypatch.setattr(timing, "_elapsed", lambda rows: 10.0)
    run(tmp_path / "c", seconds=65.0)
    assert len(passes(tmp_path / "c")) == 6


def test_a_run_that_was_broken_off_goes_on_with_the_passes_it_has(bench, tmp_path):
    whole = run(tmp_path)
    kept = {name: (tmp_path / name).read_bytes() for name in FILES[:2]}
    for name in FILES[2:]:
        (tmp_path / name).unlink()
    (tmp_path / "pass_4.csv").write_text("of a later pass, after a gap")
    bench.log.clear()
    again = run(tmp_path)
    assert passes(tmp_path) == FILES
    assert kept == {name: (tmp_path / name).read_bytes() for name in kept}
    # Two passes of six, of two loops each.
    assert len([what for *_, what in bench.log if what == "draw"]) == 2 * 2 * 6
    names = ("sampler", "dimension", "pass", "position", "seed", "proposals")
    assert [[r[n] for n in names] for r in again] == [[r[n] for n in names] for r in whole]


def test_a_run_that_goes_on_warms_up_again_and_one_that_is_complete_does_nothing(
    bench, tmp_path, monkeypatch
):
    warmed = []
    monkeypatch.setattr(timing, "_warm_up", warmed.append)
    run(tmp_path)
    run(tmp_path)
    assert len(warmed) == 1
    (tmp_path / FILES[3]).unlink()
    run(tmp_path)
    assert len(warmed) == 2


@pytest.mark.parametrize("changed", ["settings", "modules", "machine", "damage"])
def test_passes_of_another_kind_are_never_pooled(bench, tmp_path, monkeypatch, changed):
    module = tmp_path / "module.py"
    module.write_text("one")
    run(tmp_path, [module])
    old = load_rows(tmp_path / FILES[0], COLUMNS)[0]["digest"]
    stamps = {name: (tmp_path / name).stat().st_mtime_ns for name in FILES}
    changes = {"nodes": 11} if changed == "settings" else {}
    if changed == "modules":
        module.write_text("two")
    if changed == "machine":
        monkeypatch.setattr(timing, "machine_record", lambda: {"processor": "another"})
    if changed == "damage":
        path = tmp_path / FILES[0]
        path.write_bytes(path.read_bytes()[:-40])
    rows = run(tmp_path, [module], **changes)
    digests = {row["digest"] for row in rows}
    assert len(digests) == 1
    assert (digests == {old}) == (changed == "damage")
    assert all((tmp_path / name).stat().st_mtime_ns > stamps[name] for name in FILES)


def first_pass(**seconds):
    """Return rows of a first pass: a curve of four sizes for each sampler, slower by D."""
    return [
        {"grid": "dimension", "sampler": name, "mode": "", "modulus": 5, "points": 9}
        | {"dimension": dimension, "elapsed_seconds": time, "attempts": 1}
        for name, times in seconds.items()
        for dimension, time in zip(range(3, 9), times, strict=False)
    ]


def dropped(rows, most, judged=()):
    """Return what is left out; ``judged`` names sampler and D of what growth is judged over."""
    cells = [Cell("dimension", 5, d, 9, 0, (Contender(name, judged=True),)) for name, d in judged]
    given = settings(cells, most_seconds=most)
    return {(key[1], int(key[4])) for key in too_long(rows, given)}


def test_where_the_passes_would_take_too_long_the_largest_sizes_go_in_the_declared_order():
    rows = first_pass(spectral=[1, 1, 1, 50], fft=[1, 1, 1, 2, 5], enumeration=[1, 1, 1, 9])
    assert dropped(rows, 400) == set()
    assert dropped(rows, 4 * 70) == {("enumeration", 6)}
    assert dropped(rows, 4 * 62) == {("enumeration", 6), ("fft", 7)}
    every = {("enumeration", 6), ("fft", 7), ("spectral", 6)}
    assert dropped(rows, 4 * 30) == every
    # Three sizes of each curve stay, whatever it takes.
    assert dropped(rows, 1e-9) == every | {("fft", 6)}


def test_three_sizes_that_growth_is_judged_over_stay_while_others_can_go():
    rows = first_pass(fft=[1, 1, 1, 1, 9], enumeration=[1, 1, 9, 9, 9])
    last_three = [("enumeration", d) for d in (5, 6, 7)]
    assert dropped(rows, 4 * 33) == {("enumeration", 7)}
    assert dropped(rows, 4 * 33, last_three) == {("fft", 7)}
    # Nothing else is left, and it is still too long.
    both = {("fft", 7), ("fft", 6)}
    assert dropped(rows, 4 * 30, last_three) == both | {("enumeration", 7)}
    four = [("enumeration", d) for d in (4, 5, 6, 7)]
    assert dropped(rows, 4 * 33, four) == {("enumeration", 7)}


def test_what_the_time_leaves_out_has_its_reason_and_no_other_row(bench, tmp_path):
    cells = [cell(d, names=["spectral"]) for d in (3, 4, 5, 6)]
    rows = run(tmp_path, cells=cells, most_seconds=1e-9)
    own = [row for row in rows if int(row["dimension"]) == 6]
    assert [row["status"] for row in own] == ["skipped"]
    assert own[0]["reason"].startswith("4 passes take ")
    assert own[0]["reason"].endswith("; timing.most_seconds is 1e-09")
    assert Counter(int(row["dimension"]) for row in rows) == {3: 4, 4: 4, 5: 4, 6: 1}
    measured = [load_rows(tmp_path / name, COLUMNS) for name in FILES]
    assert [len(rows) for rows in measured] == [4, 3, 3, 3]


def real(**changes):
    contenders = tuple(map(Contender, ("uniform", "fft", "rejection", "spectral")))
    modes = (Contender("enumeration", STREAMED), Contender("enumeration", TABLE))
    absent = (Contender("circuit", "", "needs 9 MiB"),)
    own = Cell("dimension", 3, 4, 12, 0, contenders + modes + absent)
    return settings([own, cell(5, "structured", rank=3, points=12)], **changes)


def test_real_samplers(tmp_path):
    rows = measure(real(), tmp_path, [], lambda line: None)
    assert Counter(row["status"] for row in rows) == {"ok": 4 * (6 + 3), "skipped": 1}
    assert rows[-1]["reason"] == "needs 9 MiB"
    ok = [row for row in rows if row["status"] == "ok"]
    assert all(float(row["prepare_seconds"]) > 0 and float(row["draw_seconds"]) > 0 for row in ok)
    assert {row["threads"] for row in ok} == {"1"}
    entries = {(row["sampler"], row["mode"]): int(row["array_entries"]) for row in ok}
    assert entries["enumeration", STREAMED] == entries["enumeration", TABLE] == 3**5
    assert entries["fft", ""] == 3**4 and entries["spectral", ""] == 0
    evaluations = {row["weight_evaluations"] for row in ok if row["sampler"] == "enumeration"}
    assert evaluations == {str(12 * 41)}
    walks = {int(row["walk_operations"]) for row in ok if row["sampler"] == "spectral"}
    assert min(walks) > 0
    assert all(float(row[f"yardstick_{when}"]) > 0 for row in ok for when in ("before", "after"))


def test_counts_on_a_fast_and_on_a_slow_machine_agree_exactly():
    names = ("grid", "sampler", "mode", "pass", "seed", "proposals", "weight_evaluations")
    fast, slow = (
        measure_pass(
            real(least_seconds=0.003),
            0,
            clocks=Clocks(lambda factor=factor: factor * process_time()),
        )
        for factor in (1, 100)
    )
    assert sum(row["draw_loops"] for row in slow) < sum(row["draw_loops"] for row in fast)
    assert [[row[n] for n in names] for row in fast] == [[row[n] for n in names] for row in slow]


def test_structured_points_lie_in_a_subspace():
    points = timing.make_problem(settings(), cell(9, "structured", rank=2, points=6)).points
    assert len(np.unique(points, axis=0)) == 6
    differences = (points[:, None].astype(int) - points[None, :]) % 3
    assert len(np.unique(differences.reshape(-1, 9), axis=0)) <= 9
    other = timing.make_problem(settings(seed=2), cell(9, "structured", rank=2, points=6)).points
    assert not np.array_equal(points, other)


def test_libraries_loaded_by_a_sampler_are_pinned_too(tmp_path):
    script = f"""
from winning_tickets.experiments.timings.measure import *
cells = (Cell("dimension", 5, 2, 6, 0, (Contender("fft"), Contender("spectral"))),)
rows = measure(Settings(1, "relu", 5, 4, 0.0, 0.0, 1e9, cells), {str(tmp_path)!r}, [], print)
assert {{row["threads"] for row in rows}} == {{"1"}}, rows
"""
    environment = os.environ | {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


def test_every_setting_is_in_the_digest():
    base = settings()
    digests = {timing.run_digest(base, [])}
    for field in dataclasses.fields(Settings):
        value = getattr(base, field.name)
        other = value[:1] if field.name == "cells" else "tanh" if value == "relu" else value + 1
        changed = dataclasses.replace(base, **{field.name: other})
        digests.add(timing.run_digest(changed, []))
    assert len(digests) == 1 + len(dataclasses.fields(Settings))
