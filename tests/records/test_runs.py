"""Locks of killed runs are cleared, those of living or unknown runs never."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from winning_tickets.records import runs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty folder to run in."""
    monkeypatch.chdir(tmp_path)
    runs.LOCKS.mkdir(parents=True)
    return tmp_path


def lock(name="0.input.lock"):
    """Take a lock as Snakemake does, and return it."""
    (runs.LOCKS / name).write_text("results/a.csv\n")
    return runs.LOCKS / name


def changed(**facts):
    """Change the only record of a run."""
    (path,) = runs.RUNS.iterdir()
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


def killed_run():
    """Let another process take a lock and record itself, then kill it."""
    code = (
        "from winning_tickets.records import runs; import time;"
        "(runs.LOCKS / '0.input.lock').write_text('a'); runs.record_run(); print(flush=True);"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    return process.pid


def test_without_a_lock_nothing_is_said(folder):
    assert runs.clear_dead_locks() == ""


def test_the_lock_of_a_killed_run_is_cleared(folder):
    pid = killed_run()
    assert runs.clear_dead_locks() == f"cleared the lock of a run that is dead (process {pid})"
    assert not [*runs.LOCKS.iterdir()] and not [*runs.RUNS.iterdir()]


def test_a_living_run_keeps_its_lock(folder):
    held = lock()
    runs.record_run()
    assert f"process {os.getpid()} on" in runs.clear_dead_locks()
    assert held.exists()
    # Not even a clock set back by years makes it old.
    os.utime(held, ns=(0, held.stat().st_mtime_ns))
    runs.clear_dead_locks()
    assert held.exists()
    runs.forget_run()
    assert not [*runs.RUNS.iterdir()]


def test_a_lock_of_which_nothing_is_known_stays_and_the_way_out_is_told(folder):
    held = lock()
    os.utime(held, (0, 0))
    assert runs.clear_dead_locks().endswith("type: snakemake --unlock")
    assert held.exists()


def test_a_process_id_given_to_another_process_does_not_count(folder):
    lock()
    runs.record_run()
    changed(started=time.time() - 1e6)
    assert "cleared" in runs.clear_dead_locks()


@pytest.mark.parametrize("fact", ["host", "machine"])
def test_of_a_run_elsewhere_nothing_is_known(folder, fact):
    held = lock()
    runs.record_run()
    changed(**{fact: "elsewhere", "started": 0.0})
    runs.clear_dead_locks()
    assert held.exists()


def test_a_run_before_the_machine_was_booted_is_dead(folder):
    lock()
    runs.record_run()
    changed(boot="another")
    expected = json.loads(next(runs.RUNS.iterdir()).read_text())["machine"] is not None
    assert ("cleared" in runs.clear_dead_locks()) == expected


def test_a_later_lock_of_the_same_name_is_not_that_of_the_dead_run(folder):
    killed_run()
    held = runs.LOCKS / "0.input.lock"
    held.unlink()
    time.sleep(0.01)
    assert lock() == held
    assert runs.clear_dead_locks().endswith("snakemake --unlock")
    assert held.exists()


def test_each_run_is_taken_for_its_own_locks_alone(folder):
    killed_run()
    held = lock("1.output.lock")
    runs.record_run()
    assert "a run is going on" in runs.clear_dead_locks()
    assert [*runs.LOCKS.iterdir()] == [held]


def test_a_damaged_record_is_none(folder):
    held = lock()
    runs.RUNS.mkdir()
    (runs.RUNS / "1.json").write_text('{"pid": 1')
    (runs.RUNS / "2.json").write_text("[]")
    assert "snakemake --unlock" in runs.clear_dead_locks()
    assert held.exists()
