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


def start(pipeline, *arguments):
    """Start Snakemake on the cluster."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments, *PROFILE, *SMOKE],
        cwd=pipeline.folder,
        env=os.environ | {"PYTHONPATH": str(pipeline.folder / "src")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def run(cluster, pipeline):
    """Run the smoke study, cancel the first job that is seen running, and return what happened."""
    process = start(pipeline)
    try:
        cancelled = cancel_one(cluster, process)
        output = process.communicate(timeout=1800)[0]
    finally:
        process.kill()
    return process.returncode, output, cancelled, cluster.jobs()


def cancel_one(cluster, process):
    """Cancel the first job that is seen running and return its number."""
    while process.poll() is None:
        for job in cluster.jobs("RUNNING"):
            cluster.run("scancel", job.number)
            return job.number
        time.sleep(0.2)
    return ""


def test_the_study_ends_whole_though_a_job_was_cancelled(run, pipeline):
    status, output, cancelled, jobs = run
    assert status == 0, output
    assert cancelled in [job.number for job in jobs if job.state == "CANCELLED"]
    assert {job.state for job in jobs if job.number != cancelled} == {"COMPLETED"}
    assert (pipeline.folder / "results/smoke/claims.csv").exists()


def test_a_cluster_is_told_of_as_this_machine_is(run):
    output = run[1]
    for words in (
        "jobs on the cluster, up to",
        "datasets: 4 jobs in",
        "Verdicts:",
        "FAILED: rule ",
    ):
        assert words in output
    assert "has been submitted" not in output and "Traceback" not in output


def test_small_jobs_go_together_and_times_have_a_node_for_themselves(run):
    jobs = run[3]
    # 63 steps of Snakemake's.
    assert len(jobs) < 30
    alone = [job for job in jobs if job.shared == "NO"]
    assert {job.comment for job in alone} == {"rule_timings_record_machine_time_samplers"}


def test_tables_of_risks_are_those_of_a_local_run(run, pipeline, tmp_path):
    local = Pipeline(tmp_path)
    finished = local.run("risks", *SMOKE)
    assert finished.returncode == 0, finished.stdout
    tables = sorted(local.folder.glob("results/smoke/risks/*.csv"))
    assert len(tables) == 4
    for table in [*tables, local.folder / "results/smoke/risks.csv"]:
        name = table.relative_to(local.folder)
        assert (pipeline.folder / name).read_bytes() == table.read_bytes(), name


def test_a_job_that_ran_out_of_memory_is_sent_again_with_more(cluster, tmp_path):
    pipeline = Pipeline(tmp_path, "profiles")
    # What is asked first is less than any process takes: 101 MiB, then twice and four times that.
    pipeline.edit("src/winning_tickets/study/costs.py", "PROCESS = 250", "PROCESS = 67")
    pipeline.edit("src/winning_tickets/study/costs.py", "SNAKEMAKE = 250", "SNAKEMAKE = 100")
    before = {job.number for job in cluster.jobs()}
    process = start(pipeline, "results/smoke/datasets/random_D2.npz")
    try:
        output = process.communicate(timeout=600)[0]
    finally:
        process.kill()
    assert process.returncode == 0, output
    *killed, last = [job for job in cluster.jobs() if job.number not in before]
    assert killed and "COMPLETED" not in [job.state for job in killed]
    assert last.state == "COMPLETED"
    asked = [int(job.memory.removesuffix("M")) - 100 for job in [*killed, last]]
    assert asked == [asked[0] << attempt for attempt in range(len(asked))]
