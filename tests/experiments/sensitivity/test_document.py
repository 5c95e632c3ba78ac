"""docs/sensitivity.md says what the committed table says, and that agrees with the study."""

import re

import pandas as pd
import pytest

from tests.experiments.documents import ROOT, rows, table
from winning_tickets.claims.verdicts import NOT_TESTABLE

FOUND = table("sensitivity", "figures/extended")
FLIPS = FOUND[FOUND["flips"]]
# Bars would end a cell of a table.
NAMES = {"absolute": "|w*|"}
KAPPAS = rows("sensitivity.md", "What is expected of")[1:]


def number(text):
    return float(text.replace("\u2212", "-"))


def test_the_default_gives_the_verdicts_of_the_study():
    """Wherever no seconds are in it; on the study's own data sets, fewer of them."""
    study = pd.read_csv(ROOT / "workflow/reference/default/claims.csv")
    parts = study[study["part"].str.contains("operations in D|array entries")]
    verdicts = study.drop_duplicates("claim").set_index("claim")["verdict"]
    own = FOUND[FOUND["scenario"] == "default"].set_index("claim")["verdict"]
    assert own.index.tolist() == verdicts.index.tolist()
    tested = own[own != NOT_TESTABLE]
    assert {"S1", "S2", "S3", "S4", "S5", "S6", "O1", "O2"} == {*tested.index}
    for claim, verdict in tested.items():
        counted = parts[parts["claim"] == claim]
        expected = {verdicts[claim]} if counted.empty else {*counted["part_verdict"]}
        assert {verdict} == expected


def test_every_flip_is_listed_with_its_number():
    stated = rows("sensitivity.md", "These verdicts flip")[1:]
    told = [(NAMES.get(scenario, scenario), claim) for scenario, claim, *_ in stated]
    assert told == list(zip(FLIPS["scenario"], FLIPS["claim"], strict=True))
    for cells, (_, row) in zip(stated, FLIPS.iterrows(), strict=True):
        assert cells[2] == row["verdict"]
        assert cells[3] == row["part"].replace("*", "\\*")
        numbers = [number(text) for text in re.findall("[\\d.e\u2212]+", cells[4])]
        expected = [row["value"], row["low"], row["high"]][: len(numbers)]
        assert numbers == pytest.approx(expected, rel=6e-3)
        assert number(cells[5]) == pytest.approx(row["limit"])


@pytest.mark.parametrize("cells", KAPPAS, ids=str)
def test_kappas_are_those_expected_and_measured(cells):
    scenario, expected, measured, over_law = cells
    row = FOUND[FOUND["scenario"] == NAMES.get(scenario, scenario)].iloc[0]
    values = [row["expected_kappa"], row["kappa"], row["over_law"]]
    stated = [number(text) for text in (expected, measured, over_law)]
    assert stated == pytest.approx(values, rel=6e-3)
    assert row["kappa"] == pytest.approx(row["expected_kappa"], rel=0.05)
    assert row["over_law"] == pytest.approx(1, abs=0.05)


def test_only_readings_flip_more_than_one_part():
    chance = FLIPS[FLIPS["group"] != "reading"]
    assert set(zip(chance["scenario"], chance["claim"], strict=True)) == {
        ("seed 3", "S6"),
        ("gaussian", "S6"),
    }
    assert chance["part"].str.startswith("grid, N/M = 0.32").all()
    assert chance["reason"].str.startswith("7 of 8 parts hold").all()


def test_all_readings_have_their_kappa():
    readings = FOUND.loc[FOUND["group"] == "reading", "scenario"].unique()
    assert [NAMES.get(name, name) for name, *_ in KAPPAS] == ["default", *readings]
