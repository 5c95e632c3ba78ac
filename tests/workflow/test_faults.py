"""Faults of a configuration from the command line and from files: one line, nothing written."""

import pytest

from tests.workflow.pipeline import ROOT, Pipeline


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
        ("results=src", "results"),
        # Another seed would write over the study of config.yaml.
        ("seed=1", "results"),
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


def test_a_key_given_twice_in_a_file(pipeline):
    (pipeline.folder / "changes.yaml").write_text("nodes: 8\nnodes: 16\n")
    finished = pipeline.run("--configfile", "changes.yaml")
    assert_refused(pipeline, finished, ["changes.yaml, line 2"])


def test_what_snakemake_itself_would_stumble_over_is_told_by_the_profile(pipeline):
    """The folder of the tests has no profile, as where Snakemake is told to do without."""
    (pipeline.folder / "latin.yaml").write_bytes(b"# caf\xe9\nseed: 1\n")
    profile = ("--workflow-profile", str(ROOT / "profiles/default"))
    arguments = ("--config", "P=101", "--configfile", "latin.yaml", "results/risks.csv")
    finished = pipeline.run(*profile, *arguments)
    assert_refused(pipeline, finished, ["latin.yaml, line 1", "results/risks.csv", "P"])


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
