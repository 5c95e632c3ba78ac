"""Processes with 4 GiB of addresses: what is too large is left out, the rest is finished."""

import csv

import pytest
import yaml
from snakemake.utils import update_config

from tests.faults.harness import Study
from tests.workflow.pipeline import ROOT
from winning_tickets.config_files import read_config
from winning_tickets.study import make_study

# The largest tables of the default study: 5^12 entries while an FFT at D = 11 is timed.
LARGE = """\
families: [random]
dimensions: [8, 12]
targets: [labels]
replicates: 1
draws: 1
sweep: {dimensions: [8], nodes: [16]}
timing:
  passes: 4
  seconds: 0.0
  least_seconds: 0.001
  dimension: {dimensions: [10, 11, 12]}
  second: {dimensions: [6]}
  points: {points: [50]}
  proportional: {dimensions: [16]}
  structured: {dimensions: [16], proportional: [16]}
results: results/tiny
figures_folder: results/tiny/figures
"""

# The default study; of the times four passes, without the sizes that make them long.
DEFAULT = """\
timing: {seconds: 0.0, most_seconds: 20.0}
results: results/tiny
figures_folder: results/tiny/figures
"""
LIMIT = "ulimit -v 4194304"


@pytest.mark.parametrize("changes", [LARGE, DEFAULT])
def test_what_the_long_tests_ask_for_can_be_asked_for(changes):
    config = read_config(ROOT / "config.yaml")
    update_config(config, yaml.safe_load(changes))
    assert make_study(config)


def rows(study, table):
    with (study.folder / f"results/tiny/{table}.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.long
def test_what_does_not_fit_into_four_gibibytes_is_left_out_with_its_reason(tmp_path):
    study = Study(tmp_path / "study", LARGE, targets=("risks", "timings"))
    status, lines = study.make(before=LIMIT)
    assert status == 0, "\n".join(lines)
    for table in ("risks", "timings"):
        skipped = [row for row in rows(study, table) if row["status"] == "skipped"]
        assert {row["sampler"] for row in skipped} >= {"enumeration", "fft"}
        assert all("budget" in row["reason"] for row in skipped)
        assert {row["status"] for row in rows(study, table)} == {"ok", "skipped"}
    timed = {
        (row["sampler"], row["dimension"])
        for row in rows(study, "timings")
        if row["status"] == "ok"
    }
    assert ("fft", "11") in timed


@pytest.mark.long
def test_the_default_study_ends_in_four_gibibytes(tmp_path):
    study = Study(tmp_path / "study", DEFAULT, targets=())
    status, lines = study.finish(study.start(before=LIMIT), timeout=7200)
    assert status == 0, "\n".join(lines)
    tables = [path.stem for path in (study.folder / "results/tiny").glob("*.csv")]
    told = {table: [row for row in rows(study, table) if "status" in row] for table in tables}
    assert {row["status"] for rows in told.values() for row in rows} == {"ok", "skipped"}
    skipped = [row for row in told["risks"] if row["status"] == "skipped"]
    assert {row["sampler"] for row in skipped} >= {"enumeration", "fft"}
    assert all(row["reason"] for rows in told.values() for row in rows if row["status"] != "ok")
    assert len(tables) > 10 and "claims" in tables
