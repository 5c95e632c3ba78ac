"""What a run writes into README.md and docs/claims.md: results in words, and the verdicts."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import pandas as pd

from .verdicts import (
    NOT_REPRODUCED,
    NOT_TESTABLE,
    PARTLY,
    REPRODUCED,
    headlines,
    measured_text,
    tolerance_text,
)

_MARKUP = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*_[]|~$"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
"""What GitHub's Markdown would take for markup inside a cell, and what stands for it there."""


def as_cell(text: str) -> str:
    """Write any text so that a cell of a Markdown table shows it as it is, on one line."""
    return " ".join(str(text).split()).translate(_MARKUP)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _reason(row: pd.Series) -> str:
    """Return why a part has its verdict, as text: a table that was read back has NaN for none."""
    return row["part_reason"] if isinstance(row["part_reason"], str) else ""


def deciding_part(rows: pd.DataFrame) -> pd.Series:
    """Return the part that the verdict of a claim hangs on.

    Parameters
    ----------
    rows : DataFrame
        The parts of one claim.

    Returns
    -------
    Series
        The first of those that do worst, among the parts that could be tested if there is one.
    """
    shown = headlines(rows)
    worst = [NOT_REPRODUCED, PARTLY, REPRODUCED, NOT_TESTABLE]
    return shown.iloc[shown["part_verdict"].map(worst.index).argmin()]


def claims_summary(claims: pd.DataFrame) -> str:
    """Render the verdicts as a short Markdown table, one row and one number a claim.

    Parameters
    ----------
    claims : DataFrame
        The table of `judge_claims`.

    Returns
    -------
    str
        The table, ending in a line break; its links lead from the root to `claims_in_full`.
    """
    lines = [
        _row("Claim, in our words", "Verdict", "The number that decides", "Details"),
        _row(*["---"] * 4),
    ]
    for name, rows in claims.groupby("claim", sort=False):
        part = deciding_part(rows)
        limits = tolerance_text(part)
        number = f"{part['part']}: {measured_text(part)}" + (f" ({limits})" if limits else "")
        if part["part_verdict"] == NOT_TESTABLE:
            number = f"{part['part']}: {_reason(part)}"
        statement = as_cell(f"{name}: {part['statement']}")
        link = f"[{as_cell(name)}](docs/claims.md#{quote(name.lower())})"
        lines.append(_row(statement, f"**{part['verdict']}**", as_cell(number), link))
    return "\n".join(lines) + "\n"


def claims_in_full(claims: pd.DataFrame) -> str:
    """Render every part of every claim as Markdown, a section a claim.

    Parameters
    ----------
    claims : DataFrame
        The table of `judge_claims`.

    Returns
    -------
    str
        Sections, ending in a line break; their links lead from the folder docs.
    """
    sections = []
    for name, rows in claims.groupby("claim", sort=False):
        first = rows.iloc[0]
        table = [
            _row("Part", "Measured, 95 %", "Declared", "Verdict"),
            _row(*["---"] * 4),
            *(_part_row(row) for _, row in rows.iterrows()),
        ]
        sections += [
            f"## {as_cell(name)}",
            f"**{as_cell(first['statement'])}** Verdict: **{first['verdict']}** "
            f"({as_cell(first['reason'])}).",
            "\n".join(table),
            f"*Access model.* {as_cell(first['access_model'])}",
            f"*Our guess.* {as_cell(first['guess'])}",
            f"*Figure.* [{as_cell(first['figure'])}](../figures/{quote(first['figure'])}.png)",
        ]
    return "\n\n".join(sections) + "\n"


def _part_row(row: pd.Series) -> str:
    words = (row["part"], measured_text(row), tolerance_text(row), row["part_verdict"])
    *cells, verdict = map(as_cell, words)
    why = as_cell(_reason(row))
    return _row(*cells, f"{verdict}; {why}" if why else verdict)


def results_in_words(claims: pd.DataFrame) -> str:
    """Say in a sentence each what came out: risk against exact sampling, time, uniform nodes.

    Parameters
    ----------
    claims : DataFrame
        The table of `judge_claims`.

    Returns
    -------
    str
        A Markdown list, ending in a line break, with an item for each of S5, S7 and S6 that was
        declared.
    """
    lines = []
    for claim, (question, answer) in _QUESTIONS.items():
        parts = claims[claims["claim"] == claim]
        if len(parts):
            told = answer(parts) or f"Not tested: {as_cell(_reason(parts.iloc[0]))}."
            lines.append(f"- **{question}** {told}\n")
    return "".join(lines)


