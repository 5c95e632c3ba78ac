"""Verdicts on the claims: what is true is found, and every planted failure turns its verdict."""

import re

import pandas as pd
import pytest

from tests.tables import (
    SAMPLERS,
    SETTINGS,
    declared,
    identity_table,
    small_study,
    study_tables,
    subsets,
)
from winning_tickets.claims import judges as judging
from winning_tickets.claims import verdicts
from winning_tickets.claims.common import CONVENTIONAL, FAST
from winning_tickets.claims.verdicts import NOT_REPRODUCED, NOT_TESTABLE, PARTLY, REPRODUCED


def judged(claim, **changed):
    """Return the rows of one claim for made-up tables, some of them changed."""
    chosen = [entry for entry in declared() if entry["id"] == claim]
    return judging.judge_claims(chosen, study_tables(**changed), SETTINGS)


def verdict(claim, **changed):
    return judged(claim, **changed)["verdict"].iloc[0]


@pytest.fixture(scope="module")
def honest():
    return judging.judge_claims(declared(), study_tables(), SETTINGS)


def test_every_claim_is_declared_in_full_before_any_result():
    claims = declared()
    assert [claim["id"] for claim in claims] == [*(f"S{n}" for n in range(1, 8)), "O1", "O2", "F1"]
    assert {claim["id"] for claim in claims} == set(judging.JUDGES)
    words = ("statement", "measured", "test", "power", "figure", "access_model", "guess")
    for claim in claims:
        assert all(isinstance(claim[word], str) and claim[word] for word in words)
        assert all(
            isinstance(limit, float | int | dict | list) for limit in claim["tolerance"].values()
        )


def test_true_claims_are_found_true(honest):
    found = honest.drop_duplicates("claim").set_index("claim")["verdict"]
    assert found.drop("F1").eq(REPRODUCED).all(), honest[honest["part_verdict"] != REPRODUCED]
    # Nobody has entered points of the paper.
    assert found["F1"] == NOT_TESTABLE
    assert list(honest.columns) == list(verdicts.CLAIM_COLUMNS)


def test_every_part_has_a_verdict_in_words_and_a_number_or_a_reason(honest):
    words = {REPRODUCED, PARTLY, NOT_REPRODUCED, NOT_TESTABLE}
    assert set(honest["part_verdict"]) <= words
    untested = honest["part_verdict"] == NOT_TESTABLE
    assert honest.loc[untested, "part_reason"].str.len().gt(0).all()
    assert honest.loc[~untested, "value"].notna().all()


def test_a_sampler_that_draws_from_another_distribution_is_found_out():
    assert verdict("O1", identities=identity_table(wrong="fft")) == NOT_REPRODUCED


def test_a_wrong_closed_form_is_found_out():
    assert verdict("S1", identities=identity_table(error=1e-3)) == NOT_REPRODUCED


def test_a_study_too_small_to_test_says_so():
    empty = {name: table.iloc[:0] for name, table in study_tables().items()}
    table = judging.judge_claims(declared(), empty, SETTINGS)
    assert table["verdict"].eq(NOT_TESTABLE).all()
    assert table["reason"].str.len().gt(0).all()


# What each claim cannot be tested without, whatever else there is.
NEEDED = {
    "S2": ({"enumeration"}, {"fft"}),
    "S4": ({"rejection"}, {"spectral"}),
    "S5": tuple({a, b} for a in CONVENTIONAL for b in FAST),
    "S6": ({"uniform", "spectral"},),
    "S7": tuple({a, b} for a in CONVENTIONAL for b in FAST),
    "O2": ({"spectral"},),
}


@pytest.mark.parametrize("samplers", subsets(SAMPLERS), ids=" ".join)
def test_every_subset_of_the_samplers_is_judged_or_told_what_it_lacks(samplers):
    table = judging.judge_claims(declared(), small_study(samplers), SETTINGS)
    firsts = table.drop_duplicates("claim").set_index("claim")
    for claim, ways in NEEDED.items():
        testable = any(way <= set(samplers) for way in ways)
        assert (firsts.loc[claim, "verdict"] != NOT_TESTABLE) == testable, claim
        if not testable:
            assert "not measured" in firsts.loc[claim, "reason"]
            lacking = set(re.findall(r"\w+(?= (?:and|was|were))", firsts.loc[claim, "reason"]))
            assert lacking and lacking.isdisjoint(samplers)
    untested = table[table["part_verdict"] == NOT_TESTABLE]
    assert untested["part_reason"].str.len().gt(0).all()


@pytest.mark.parametrize("status", ["failed", "skipped"])
@pytest.mark.parametrize("sampler", [*SAMPLERS, None])
def test_samplers_without_a_result_are_as_good_as_absent(sampler, status):
    others = [name for name in SAMPLERS if name != sampler] if sampler else []
    whole = small_study(others)
    failed = small_study([sampler] if sampler else SAMPLERS, status=status)
    both = {name: pd.concat([whole[name], failed[name]]) for name in ("risks", "timings")} | {
        "identities": whole["identities"],
        "circuit": whole["circuit"],
    }
    columns = ["claim", "verdict", "reason"]
    found, expected = (
        judging.judge_claims(declared(), tables, SETTINGS)[columns].drop_duplicates()
        for tables in (both, whole)
    )
    # A family that has rows, but no result, is named all the same.
    named = ~found["claim"].eq("S6").to_numpy()
    assert found[named].to_numpy().tolist() == expected[named].to_numpy().tolist()
    assert found["verdict"].tolist() == expected["verdict"].tolist()


def test_an_unknown_claim_is_one_clear_line():
    with pytest.raises(ValueError, match=r"'S9' is not a claim; known are S1, S2"):
        judging.judge_claims([{"id": "S9"}], study_tables(), SETTINGS)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((5.5, 5.2, 6.0), REPRODUCED),
        ((5.5, 4.5, 6.0), PARTLY),
        ((3.0, 2.5, 3.5), NOT_REPRODUCED),
        ((9.0, 8.0, 9.9), NOT_REPRODUCED),
    ],
)
def test_intervals_are_judged_against_both_ends(found, expected):
    assert verdicts.interval_verdict(judging.Estimate(*found), 5.0, 7.0) == expected
