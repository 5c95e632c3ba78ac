"""Runs that are killed, interrupted or doubled end whole, with the tables of an undisturbed run."""

import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.faults.harness import Study, until
from tests.workflow.pipeline import ROOT

COMMAND = [sys.executable, "scripts/run_snakemake.py", "--dry-run"]
SMOKE = (ROOT / "workflow/presets/smoke.yaml").read_text()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return a finished study; its path has what shells, wildcards and old codes stumble over."""
    study = Study(tmp_path_factory.mktemp("paths") / "a study & more (é) 'quoted'")
    study.made()
    return study


def attack(study, kills, files):
    """Kill a study again and again while it goes; return how many runs had not ended by then.

    Each time one waits for another number of files, drawn below ``files``, and a moment more.
    """
    chance, hit = random.Random(20260513), 0
    for enough in sorted(chance.sample(range(files), kills)):
        process = study.start()
        until(lambda: len(study.files()) >= enough or process.poll() is not None)  # noqa: B023
        time.sleep(chance.uniform(0, 0.5))
        hit += process.poll() is None
        study.kill(process)
    return hit


def test_a_study_that_is_killed_three_times_ends_with_the_same_tables(undisturbed, tmp_path):
    study = Study(tmp_path / "killed")
    assert attack(study, 3, 16) == 3
    # What a run leaves that is killed while it writes.
    half = study.folder / "results/tiny/datasets/.random_D2.npz.1.partial"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes((undisturbed.folder / "results/tiny/datasets/random_D2.npz").read_bytes()[:50])
    assert study.made() == undisturbed.tables()


@pytest.mark.long
def test_the_smoke_study_killed_twenty_times_ends_with_the_same_tables(tmp_path):
    whole = Study(tmp_path / "whole", SMOKE, targets=())
    killed = Study(tmp_path / "killed", SMOKE, targets=())
    assert attack(killed, 20, 140) >= 10
    assert killed.made() == whole.made()
    assert len(whole.tables()) > 40


def test_an_interrupt_is_told_in_three_lines_and_of_two_runs_the_second_is_told_of_the_first(
    undisturbed, tmp_path
):
    study = Study(tmp_path / "interrupted")
    process = study.start()
    until(lambda: study.folder.joinpath("results/tiny/datasets").exists())
    status, lines = study.kill(process, signal.SIGINT)
    assert status != 0
    told = [line for line in lines if line and not line.startswith("Using workflow specific")]
    told = [line for line in told if "gone, about" not in line]  # progress until then
    assert "jobs on 2 cores" in told[0] and len(told) <= 4, lines
    assert "are done and stay done" in told[1]

    first = study.start()
    until(lambda: any(study.folder.glob(".snakemake/runs/*.json")))
    status, lines = study.make()
    assert status != 0
    assert f"a run is going on in this folder: process {first.pid}" in lines[0]
    assert "Traceback" not in "\n".join(lines)
    status, lines = study.finish(first)
    assert status == 0, "\n".join(lines)
    assert study.tables() == undisturbed.tables()


def test_nothing_is_left_unfinished_and_nothing_is_to_be_done_again(undisturbed):
    assert undisturbed.partial() == []
    before = {path: path.stat().st_mtime_ns for path in undisturbed.files()}
    status, lines = undisturbed.make()
    assert status == 0 and any("Nothing to be done" in line for line in lines)
    assert {path: path.stat().st_mtime_ns for path in undisturbed.files()} == before


def test_a_home_that_cannot_be_written_is_not_needed(undisturbed, tmp_path):
    study = Study(tmp_path / "homeless")
    names = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR")
    status, lines = study.make(environment=dict.fromkeys(names, "/proc/nowhere"))
    assert status == 0, "\n".join(lines)
    assert study.tables() == undisturbed.tables()


def test_files_of_the_future_are_named(undisturbed):
    """A clock that was set back: what is edited now would look older than what rests on it."""
    table = undisturbed.folder / "results/tiny/risks.csv"
    times = table.stat()
    os.utime(table, (time.time() + 7200, time.time() + 7200))
    status, lines = undisturbed.make()
    os.utime(table, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert status == 0, "\n".join(lines)
    assert any("results/tiny/risks.csv" in line and "future" in line for line in lines), lines


@pytest.mark.parametrize("loading", [True, False], ids=["loads", "lays out its jobs"])
def test_make_is_interrupted_without_a_traceback_while_snakemake(loading):
    run = subprocess.Popen(
        COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if loading:
        until(lambda: psutil.Process(run.pid).cpu_times().user > 0.2)
        said = ""
    else:
        said = run.stdout.readline()
    run.send_signal(signal.SIGINT)
    said += run.communicate(timeout=300)[0]
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 2
