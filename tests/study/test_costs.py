"""What jobs are predicted to take, against what those of the default and the smoke study took."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.study.test_plan import merged
from winning_tickets.config_files import DEFAULT, read_config
from winning_tickets.study import make_study
from winning_tickets.study.costs import SNAKEMAKE, START, Cost
from winning_tickets.study.forecast import STAGES, forecast, tell

HERE = Path(__file__).parent
SMOKE = "workflow/presets/smoke.yaml"
LARGE = "workflow/presets/large.yaml"
SPINE = ("datasets", "tickets", "risks")


def measured(name):
    """Return what the jobs of a study took on one machine: stage, job, seconds, MiB."""
    with (HERE / f"{name}_jobs.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def study():
    return make_study(read_config(DEFAULT))


@pytest.fixture(scope="module")
def predicted(study):
    return forecast(study)


@pytest.fixture(scope="module")
def taken():
    return [(row["stage"], row["job"], float(row["seconds"])) for row in measured("default")]


def test_every_job_of_the_spine_is_predicted(predicted, taken):
    for stage in SPINE:
        jobs = {job for part, job, _ in taken if part == stage}
        assert jobs == set(predicted[stage]) - {"table"}


def test_long_jobs_take_what_is_predicted_within_a_factor_of_two_and_a_half(predicted, taken):
    long = [(predicted[part][job].seconds, took) for part, job, took in taken if part in SPINE]
    ratios = [seconds / took for seconds, took in long if max(seconds, took) > 2]
    assert len(ratios) >= 10
    assert min(ratios) > 0.4
    assert max(ratios) < 2.5


@pytest.mark.parametrize("stage", ["tickets", "risks", "experiments"])
def test_a_stage_takes_what_is_predicted_within_half(predicted, taken, stage):
    jobs = [(job, took) for part, job, took in taken if part == stage and job in predicted[part]]
    seconds = sum(predicted[stage][job].seconds for job, _ in jobs)
    assert 0.67 < seconds / sum(took for _, took in jobs) < 1.5


def test_the_smoke_study_takes_the_seconds_and_the_memory_that_are_predicted():
    predicted = forecast(make_study(merged(read_config(DEFAULT), read_config(SMOKE))))
    took, foreseen = Counter(), Counter()
    for row in measured("smoke"):
        cost = predicted[row["stage"]][row["job"]]
        took[row["stage"]] += float(row["seconds"])
        foreseen[row["stage"]] += cost.seconds
        assert 1.0 <= cost.mebibytes / int(row["mebibytes"]) < 3.0, row
    assert took.keys() == set(STAGES) - {"records"}
    for stage in ("tickets", "risks", "experiments", "figures"):
        assert 0.5 < foreseen[stage] / took[stage] < 2.0, stage


def test_the_large_preset_has_no_job_beyond_half_an_hour_and_costs_what_is_told():
    study = make_study(merged(read_config(DEFAULT), read_config(LARGE)))
    predicted = forecast(study)
    every = [cost for jobs in predicted.values() for cost in jobs.values()]
    assert max(cost.seconds for cost in every) <= 30 * 60
    hours = sum(cost.seconds for cost in every) / 3600
    told = (HERE.parents[1] / "docs/cluster.md").read_text(encoding="utf-8")
    assert f"costs {hours:.0f} core-hours, in some {round(len(every), -1)} jobs" in told
    disk = tell(study, cores=2)[-1].split()[-2].replace(",", "")
    assert f"about {round(int(disk) / 1000)} GB of disk" in told


def test_what_is_asked_of_a_cluster_doubles_with_each_attempt():
    cost = Cost(600.0, 100)
    asked = [cost.memory_asked(attempt) - SNAKEMAKE for attempt in (1, 2, 3)]
    assert asked == [150, 300, 600]
    assert [cost.minutes_asked(attempt) for attempt in (1, 2)] == [35, 70]
    assert Cost(START, 100).minutes_asked() == 5


def test_the_forecast_in_words_adds_up(study, predicted):
    lines = tell(study, cores=2)
    assert [line.split()[0] for line in lines[1:-3]] == list(STAGES)
    counts = [int(line.split()[1]) for line in lines[1:-2]]
    assert counts[-1] == sum(counts[:-1]) == sum(len(jobs) for jobs in predicted.values())
    assert lines[-2].startswith("From nothing on 2 cores: about ")
