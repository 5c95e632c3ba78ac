"""The benchmark runs at tiny sizes and its draws are exact; no time is judged here."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    command = [sys.executable, "benchmarks/run.py", "--tiny", "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_every_section_is_measured_and_written(tiny_run):
    folder, text = tiny_run
    table = pd.read_csv(folder / "benchmark.csv")
    sections = {line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()}
    assert sections >= set(table["section"])
    assert len(set(table["section"])) >= 12
    assert table["value"].notna().all()
    assert (folder / "benchmark.png").stat().st_size > 0
    assert json.loads((folder / "benchmark_machine.json").read_text())["packages"]["numpy"]


def test_every_repeat_is_kept(tiny_run):
    repeats = pd.read_csv(tiny_run[0] / "benchmark_repeats.csv")
    assert (repeats["status"] == "ok").all()
    assert set(repeats["threads"]) == {1}
    assert repeats["warmup"].any() and not repeats["warmup"].all()


def test_the_draws_of_every_exact_sampler_were_tested(tiny_run):
    table = pd.read_csv(tiny_run[0] / "benchmark.csv")
    tested = table[table["section"] == "exact"]
    assert set(tested["contender"]) == {"enumeration", "fft", "rejection", "spectral"}
    assert (tested["value"] > 1e-6).all()


def test_the_shares_of_the_steps_add_up(tiny_run):
    table = pd.read_csv(tiny_run[0] / "benchmark.csv")
    shares = table[table["quantity"].str.startswith("share")]
    sums = shares.groupby("contender")["value"].sum()
    assert sums.between(0.8, 1.2).all()


def test_the_quick_form_is_of_full_sizes(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    # The benchmark takes them off, which must not outlast this test.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        monkeypatch.delenv(name, raising=False)
    run = importlib.import_module("run")
    quick, full = run.jobs(run.QUICK), run.jobs(run.FULL)
    rows = {name: quick[name][2] for name in run.QUICK.sections}
    assert rows == {name: full[name][2] for name in run.QUICK.sections}
    assert {sizes[:4] for sizes in rows["product"]} == {
        (10_000, 1_000, 10_000, 7),
        (1_000, 1_000, 10_000, 7),
        (1_000, 10_000, 1_000, 7),
        (100, 500, 100_000, 7),
        (10_000, 1_000, 10_000, 5),
        (10_000, 1_000, 10_000, 3),
    }
    assert rows["threads"] == [(10_000, 1_000, 10_000), (1_000, 1_000, 10_000)]


def test_an_unknown_section_is_one_clear_line():
    command = [sys.executable, "benchmarks/run.py", "--only", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "invalid choice: 'nothing'" in done.stderr.splitlines()[-1]


INFO = [
    {"user_api": "openmp", "internal_api": "openmp"},
    {
        "user_api": "blas",
        "internal_api": "openblas",
        "version": "0.3.30",
        "architecture": "SkylakeX",
    },
]


def test_the_kernel_of_the_products_is_named_and_so_is_what_forces_an_older_one(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "512")
    monkeypatch.delitem(sys.modules, "blas", raising=False)
    blas = importlib.import_module("blas")
    assert blas.FORCED["OPENBLAS_CORETYPE"] == "Haswell"
    assert "OPENBLAS_CORETYPE" not in os.environ
    free, forced = blas.describe(INFO, {}), blas.describe(INFO, blas.FORCED)
    assert free == ["G runs on openblas 0.3.30, kernel SkylakeX"]
    assert len(forced) == 2 and "OPENBLAS_CORETYPE=Haswell" in forced[1]
    assert blas.describe([], {}) == ["no BLAS was found whose kernel could be named"]


def test_the_output_begins_with_the_kernel(tiny_run):
    assert tiny_run[1].splitlines()[0].startswith("G runs on ")
