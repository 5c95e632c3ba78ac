"""A table of the user's own is an input of the rules that read it; a bad one stops before them."""

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.workflow.pipeline import Pipeline

JOBS = {"datasets/table_my_D2.npz", "own_tables/table_my.csv"}
OPTIONS = ("--configfile", "mine.yaml", "--")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    """Return a copy of the project with a table beside it, and the jobs on it done."""
    pipeline = Pipeline(tmp_path_factory.mktemp("table"))
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((60, 3)), columns=["x", "z", "y"])
    frame.to_csv(pipeline.folder / "my.csv", index=False)
    entry = {"kind": "table", "path": "my.csv", "target": "y", "nodes": [4], "replicates": 2}
    config = {"families": [entry], "samplers": ["uniform"], "results": "results/smoke"}
    config["figures_folder"] = "results/smoke/figures"
    (pipeline.folder / "mine.yaml").write_text(yaml.safe_dump(config))
    finished = pipeline.run(*OPTIONS, *(f"results/smoke/{job}" for job in sorted(JOBS)))
    assert finished.returncode == 0, finished.stdout
    return pipeline


def planned(pipeline):
    finished = pipeline.run("--summary", *OPTIONS, *(f"results/smoke/{job}" for job in JOBS))
    assert finished.returncode == 0, finished.stdout
    rows = [line.split("\t") for line in finished.stdout.splitlines() if "\t" in line]
    return {row[0].removeprefix("results/smoke/") for row in rows if row[-1] == "update pending"}


def test_what_is_learnt_from_a_table_is_renewed_when_it_changes(pipeline):
    assert planned(pipeline) == set()
    pipeline.edit("my.csv", new="0.1,0.2,0.3\n")
    assert planned(pipeline) == JOBS


def test_a_table_that_cannot_be_learnt_from_is_one_line_and_no_job(pipeline):
    pipeline.edit("mine.yaml", "target: y", "target: w")
    finished = pipeline.run(*OPTIONS, "figures")
    assert finished.returncode != 0
    assert "config: families[0]: my.csv: no column 'w'; there are x, z, y" in finished.stdout
    assert "Traceback" not in finished.stdout
