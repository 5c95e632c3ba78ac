"""The timing protocol, on a clock that the samplers themselves move."""

import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import winning_tickets as wt
from winning_tickets.experiments.timings.measure import (
    COLUMNS,
    measure_contenders,
    time_samplers,
)
from winning_tickets.samplers import SamplerReport


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Fake:
    """A sampler that takes known times and notes what it is asked."""

    def __init__(self, clock, log, name, prepare=2.0, draw=3.0):
        self.report = SamplerReport(memory_bytes=7)
        self._clock, self._log, self._name, self._draw = clock, log, name, draw
        clock.now += prepare

    def sample(self, n, rng):
        self._log.append((self._name, n, rng))
        self._clock.now += self._draw(len(self._log)) if callable(self._draw) else self._draw
        self.report.proposals += 11 * n
        self.report.weight_evaluations += 5 * n
        threads = [library["num_threads"] for library in threadpool_info()]
        assert max(threads) == 1


def run(names="abc", draws=None, **options):
    clock, log = Clock(), []
    contenders = {
        name: lambda name=name: Fake(clock, log, name, draw=(draws or {}).get(name, 3.0))
        for name in names
    }
    rows = measure_contenders(contenders, 10, clock=clock, **({"seed": 1} | options))
    return rows, log


def test_every_repeat_is_a_row_and_warmups_are_flagged():
    rows, _ = run(repeats=5, warmups=2)
    assert Counter(row["sampler"] for row in rows if not row["warmup"]) == dict.fromkeys("abc", 5)
    assert Counter(row["sampler"] for row in rows if row["warmup"]) == dict.fromkeys("abc", 2)
    assert {row["repeat"] for row in rows if row["warmup"]} == {-2, -1}
    assert [row["position"] for row in rows] == list(range(21))
    assert all(tuple(row) == COLUMNS for row in rows)


def test_preparation_and_drawing_are_timed_apart():
    rows, _ = run()
    assert {(row["prepare_seconds"], row["draw_seconds"]) for row in rows} == {(2.0, 3.0)}


def test_the_order_is_random_seeded_and_interleaved():
    order = [row["sampler"] for row in run("abcdef", repeats=8)[0]]
    rounds = [tuple(order[start : start + 6]) for start in range(0, len(order), 6)]
    assert all(sorted(chunk) == list("abcdef") for chunk in rounds)
    assert len(set(rounds)) > 4
    assert order == [row["sampler"] for row in run("abcdef", repeats=8)[0]]
    assert order != [row["sampler"] for row in run("abcdef", repeats=8, seed=2)[0]]


def test_what_the_first_round_takes_longer_is_in_the_warm_up():
    rows, log = run("ab", {"a": lambda calls: 1000.0 if calls <= 2 else 3.0})
    assert len(log) == len(rows)
    assert max(row["draw_seconds"] for row in rows if not row["warmup"]) == 3.0


def test_each_repeat_has_a_seed_of_its_own():
    rows, log = run(repeats=3)
    assert len({row["seed"] for row in rows}) == len(rows)
    assert [call[2] for call in log] == [row["seed"] for row in rows]


def test_exact_counts_come_from_the_report_of_that_repeat():
    rows, _ = run()
    counts = ("proposals", "weight_evaluations", "array_entries", "memory_bytes")
    assert {tuple(row[count] for count in counts) for row in rows} == {(110, 50, 0, 7)}


def test_the_budget_ends_the_rounds_but_leaves_enough_to_know_a_spread():
    rows, _ = run("ab", repeats=50, warmups=1, seconds=55.0)  # ten seconds a round
    assert Counter(row["warmup"] for row in rows) == {True: 2, False: 10}
    rows, _ = run("ab", repeats=50, warmups=1, seconds=1.0)
    assert Counter(row["warmup"] for row in rows) == {True: 2, False: 6}
    rows, _ = run("ab", repeats=2, warmups=1, seconds=1.0)
    assert Counter(row["warmup"] for row in rows) == {True: 2, False: 4}


def test_only_the_unsteady_sampler_is_flagged():
    rows, _ = run("ab", {"a": lambda calls: 3.0 + 10.0 * (calls % 3)}, repeats=9)
    flags = {(row["sampler"], row["unstable"]) for row in rows}
    assert flags == {("a", True), ("b", False)}


def test_threads_are_pinned_recorded_and_restored():
    before = [library["num_threads"] for library in threadpool_info()]
    rows, _ = run()
    assert {row["threads"] for row in rows} == {1}
    assert [library["num_threads"] for library in threadpool_info()] == before
    assert all(row["load_average"] >= 0 for row in rows)


def test_libraries_loaded_by_a_sampler_are_pinned_too():
    script = """
import numpy as np
from winning_tickets import Problem
from winning_tickets.experiments.timings.measure import time_samplers
problem = Problem(np.arange(12).reshape(6, 2) % 5, np.arange(6.0), modulus=5)
rows = time_samplers(problem, ["fft", "spectral"], 5, seed=1, repeats=2, warmups=0)
assert {row["threads"] for row in rows} == {1}, rows
"""
    environment = os.environ | {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


def test_a_failing_sampler_is_a_row_and_the_others_go_on():
    def broken():
        raise MemoryError("no room")

    clock = Clock()
    contenders = {"good": lambda: Fake(clock, [], "good"), "bad": broken}
    rows = measure_contenders(contenders, 10, seed=1, clock=clock, repeats=2, warmups=0)
    assert [row["status"] for row in rows] == ["failed", "ok", "ok"]
    assert rows[0]["reason"] == "MemoryError: no room"


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    points = rng.integers(0, 3, size=(9, 3))
    return wt.Problem(points, rng.normal(size=9), modulus=3)


def test_real_samplers_of_one_problem(problem):
    rows = time_samplers(
        problem,
        ["uniform", "enumeration", "spectral"],
        20,
        seed=3,
        grid="dimension",
        skipped={"fft": "needs 9 MiB"},
        repeats=2,
    )
    assert all(tuple(row) == COLUMNS for row in rows)
    assert Counter(row["status"] for row in rows) == {"ok": 9, "skipped": 1}
    assert rows[-1]["reason"] == "needs 9 MiB"
    assert {(row["grid"], row["dimension"], row["nodes"]) for row in rows} == {("dimension", 3, 20)}
    assert {row["points"] for row in rows} == {len(problem.points)}
    entries = {row["sampler"]: row["array_entries"] for row in rows if row["status"] == "ok"}
    assert entries == {"uniform": 0, "enumeration": 3**4, "spectral": 0}
    assert all(row["prepare_seconds"] > 0 for row in rows if row["status"] == "ok")
