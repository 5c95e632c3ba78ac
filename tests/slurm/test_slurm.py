"""The smoke study through a real Slurm: the tables of a local run, though a job was killed."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster, unavailable
from tests.workflow.pipeline import SMOKE, Pipeline

pytestmark = pytest.mark.long

PROFILE = ("--workflow-profile", "profiles/slurm", "--latency-wait", "5")


@pytest.fixture(scope="module")
def cluster():
    if reason := unavailable():
        pytest.skip(reason)
    # Sockets take only short paths, so not below pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="slurm") as folder, Cluster(Path(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    return Pipeline(tmp_path_factory.mktemp("on_slurm"), "profiles")


@pytest.fixture(scope="module")
def run(cluster, pipeline):
    """Run the smoke study, cancel the first job that is seen running, and return what happened."""
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", *PROFILE, *SMOKE],
        cwd=pipeline.folder,
        env=os.environ | {"PYTHONPATH": str(pipeline.folder / "src")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        cancelled = cancel_one(cluster, process)
        output = process.communicate(timeout=900)[0]
    finally:
        process.kill()
    return process.returncode, output, cancelled


def cancel_one(cluster, process):
    """Cancel the first job that is seen running and return its number."""
    while process.poll() is None:
        for job in cluster.jobs("RUNNING"):
            cluster.run("scancel", job)
            return job
        time.sleep(0.2)
    return ""


def test_the_study_ends_whole_though_a_job_was_cancelled(run, cluster, pipeline):
    status, output, cancelled = run
    assert status == 0, output
    assert cancelled in cluster.jobs("CANCELLED")
    assert not cluster.jobs("RUNNING,PENDING")
    assert (pipeline.folder / "results/smoke/claims.csv").exists()


def test_tables_of_risks_are_those_of_a_local_run(run, pipeline, tmp_path):
    local = Pipeline(tmp_path)
    finished = local.run("risks", *SMOKE)
    assert finished.returncode == 0, finished.stdout
    tables = sorted(local.folder.glob("results/smoke/risks/*.csv"))
    assert len(tables) == 4
    for table in [*tables, local.folder / "results/smoke/risks.csv"]:
        name = table.relative_to(local.folder)
        assert (pipeline.folder / name).read_bytes() == table.read_bytes(), name
