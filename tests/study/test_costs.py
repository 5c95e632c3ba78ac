"""What jobs are predicted to take, against what those of the default study took."""

import csv
from pathlib import Path

import pytest

from winning_tickets.config_files import DEFAULT, read_config
from winning_tickets.study import make_study
from winning_tickets.study.costs import START, Cost
from winning_tickets.study.forecast import STAGES, forecast, tell

SECONDS = Path(__file__).with_name("job_seconds.csv")
SPINE = ("datasets", "tickets", "risks")


@pytest.fixture(scope="module")
def study():
    return make_study(read_config(DEFAULT))


@pytest.fixture(scope="module")
def predicted(study):
    return forecast(study)


@pytest.fixture(scope="module")
def taken():
    with SECONDS.open(newline="") as stream:
        return [(row["stage"], row["job"], float(row["seconds"])) for row in csv.DictReader(stream)]


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


def test_what_is_asked_of_a_cluster_doubles_with_each_attempt():
    cost = Cost(600.0, 100)
    assert [cost.memory_asked(attempt) for attempt in (1, 2, 3)] == [150, 300, 600]
    assert [cost.minutes_asked(attempt) for attempt in (1, 2)] == [35, 70]
    assert Cost(START, 100).minutes_asked() == 5


def test_the_forecast_in_words_adds_up(study, predicted):
    lines = tell(study, cores=2)
    assert [line.split()[0] for line in lines[1:-2]] == list(STAGES)
    counts = [int(line.split()[1]) for line in lines[1:-1]]
    assert counts[-1] == sum(counts[:-1]) == sum(len(jobs) for jobs in predicted.values())
    assert lines[-1].startswith("From nothing on 2 cores: about ")
