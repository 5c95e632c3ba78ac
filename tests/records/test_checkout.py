"""Where a study cannot run, one line says so before anything is touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from winning_tickets.records.checkout import UNUSABLE, path_fault, permission_fault, python_fault

ROOT = Path(__file__).parents[2]
SCRIPT = "src/winning_tickets/records/checkout.py"


@pytest.mark.parametrize("path", ["/home/a b/c", "/home/\u00e9t\u00e9 & co/x'y", "/a-b_c.d/(1)#2"])
def test_a_path_with_other_signs_is_fine(path):
    assert path_fault(path) == ""


@pytest.mark.parametrize("character", UNUSABLE)
def test_a_path_that_cannot_be_used_is_named_with_its_character(character):
    fault = path_fault(f"/home/a{character}b")
    assert repr(f"/home/a{character}b") in fault and repr(character) in fault
    assert "\n" not in fault


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    assert permission_fault(str(tmp_path)) == ""
    (tmp_path / ".snakemake").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: not path.endswith(".snakemake"))
    fault = permission_fault(str(tmp_path))
    assert fault.startswith(f"{tmp_path}/.snakemake: permission denied") and "\n" not in fault


def test_the_python_at_hand_will_do():
    assert python_fault() == ""


def test_an_older_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert python_fault().startswith("Python 3.11 or newer is needed and ")
    assert "3.9.2" in python_fault()


def test_a_missing_package_of_debian_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert python_fault().endswith(f"apt install python{version}-venv")


def make(folder, *arguments):
    """Run make in a folder and return the finished process."""
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture
def checkout(tmp_path):
    """Return a function that lays the files which `make setup` asks first into a folder."""

    def lay(name):
        folder = tmp_path / name
        for path in ("Makefile", SCRIPT, "envs/requirements.lock", "pyproject.toml"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
        return folder

    return lay


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")
class TestMake:
    def test_it_stops_at_a_path_before_anything_else(self, checkout):
        folder = checkout("a{b}")
        (folder / ".venv").mkdir()
        finished = make(folder, f"PYTHON={sys.executable}", "setup")
        assert finished.returncode != 0
        assert "holds the character '{'" in finished.stderr
        assert (folder / ".venv").is_dir()

    def test_it_stops_without_ensurepip_and_keeps_the_old_environment(self, checkout):
        folder = checkout("plain")
        (folder / ".venv").mkdir()
        python = folder / "python"
        python.write_text(
            f"#!/bin/sh\nexec '{sys.executable}' -c \"import importlib.util, runpy, sys;"
            "importlib.util.find_spec = lambda name: None;"
            'runpy.run_path(sys.argv[1], run_name=\'__main__\')" "$@"\n'
        )
        python.chmod(0o755)
        finished = make(folder, f"PYTHON={python}", "setup")
        assert finished.returncode != 0
        assert "-venv" in finished.stderr
        assert "Setting up" not in finished.stdout
        assert (folder / ".venv").is_dir()


def test_snakemake_stops_at_a_path_too(tmp_path):
    folder = tmp_path / "a}b"
    folder.mkdir()
    for part in ("Snakefile", "config.yaml", "src"):
        os.symlink(ROOT / part, folder / part)
    finished = subprocess.run(
        [sys.executable, "-m", "snakemake", "--workflow-profile", "none", "--dry-run"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode != 0
    said = finished.stdout + finished.stderr
    assert "holds the character '}'" in said
    assert "Traceback" not in said
