"""The default study as it is planned, without running it."""

import re

import pytest

from tests.workflow.pipeline import Pipeline
from winning_tickets.config_files import DEFAULT, read_config
from winning_tickets.study import make_study
from winning_tickets.study.forecast import forecast


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    return Pipeline(tmp_path_factory.mktemp("pipeline"))


def test_the_default_study_stays_below_300_jobs(pipeline):
    finished = pipeline.run("--dry-run", "--quiet", "rules")
    assert finished.returncode == 0, finished.stdout
    jobs = int(re.search(r"^total\s+(\d+)$", finished.stdout, re.MULTILINE)[1])
    assert 100 < jobs < 300
    # What is told beforehand counts all of them but the one that gathers the others.
    predicted = forecast(make_study(read_config(DEFAULT)))
    assert sum(map(len, predicted.values())) == jobs - 1


def test_each_stage_has_a_target(pipeline):
    stages = ["datasets", "tickets", "risks", "timings", "tables", "figures"]
    assert set(stages) <= planned_rules(pipeline, *stages)


def test_times_are_never_upstream_of_a_risk(pipeline):
    rules = planned_rules(pipeline, "risks")
    assert "measure_risks" in rules
    assert "time_samplers" not in rules


def test_one_cell_needs_only_its_own_jobs(pipeline):
    finished = pipeline.run("results/risks/random_D8.csv", "--dry-run", "--quiet", "rules")
    counts = dict(re.findall(r"^(\w+)\s+(\d+)$", finished.stdout, re.MULTILINE))
    assert counts == {
        "generate_dataset": "1",
        "draw_tickets": "5",
        "measure_risks": "1",
        "total": "7",
    }


def test_a_dry_run_says_in_a_few_lines_what_would_run_and_why(pipeline):
    finished = pipeline.run("results/risks/random_D8.csv", "--dry-run", "--logger", "study")
    assert finished.returncode == 0, finished.stdout
    assert finished.stdout.splitlines()[-4:] == [
        "generate_dataset     1  missing (random_D8)",
        "draw_tickets         5  missing (random_D8/enumeration, random_D8/fft, random_D8/rejection"
        " and 2 more)",
        "measure_risks        1  missing (random_D8)",
        "total                7  would run; for files: --verbose",
    ]


def test_a_study_has_no_job_of_a_question_that_it_does_not_ask(pipeline):
    (pipeline.folder / "one.yaml").write_text(
        "questions: [oracle]\nfigures: [oracle_vs_dimension]\n"
    )
    finished = pipeline.run("--configfile", "one.yaml", "--dry-run", "--quiet", "rules")
    counts = dict(re.findall(r"^(\w+)\s+(\d+)$", finished.stdout, re.MULTILINE))
    assert counts == {
        "all": "1",
        "measure_experiment": "8",
        "aggregate_experiment": "1",
        "draw_figure": "1",
        "record_provenance": "2",
        "write_report": "1",
        "total": "14",
    }


def test_another_study_has_folders_of_its_own(pipeline):
    """Numbers and null inside an option are what they would be in a file."""
    (pipeline.folder / "mine.yaml").write_text("nodes: 32\n")
    options = ["soft_threshold=null", "threshold_sweep={thresholds: [0.1, null]}"]
    finished = pipeline.run("--summary", "--configfile", "mine.yaml", "--config", *options)
    assert finished.returncode == 0, finished.stdout
    lines = [line.split("\t") for line in finished.stdout.splitlines()]
    outputs = [columns[0] for columns in lines if columns[-1] == "update pending"]
    assert len(outputs) > 100
    assert all(output.startswith("results/mine/") for output in outputs)
    assert "results/mine/figures/claims.png" in outputs


def planned_rules(pipeline, *targets):
    finished = pipeline.run(*targets, "--dry-run", "--quiet", "rules")
    assert finished.returncode == 0, finished.stdout
    return set(re.findall(r"^(\w+)\s+\d+$", finished.stdout, re.MULTILINE))
