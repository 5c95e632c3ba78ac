"""The protocol of the benchmarks, on a clock that the samplers themselves move."""

from collections import Counter

from threadpoolctl import threadpool_info

from benchmarks.contenders import COLUMNS, measure_contenders
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


def test_a_failing_sampler_is_a_row_and_the_others_go_on(capsys):
    def broken():
        raise MemoryError("no room")

    clock = Clock()
    contenders = {"good": lambda: Fake(clock, [], "good"), "bad": broken}
    rows = measure_contenders(contenders, 10, seed=1, clock=clock, repeats=2, warmups=0)
    assert [row["status"] for row in rows] == ["failed", "ok", "ok"]
    assert rows[0]["reason"] == "MemoryError: no room"
    assert 'raise MemoryError("no room")' in capsys.readouterr().err
