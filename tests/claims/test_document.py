"""What a run writes into README and docs: seen by a reader as it was declared and measured."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.tables import SETTINGS, declared, study_tables
from winning_tickets.claims import document, verdicts
from winning_tickets.claims.judges import judge_claims

ROOT = Path(__file__).parents[2]
REFERENCE = "workflow/reference/default"
HOSTILE = "a|h> \\| `c` *d* _e_ <b>f</b> &amp; [g](h) ~~i~~ $j$ <!-- claims:end --> k\\"
MARKED = (
    "before\n<!-- results:begin -->\nold\n<!-- results:end -->\n"
    "<!-- claims:begin -->\nold\n<!-- claims:end -->\nafter\n"
)
README = document.BLOCKS["README.md"]


@pytest.fixture(scope="module")
def honest():
    return judge_claims(declared(), study_tables(), SETTINGS)


def shown(inline):
    """Return the text of an inline token as a reader sees it, and where its links lead."""
    text = "".join(part.content for part in inline.children if part.type == "text")
    return text, [part.attrs["href"] for part in inline.children if part.type == "link_open"]


def parsed_tables(markdown):
    """Return the tables of a document as GitHub reads them: rows of texts and links."""
    tables, inside = [], False
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        inside = token.type != "table_close" and (inside or token.type == "table_open")
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and inside:
            tables[-1][-1].append(shown(token))
    return tables


def parsed_text(markdown):
    """Return what a reader sees outside the tables."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return " ".join(shown(token)[0] for token in tokens if token.type == "inline")


def assert_summary_shows(markdown, claims):
    """Hold the short table to its claims, cell by cell: what is too much, a reader drops."""
    ((head, *rows),) = parsed_tables(markdown)
    assert len(head) == 4
    for row, (name, parts) in zip(rows, claims.groupby("claim", sort=False), strict=True):
        part = document.deciding_part(parts)
        cells, links = zip(*row, strict=True)
        assert cells[:2] == (f"{name}: {part['statement']}", part["verdict"])
        assert cells[2].startswith(part["part"])
        assert verdicts.measured_text(part) in cells[2] or part["part_reason"] in cells[2]
        assert links == ([], [], [], [f"docs/claims.md#{name.lower()}"])


def assert_whole_shows(markdown, claims):
    """Hold the full account to its claims: every part, and every declared text."""
    groups = list(claims.groupby("claim", sort=False))
    for (head, *rows), (_, parts) in zip(parsed_tables(markdown), groups, strict=True):
        assert len(head) == 4
        assert [[text for text, _ in row[:3]] for row in rows] == [
            [part["part"], verdicts.measured_text(part), verdicts.tolerance_text(part)]
            for _, part in parts.iterrows()
        ]
        for row, verdict, why in zip(
            rows, parts["part_verdict"], parts["part_reason"], strict=True
        ):
            assert row[3][0] == (f"{verdict}; {why}" if why else verdict)
    text = parsed_text(markdown)
    for name, parts in groups:
        first = parts.iloc[0]
        assert all(first[word] in text for word in ("statement", "access_model", "guess"))
        assert f"## {name}\n" in markdown
        assert f"](../figures/{first['figure']}.png)" in markdown


def test_both_accounts_show_every_claim_as_it_was_declared(honest):
    assert_summary_shows(document.claims_summary(honest), honest)
    assert_whole_shows(document.claims_in_full(honest), honest)


def test_no_declared_text_breaks_its_row(honest):
    words = ["statement", "part", "part_reason", "access_model", "guess"]
    hostile = honest.assign(**dict.fromkeys(words, HOSTILE))
    assert_summary_shows(document.claims_summary(hostile), hostile)
    assert_whole_shows(document.claims_in_full(hostile), hostile)
    lines = honest.assign(statement="one\n\n| two | \r\n\n# three")
    flat = lines.assign(statement="one | two | # three")
    assert_summary_shows(document.claims_summary(lines), flat)
    assert_whole_shows(document.claims_in_full(lines), flat)
    renewed = document.renew_document(MARKED, hostile, README)
    again = document.renew_document(renewed, honest, README)
    assert again == document.renew_document(MARKED, honest, README)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")))
@example(HOSTILE)
def test_a_cell_shows_any_text_as_it_is(text):
    cell = document.as_cell(text)
    ((_, ((first, _), (second, _))),) = parsed_tables(f"| | |\n|-|-|\n| {cell} | x |\n")
    assert (first, second) == (" ".join(text.split()), "x")


def test_the_part_that_decides_is_the_worst_that_was_tested(honest):
    parts = honest[honest["claim"] == "S4"].reset_index(drop=True)
    parts["part_verdict"] = verdicts.REPRODUCED
    assert document.deciding_part(parts)["part"] == parts["part"][0]
    parts.loc[2, "part_verdict"] = verdicts.PARTLY
    assert document.deciding_part(parts)["part"] == parts["part"][2]
    parts.loc[3, "part_verdict"] = verdicts.NOT_REPRODUCED
    assert document.deciding_part(parts)["part"] == parts["part"][3]
    parts.loc[0, "part_verdict"] = verdicts.NOT_TESTABLE
    assert document.deciding_part(parts)["part"] == parts["part"][3]


