"""Points of the paper's figures: read, refused, compared, judged. All points here are invented."""

import math

import pytest

from tests.experiments.paper_points.small import CURVES, points, summary, table
from tests.study.test_plan import lay_out
from tests.tables import SETTINGS, declared, study_tables
from tests.workflow.pipeline import Pipeline
from winning_tickets.claims.judges import judge_claims
from winning_tickets.claims.verdicts import NOT_REPRODUCED, NOT_TESTABLE, PARTLY, REPRODUCED
from winning_tickets.experiments.paper_points.measure import compare, is_inside
from winning_tickets.experiments.paper_points.points import Point, PointsError, read_points
from winning_tickets.study import ConfigError

HEADER = "figure,curve,x,y,reading_error\n"
GOOD = HEADER + "9,plain,8,0.97,0.01\n\n9, theirs ,16,9e-1,0\n"

BAD = {
    "": ", line 1: the columns must be figure,curve,x,y,reading_error",
    "figure,curve,x,y\n": ", line 1: the columns must be figure,curve,x,y,reading_error",
    HEADER: ": it holds no point",
    HEADER + "9,plain,8,0.97\n": ", line 2: 4 entries; there must be 5",
    HEADER + "9,plain,8,high,0\n": ", line 2: y is 'high'; it must be a finite number",
    HEADER + "9,plain,8,1,0\n9,plain,nan,1,0\n": ", line 3: x is 'nan'; it must be a finite number",
    HEADER + "9,plain,8,-1,0\n": ", line 2: y and reading_error must be at least 0",
    HEADER + "9,plain,8,1,-1\n": ", line 2: y and reading_error must be at least 0",
    HEADER + "9,,8,1,0\n": ", line 2: a point needs the names of its figure and its curve",
    "\xff": ": not in UTF-8; save it so",
}


def test_a_file_of_points_is_read_as_it_stands(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    first, second = Point("9", "plain", 8, 0.97, 0.01), Point("9", "theirs", 16, 0.9, 0.0)
    assert read_points(path) == [first, second]


@pytest.mark.parametrize("text", BAD)
def test_a_bad_file_is_one_line_with_its_place(tmp_path, text):
    path = tmp_path / "points.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PointsError) as caught:
        read_points(path)
    assert str(caught.value) == f"{path}{BAD[text]}"


@pytest.mark.parametrize(
    ("curves", "fault"),
    [
        (CURVES[:1], "paper_points.curves: curve 'theirs' of figure '9' of points.csv is missing"),
        ([*CURVES, CURVES[0]], "paper_points.curves: a curve of the paper stands there twice"),
        (
            [*CURVES, CURVES[0] | {"curve": "third"}],
            "paper_points.file: points.csv has no point of curve 'third' of figure '9'",
        ),
    ],
)
def test_curves_and_points_must_name_each_other(tmp_path, monkeypatch, curves, fault):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text(GOOD)
    lay_out({"paper_points": {"file": "points.csv", "curves": CURVES}})
    with pytest.raises(ConfigError) as caught:
        lay_out({"paper_points": {"file": "points.csv", "curves": curves}})
    (told,) = caught.value.faults
    assert told.startswith(fault)


@pytest.mark.parametrize(
    ("y", "inside"),
    [(0.5, True), (0.549, True), (0.551, False), (0.48, True), (0.46, False)],
)
def test_the_joint_interval_takes_our_side_and_the_error_of_reading(y, inside):
    """Ours is 0.5, 0.04 above and 0.02 below; with 0.03 of reading 0.05 and 0.036."""
    assert is_inside(Point("9", "plain", 8, y, 0.03), 0.5, 0.48, 0.54) == inside


def test_without_an_interval_of_ours_no_point_is_inside():
    assert not is_inside(Point("9", "plain", 8, 0.5, 0.03), 0.5, math.nan, math.nan)


def test_a_point_is_compared_at_its_own_place_only():
    here, beside = compare(
        [Point("9", "theirs", 16, 0.9, 0), Point("9", "plain", 12, 0.9, 0)], CURVES, summary()
    )
    assert here["mean"] == pytest.approx(0.9) and here["inside"] and here["status"] == "ok"
    assert beside["status"] == "skipped"
    assert beside["reason"] == "our study has no value at nodes 12"


def verdicts(rows):
    """Return the verdict on each part of F1."""
    claims = [claim for claim in declared() if claim["id"] == "F1"]
    found = judge_claims(claims, study_tables(paper_points=rows), SETTINGS)
    return found["part_verdict"].to_list(), found


def test_points_that_agree_are_reproduced_and_shifted_ones_are_not():
    assert verdicts(table(*points(0.01)))[0] == [REPRODUCED, REPRODUCED]
    assert verdicts(table(*points(0.1)))[0] == [NOT_REPRODUCED, NOT_REPRODUCED]
    mixed = [*points(0.0, sizes=(8, 16, 32)), *points(0.1, sizes=(64, 128))]
    assert verdicts(table(*mixed))[0] == [PARTLY, PARTLY]


def test_too_few_points_and_none_are_not_testable():
    few, found = verdicts(table(*points(0.0, sizes=(8, 16, 12))))
    assert few == [NOT_TESTABLE, NOT_TESTABLE]
    assert found["part_reason"].iloc[0] == "2 of 3 points have a value of ours beside them"
    for rows in (None, table().iloc[:0]):
        none, found = verdicts(rows)
        assert none == [NOT_TESTABLE]
        assert "workflow/presets/paper.yaml" in found["part_reason"].iloc[0]


def test_the_points_are_an_input_of_what_reads_them(tmp_path):
    """Named, they are compared by the preset; a bad file stops it in one line."""
    pipeline = Pipeline(tmp_path)
    (tmp_path / "points.csv").write_text(GOOD)
    preset = tmp_path / "workflow/presets/paper.yaml"
    entry = "file: points.csv\n  curves: " + str(CURVES)
    text = preset.read_text().replace("file: null", entry).replace("  curves: []\n", "")
    preset.write_text(text)
    asked = ("results/paper/paper_points.csv", "--filegraph", "--configfile", str(preset))
    finished = pipeline.run(*asked)
    assert finished.returncode == 0, finished.stdout
    assert ">points.csv</font>" in finished.stdout.partition("compare_points</font>")[2]
    (tmp_path / "points.csv").write_text(HEADER)
    finished = pipeline.run(*asked)
    assert finished.returncode != 0
    told = "config: paper_points.file: points.csv: it holds no point"
    assert told in finished.stdout.splitlines()
    assert "Traceback" not in finished.stdout
