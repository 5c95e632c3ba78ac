"""What the report says, from tables, configurations and logs."""

import pandas as pd
import pytest

from tests.report.study import CLAIMS, module_of
from winning_tickets.records.files import DamagedFileError
from winning_tickets.records.step import logged
from winning_tickets.report.captions import caption
from winning_tickets.report.contents import (
    changes,
    figure_entry,
    left_out,
    run_times,
    verdict_counts,
    verdicts,
)
from winning_tickets.study import load_figures


@pytest.mark.parametrize("figure", load_figures())
def test_the_module_of_every_figure_begins_with_a_caption(figure):
    told = caption(module_of(figure))
    assert told.endswith((".", "?")) and len(told.split()) >= 5


def test_verdicts_are_those_of_the_table_each_with_its_worst_part():
    claims = pd.read_csv(CLAIMS)
    found = verdicts(claims)
    table = claims.drop_duplicates("claim")
    assert [(v.claim, v.verdict) for v in found] == list(
        table[["claim", "verdict"]].itertuples(index=False, name=None)
    )
    assert sum(count for _, _, count in verdict_counts(found)) == len(table)
    assert sum(len(v.parts) for v in found) == len(claims)


def test_the_number_shown_is_that_of_the_part_that_does_worst():
    claims = pd.read_csv(CLAIMS)
    claims = claims[claims["claim"] == "S1"].reset_index(drop=True)
    claims.loc[1, ["part_verdict", "value", "low", "high"]] = ["partly", 0.25, 0.2, 0.3]
    (found,) = verdicts(claims)
    assert (found.part, found.number) == (claims.loc[1, "part"], "0.25 [0.2, 0.3]")
    assert found.limits == "at most 1e\u221210"
    claims["part_verdict"] = "not testable here"
    assert verdicts(claims)[0].number == "not measured"


def test_changes_name_every_key_at_its_depth():
    default = {"seed": 1, "grid": {"points": [1, 2]}, "gone": None}
    config = {"seed": 1, "grid": {"points": [2, 1]}, "more": {"deep": True}}
    assert changes(default, config) == [
        ("grid.points", "[1, 2]", "[2, 1]"),
        ("gone", "null", "not set"),
        ("more.deep", "not set", "true"),
    ]
    assert changes(default, default) == []


def test_what_is_left_out_is_counted_by_reason():
    table = pd.DataFrame(
        {"status": ["ok", "skipped", "skipped", "failed"], "reason": [None, "a", "a", None]}
    )
    told = left_out({"risks": table, "machine": pd.DataFrame({"x": [1]})})
    assert sorted(told) == [("risks", "a", 2), ("risks", "no reason given", 1)]


def test_run_times_are_those_of_the_jobs_that_ended_well(tmp_path):
    for name in ("tickets/a/uniform", "tickets/b", "risks", "oracle/D6", "machine"):
        with logged(tmp_path / f"{name}.log"):
            pass
    with pytest.raises(SystemExit), logged(tmp_path / "risks/a.log"):
        raise ValueError
    (tmp_path / "provenance").mkdir()
    found = {stage: jobs for stage, jobs, _ in run_times(tmp_path)}
    assert found == {"tickets": 2, "risks": 1, "timings": 1, "experiments": 1}
    assert all(0 <= seconds < 60 for _, _, seconds in run_times(tmp_path))


@pytest.mark.parametrize("damage", [b"", b"no picture", b"\x89PNG\r\n\x1a\n and no end"])
def test_a_damaged_picture_is_named(tmp_path, damage):
    (tmp_path / "ticket_law.png").write_bytes(damage)
    (tmp_path / "ticket_law.csv").write_text("a\n1\n")
    with pytest.raises(DamagedFileError, match=r"ticket_law\.png"):
        figure_entry("ticket_law", tmp_path / "ticket_law", module_of("ticket_law"), [])