def test_markdown_survives_the_file_and_is_the_same_again(honest, tmp_path):
    honest.to_csv(tmp_path / "claims.csv", index=False)
    read = pd.read_csv(tmp_path / "claims.csv")
    for blocks in document.BLOCKS.values():
        for write in blocks.values():
            assert write(read) == write(honest)


def test_what_a_run_says_is_put_between_the_markers_and_nothing_else_changes(honest):
    renewed = document.renew_document(MARKED, honest, README)
    assert renewed.startswith("before\n<!-- results:begin -->\n- **As good as exact")
    assert renewed.endswith("|\n<!-- claims:end -->\nafter\n")
    assert "old" not in renewed
    assert document.renew_document(renewed, honest, README) == renewed


@pytest.mark.parametrize(
    "change",
    [
        ("<!-- results:begin -->", ""),
        ("<!-- claims:end -->", ""),
        ("<!-- claims:begin -->", "<!-- claims:begin --><!-- claims:begin -->"),
        ("before", "<!-- claims:end -->"),
    ],
)
def test_a_document_without_the_markers_is_refused(honest, change):
    with pytest.raises(ValueError, match="needs one"):
        document.renew_document(MARKED.replace(*change), honest, README)


def test_results_in_words_are_the_numbers_of_the_table(honest):
    equal, speed, uniform = document.results_in_words(honest).splitlines()
    parts = honest.set_index("part")
    ratio = parts.loc["fft over rejection, N = 64, P = 5: seconds at D = 10"]
    assert f"transform takes {verdicts.measured_text(ratio)} times as long" in speed
    growth = parts.loc["fft over rejection, N = 64, P = 5: growth per unit of D"]
    assert f" and {verdicts.measured_text(growth)} with each further dimension" in speed
    # Every factor names its N, its P and what is charged to it.
    assert "one ticket of $N = 64$ nodes, the whole table charged to it, at $P = 5$" in speed
    other = parts.loc["fft over rejection, N = 64, P = 3: seconds at D = 14"]
    assert verdicts.measured_text(other) not in speed
    own = honest[honest["part"].str.contains("N/M = 0.4: uniform over")].dropna(subset=["value"])
    weakest = verdicts.measured_text(own.loc[own["low"].idxmin()])
    assert f"at $N/M = 0.4$ in {len(own)} of the {len(own)} families tested" in uniform
    assert f"the least of them {weakest}" in uniform
    found = honest["part"].str.startswith("rejection against exact")
    (same,) = honest.loc[found, "part_reason"].str.extract(r"(\d+) of")[0]
    assert f"in {same} of the " in equal


def test_the_error_of_the_whole_table_counts_the_claims_that_chance_enters(honest):
    text = document.errors_in_words(honest)
    assert "Chance enters 6 of the claims (S2, S4, S5, S6, S7, O2)" in text
    assert "at most 30% (26% if they were independent)" in text
    fewer = document.errors_in_words(honest[honest["claim"].isin(["S1", "S5", "O1"])])
    assert "Chance enters 1 of the claims (S5)" in fewer


def test_what_was_not_tested_is_said_instead_of_a_number(honest):
    untested = honest.assign(value=np.nan, low=np.nan, part_reason="nothing was measured")
    lines = document.results_in_words(untested).splitlines()
    assert len(lines) == 3
    assert all(line.endswith("** Not tested: nothing was measured.") for line in lines)
    assert document.results_in_words(honest[honest["claim"] == "O1"]) == ""


@pytest.mark.parametrize("name", document.BLOCKS)
def test_a_document_is_the_same_from_the_table_with_fewer_digits(name, honest, tmp_path):
    """A run writes it from all digits, a reader of the repository has six."""
    nearly = honest.assign(low=honest["value"] * (1 - 1e-9), high=honest["value"] * (1 + 1e-9))
    for claims in (honest, nearly):
        claims.to_csv(tmp_path / "claims.csv", index=False, float_format="%.6g")
        text, blocks = (ROOT / name).read_text(encoding="utf-8"), document.BLOCKS[name]
        shown = document.renew_document(text, pd.read_csv(tmp_path / "claims.csv"), blocks)
        assert document.renew_document(text, claims, blocks) == shown


@pytest.mark.parametrize("name", document.BLOCKS)
def test_a_document_holds_the_numbers_of_one_run(name):
    """Of the last one in this checkout, or of the committed one."""
    text = (ROOT / name).read_text(encoding="utf-8")
    tables = [ROOT / folder / "claims.csv" for folder in ("results", "figures", REFERENCE)]
    runs = [pd.read_csv(path) for path in tables if path.exists()]
    blocks = document.BLOCKS[name]
    assert any(document.renew_document(text, claims, blocks) == text for claims in runs)
