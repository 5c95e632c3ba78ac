"""Faults of a configuration from the command line and from files: one line, nothing written."""

import pytest

from tests.workflow.pipeline import Pipeline


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    return Pipeline(tmp_path_factory.mktemp("pipeline"))


@pytest.mark.parametrize(
    ("option", "key"),
    [
        ("modulus=6", "modulus"),
        ("nodes=97.0", "nodes"),
        ("ridge_relative=nan", "ridge_relative"),
        ("samplers=[spectrl]", "samplers[0]"),
        ("dimensions=[]", "dimensions"),
        ("modulas=5", "modulas"),
    ],
)
def test_options_of_the_command_line(pipeline, option, key):
    finished = pipeline.run("--config", option)
    assert_refused(pipeline, finished, [key])


def test_files(pipeline):
    lines = (
        "modulus: 9\nsoft_threshold: -1\nfigures: [risk_vs_dimensions]\nbudget: {memory_mib: 0}\n"
    )
    (pipeline.folder / "changes.yaml").write_text(lines)
    finished = pipeline.run("--configfile", "changes.yaml")
    assert_refused(
        pipeline, finished, ["modulus", "soft_threshold", "figures[0]", "budget.memory_mib"]
    )


def test_a_study_without_a_seed(pipeline):
    (pipeline.folder / "changes.yaml").write_text("seed: null\n")
    finished = pipeline.run("--configfile", "changes.yaml")
    assert_refused(pipeline, finished, ["seed"])


def assert_refused(pipeline, finished, keys):
    assert finished.returncode != 0
    assert "Traceback" not in finished.stdout
    lines = [line for line in finished.stdout.splitlines() if line.startswith("config: ")]
    assert sorted(line.split(": ")[1] for line in lines) == sorted(keys)
    assert not (pipeline.folder / "results").exists()
    assert not (pipeline.folder / "figures").exists()
