"""How far a run is, by predicted seconds and a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snakemake_logger_plugin_study.progress import STAGES, Progress
from snakemake_logger_plugin_study.words import clock, verdict_lines
from tests.workflow.pipeline import ROOT

PREDICTED = {"tickets": {"a/fft": 10.0, "b/fft": 30.0}, "timings": {"c": 20.0}}
COUNTS = {"draw_tickets": 2, "time_samplers": 1, "record_machine": 1, "all": 1}


class Clock:
    """A clock that goes when it is told to."""

    now = 100.0

    def __call__(self):
        return self.now


def begin(counts=COUNTS, cores=2):
    clock = Clock()
    return Progress(PREDICTED, counts, cores, clock), clock


def test_jobs_weigh_what_they_are_predicted_to_take_alone_or_side_by_side():
    progress, _ = begin()
    # Two tickets side by side, times alone, a table of one second beside others.
    assert progress.left() == pytest.approx((10 + 30) / 2 + 20 + 0.5)
    assert progress.share() == 0.0
    assert progress.jobs() == 4 and progress.stages() == ["tickets", "timings"]


def test_a_running_job_counts_up_to_its_prediction():
    progress, clock = begin({"draw_tickets": 2}, cores=1)
    progress.start(1, "draw_tickets", "a/fft")
    clock.now += 5
    assert progress.share() == pytest.approx(5 / 40)
    clock.now += 95
    assert progress.share() == pytest.approx(10 / 40)
    assert progress.finish(1) == ""
    progress.start(2, "draw_tickets", "b/fft")
    assert progress.finish(2) == "tickets"
    assert progress.share() == 1.0 and progress.left() == 0.0
    assert progress.seconds["tickets"] == 100.0 and progress.open_jobs() == 0


def test_time_left_follows_the_speed_of_the_machine():
    progress, clock = begin({"draw_tickets": 2}, cores=1)
    progress.start(1, "draw_tickets", "a/fft")
    clock.now += 20  # twice as long as predicted
    progress.finish(1)
    assert progress.left() == pytest.approx(60)


def test_each_stage_has_its_own_share_and_time_left():
    progress, clock = begin(cores=1)
    progress.start(1, "draw_tickets", "a/fft")
    clock.now += 10
    progress.finish(1)
    assert progress.share("tickets") == pytest.approx(10 / 40)
    assert progress.share("timings") == 0.0
    assert progress.left("tickets") == 30.0 and progress.left("timings") == 21.0
    assert progress.left() == 51.0


def test_a_slow_machine_is_believed():
    progress, clock = begin({"draw_tickets": 2}, cores=1)
    progress.start(1, "draw_tickets", "a/fft")
    clock.now += 200
    progress.finish(1)
    assert progress.left() == pytest.approx(600)


def test_a_job_that_fails_is_returned_and_the_run_can_end():
    progress, _ = begin({"draw_tickets": 1})
    progress.start(7, "draw_tickets", "a/fft", "a.log")
    assert progress.fail(7).log == "a.log"
    assert progress.open_jobs() == 0
    assert progress.fail(7) is None and progress.finish(8) == ""


def test_a_rule_of_which_nothing_is_predicted_is_small():
    progress, _ = begin({"draw_figure": 3, "of_somebody": 5}, cores=1)
    assert progress.left() == 3.0 and progress.jobs() == 3


@given(
    st.lists(st.sampled_from(["a/fft", "b/fft", "unknown"]), unique=True, max_size=3),
    st.lists(st.floats(0, 1e4), min_size=3, max_size=3),
)
def test_shares_stay_between_none_and_all_and_never_fall(names, waits):
    progress, clock = begin({"draw_tickets": 3}, cores=1)
    before = progress.share()
    for number, (name, wait) in enumerate(zip(names, waits, strict=False)):
        progress.start(number, "draw_tickets", name)
        clock.now += wait
        progress.finish(number)
        assert progress.left() >= 0
        assert 0 <= progress.share() <= 1
        if name != "unknown":
            assert progress.share() >= before - 1e-9
            before = progress.share()


def test_every_rule_of_the_workflow_has_a_stage():

    texts = [path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk")]
    rules = {
        part.split(":")[0]
        for text in texts
        for part in f"\n{text}".split("\nrule ")[1:]
        if "script:" in part
    }
    assert rules == set(STAGES)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00"), (59.6, "1:00"), (754, "12:34"), (3661, "1:01:01")]
)
def test_clock(seconds, told):
    assert clock(seconds) == told


def test_a_study_without_claims_ends_without_verdicts(tmp_path):
    assert verdict_lines(tmp_path) == []
    (tmp_path / "claims.csv").write_text("no table")
    (line,) = verdict_lines(tmp_path)
    assert "claims.csv" in line
