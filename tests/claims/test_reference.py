"""Verification: each tier passes on equal results and notices what it is there for."""

import pandas as pd
import pytest

from scripts import verify_smoke
from winning_tickets.claims.reference import differences, stage_digests, time_notes
from winning_tickets.experiments.risks.measure import COLUMNS as RISK_COLUMNS
from winning_tickets.experiments.timings.measure import COLUMNS as TIMING_COLUMNS
from winning_tickets.records.files import save_json
from winning_tickets.records.frames import save_table


def risk_rows():
    row = dict.fromkeys(RISK_COLUMNS, 1) | {"family": "random", "sampler": "spectral"}
    row |= {"status": "ok", "reason": "", "draw_seed": 2**52 + 1, "relative_risk": 0.25}
    return pd.DataFrame([row, row | {"draw": 2, "relative_risk": 1e-3}], columns=RISK_COLUMNS)


def timing_rows():
    row = dict.fromkeys(TIMING_COLUMNS, 1) | {"grid": "dimension", "sampler": "fft"}
    row |= {"status": "ok", "reason": "", "mode": "", "prepare_seconds": 0.0, "pass": 3}
    rows = [row | {"dimension": d, "draw_seconds": 0.01 * d} for d in (4, 8)]
    # Passes beyond the fourth are measured only while there is time.
    rows.append(rows[0] | {"pass": 4})
    return pd.DataFrame(rows, columns=TIMING_COLUMNS)


@pytest.fixture
def folders(tmp_path):
    """A reference and equal results."""
    for name in ("reference", "results"):
        save_table(tmp_path / name / "risks.csv", risk_rows())
        save_table(tmp_path / name / "timings.csv", timing_rows())
    results = tmp_path / "results"
    for stage in ("datasets", "tickets"):
        outputs = {str(results / stage / "a.npz"): "00ff"}
        save_json(results / "provenance" / f"{stage}.json", {"outputs": outputs})
    save_json(tmp_path / "reference" / "digests.json", stage_digests(results))
    return tmp_path / "reference", results


def change(path, column, value):
    table = pd.read_csv(path)
    table.loc[1, column] = value
    save_table(path, table)


def test_equal_results_have_no_differences(folders):
    assert list(differences(*folders)) == []


@pytest.mark.parametrize("risk", [1e-3 * (1 + 1e-8), 1e-3 + 1e-9])
def test_risks_may_differ_by_rounding(folders, risk):
    change(folders[1] / "risks.csv", "relative_risk", risk)
    assert list(differences(*folders)) == []


@pytest.mark.parametrize(
    ("table", "column", "value", "line"),
    [
        ("risks.csv", "relative_risk", 1.1e-3, "risks: relative_risk differs in 1 rows"),
        ("risks.csv", "draw_seed", 2**52 + 2, "risks: draw_seed differs"),
        ("risks.csv", "status", "failed", "risks: status differs"),
        ("timings.csv", "weight_evaluations", 2, "work: weight_evaluations of dimension fft"),
        ("timings.csv", "sampler", "spectral", "work: dimension fft  1 8 1 3 is not in both"),
    ],
)
def test_planted_differences_are_named(folders, table, column, value, line):
    change(folders[1] / table, column, value)
    assert any(found.startswith(line) for found in differences(*folders))


def test_times_are_a_note_and_do_not_decide(folders, capsys):
    """A busy machine may slow any repeat down by any factor."""
    change(folders[1] / "timings.csv", "draw_seconds", 8.0)
    assert list(differences(*folders)) == []
    assert list(time_notes(*folders)) == [
        "times: dimension fft grows 1e+02 times as much as in the reference"
    ]
    reference, results = map(str, folders)
    with pytest.raises(SystemExit) as ended:
        verify_smoke.main([results, reference])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines() == [
        "Note, no fault: times: dimension fft grows 1e+02 times as much as in the reference",
        "The smoke study agrees with its reference.",
    ]
    change(folders[1] / "risks.csv", "relative_risk", 0.5)
    with pytest.raises(SystemExit) as ended:
        verify_smoke.main([results, reference])
    assert ended.value.code == 1


def test_a_machine_of_another_speed_is_not_even_noted(folders):
    path = folders[1] / "timings.csv"
    table = pd.read_csv(path)
    save_table(path, table.assign(draw_seconds=table["draw_seconds"] * 50))
    assert list(differences(*folders)) == list(time_notes(*folders)) == []


def test_a_pass_that_only_one_run_had_time_for_is_no_difference(folders):
    path = folders[1] / "timings.csv"
    table = pd.read_csv(path)
    save_table(path, table[table["pass"] < 4])
    assert list(differences(*folders)) == []
    save_table(path, table[table["pass"] > 3])
    assert any("is not in both" in line for line in differences(*folders))


def test_changed_draws_are_named(folders):
    reference, results = folders
    outputs = {str(results / "tickets" / "a.npz"): "00fe"}
    save_json(results / "provenance" / "tickets.json", {"outputs": outputs})
    assert list(differences(reference, results)) == [
        "data: tickets/a.npz differs from the reference"
    ]


def test_missing_rows_are_named(folders):
    path = folders[1] / "risks.csv"
    save_table(path, pd.read_csv(path).iloc[:1])
    assert "risks: 1 rows instead of 2" in list(differences(*folders))