def _equivalence_sentence(parts: pd.DataFrame) -> str:
    own = parts[parts["part"].str.startswith("rejection against exact")]
    counts = own["part_reason"].str.extract(r"(\d+) of (\d+) cells equivalent").dropna()
    if counts.empty:
        return ""
    same, cells = counts.iloc[0]
    return (
        "Tickets drawn by rejection have the empirical risk of those drawn by a conventional "
        f"sampler, within the margin declared beforehand, in {same} of the {cells} combinations of "
        "data and target where both run."
    )


_SPEEDUP = re.compile(
    r"(?P<slow>\w+) over rejection, N = (?P<nodes>\d+), P = (?P<modulus>\d+): "
    r"(?P<what>seconds|growth)(?: at D = (?P<dimension>\d+))?"
)
_SLOW = {"enumeration": "enumeration", "fft": "a fast Fourier transform"}


def _speed_sentence(parts: pd.DataFrame) -> str:
    found = parts["part"].str.extract(_SPEEDUP).join(parts[["value", "low", "high"]])
    found = found.dropna(subset=["slow", "value"])
    # The study's own modulus stands first.
    found = found[found["modulus"] == found["modulus"].iloc[0]] if len(found) else found
    clauses = [
        f"{_SLOW[row['slow']]} takes {measured_text(row)} times as long as rejection at "
        f"$D = {row['dimension']}$"
        for _, row in found[found["what"] == "seconds"].iterrows()
    ]
    if not clauses:
        return ""
    nodes, modulus = found[["nodes", "modulus"]].iloc[0]
    growth = " and ".join(
        measured_text(row) for _, row in found[found["what"] == "growth"].iterrows()
    )
    return (
        f"For one ticket of $N = {nodes}$ nodes, the whole table charged to it, at $P = {modulus}$ "
        f"{' and '.join(clauses)}, the largest dimension that its budget allows; the ratio grows "
        f"by a factor of {growth} with each further dimension. A table that is kept for many "
        "tickets pays from some number of nodes on, which grows in the same way "
        "([amortised_cost](figures/amortised_cost.png))."
    )


def _uniform_sentence(parts: pd.DataFrame) -> str:
    counts = parts["part_reason"].str.extract(r"(\d+) of (\d+) cells").dropna().astype(int)
    if counts.empty:
        return ""
    lower, cells = counts.sum()
    worst = parts.loc[parts["low"].idxmin()]
    family = as_cell(worst["part"].partition(":")[0])
    return (
        f"Often, not always: uniform nodes have at least {worst['least']:g} times the risk in "
        f"{lower} of {cells} combinations of data, target and $N$; in the least favourable one "
        f"({family}) {measured_text(worst)} times."
    )


_QUESTIONS = {
    "S5": ("As good as exact sampling?", _equivalence_sentence),
    "S7": ("Faster in high dimension?", _speed_sentence),
    "S6": ("Better than uniform nodes?", _uniform_sentence),
}


BLOCKS: Mapping[str, Mapping[str, Callable[[pd.DataFrame], str]]] = {
    "README.md": {"results": results_in_words, "claims": claims_summary},
    "docs/claims.md": {"claims": claims_in_full},
}
"""What a run writes into which document, by the name of the markers that it stands between."""


def renew_document(
    text: str, claims: pd.DataFrame, blocks: Mapping[str, Callable[[pd.DataFrame], str]]
) -> str:
    """Put the numbers of a run between the markers of a document.

    Parameters
    ----------
    text : str
        Markdown with ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->`` for each of the blocks.
    claims : DataFrame
        The table of `judge_claims`.
    blocks : mapping of str to callable
        The document's part of `BLOCKS`.

    Returns
    -------
    str
        The document with its blocks renewed, all from the same run; what stands outside the
        markers is untouched.

    Raises
    ------
    ValueError
        If markers are missing, doubled or out of order.
    """
    for name, write in blocks.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed) or begin in rest or end in before + after:
            raise ValueError(f"the document needs one {begin} followed by one {end}")
        text = f"{before}{begin}\n{write(claims)}{end}{after}"
    return text
