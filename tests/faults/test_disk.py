"""Disks that are full or read-only: a few lines, and the run goes on once that is put right."""

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from tests.faults.harness import Study, assert_clear
from winning_tickets.records.files import load_rows, save_rows
from winning_tickets.records.step import logged


@contextmanager
def disk(folder, options):
    """Put a file system in memory in the place of a folder."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    folder.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield lambda options: subprocess.run(
            ["mount", "-o", f"remount,{options}", str(folder)], check=True
        )
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


COLUMNS = ("words",)


def test_a_disk_that_takes_no_more_leaves_the_old_table_and_is_one_line(tmp_path):
    folder = tmp_path / "disk"
    with disk(folder, "size=32k") as remount:
        table = folder / "risks.csv"
        save_rows(table, [{"words": "old"}], COLUMNS)
        for options, told in (("rw", "No space left on device"), ("ro", "Read-only file system")):
            remount(options)
            with pytest.raises(SystemExit, match=told) as ended, logged(tmp_path / "step.log"):
                save_rows(table, [{"words": "new" * 20_000}], COLUMNS)
            assert "results cannot be written" in ended.value.code
            assert load_rows(table, COLUMNS) == [{"words": "old"}]
            assert list(folder.iterdir()) == [table]


@pytest.mark.long
@pytest.mark.parametrize("kibibytes", [16, 40, 80])
def test_a_full_disk_is_named_and_the_run_goes_on_when_there_is_room(tmp_path, kibibytes):
    whole, study = Study(tmp_path / "whole"), Study(tmp_path / "full")
    with disk(study.folder / "results", f"size={kibibytes}k") as remount:
        status, lines = study.make()
        # Three lines a job that fails, of thirteen.
        assert_clear(status, lines, "No space left on device: results cannot be written", most=45)
        remount("size=50m")
        assert study.made() == whole.made()
        assert study.partial() == []


@pytest.mark.long
def test_results_that_cannot_be_written_are_named(tmp_path):
    study = Study(tmp_path / "readonly")
    with disk(study.folder / "results", "size=50m") as remount:
        remount("ro")
        status, lines = study.make()
        assert_clear(status, lines, "results/tiny", "Read-only file system", most=8)
        remount("rw")
        assert study.made()


@pytest.mark.long
def test_a_disk_that_turns_read_only_between_runs_is_named(tmp_path):
    study = Study(tmp_path / "readonly")
    with disk(study.folder / "results", "size=50m") as remount:
        study.made()
        remount("ro")
        status, lines = study.make("--forcerun", "measure_risks")
        assert_clear(status, lines, "Write-protected output", "results/tiny/risks", most=8)
        remount("rw")
        assert study.made()


@contextmanager
def forbidden(folder):
    """Take the permission to write from everybody."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip(
            "root writes everywhere, and setpriv, which could keep it from that, is missing"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o555)
    yield
    folder.chmod(0o755)


def test_a_checkout_without_permission_is_named(tmp_path):
    study = Study(tmp_path / "somebody")
    with forbidden(study.folder):
        status, lines = study.make(clear=False, plain=True)
    assert_clear(status, lines, f"{study.folder}: permission denied", most=3)


@pytest.mark.long
@pytest.mark.parametrize("place", ["results", "results/tiny", ".snakemake"])
def test_a_folder_without_permission_is_named(tmp_path, place):
    study = Study(tmp_path / "somebody")
    with forbidden(study.folder / place):
        status, lines = study.make(plain=True)
        assert_clear(status, lines, "ermission denied", place, most=5)
        assert study.files() == set()
    assert study.made()
