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


CLAIM_ERROR = 0.05
"""Chance with which a claim at its limit may be taken for reproduced, declared for each."""


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
        "data and target that can be tested."
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


_AT_SHARE = r"(?P<family>[^,]+), N/M = (?P<nu>[\d.]+): uniform over optimized"


def _uniform_sentence(parts: pd.DataFrame) -> str:
    found = parts["part"].str.extract(_AT_SHARE).join(parts[["value", "low", "high", "least"]])
    found = found.dropna(subset=["family", "value"])
    if found.empty:
        return ""
    least = found["least"].iloc[0]
    clauses = []
    for nu, rows in found.groupby("nu"):
        holds = int((rows["low"] > least).sum())
        weakest = rows.loc[rows["low"].idxmin()]
        clauses.append(
            f"at $N/M = {nu}$ in {holds} of the {len(rows)} families tested, the least of them "
            f"{measured_text(weakest)} ({as_cell(weakest['family'])})"
        )
    return (
        f"Where $N$ is a large enough share of $M$: uniform nodes have at least {least:g} times "
        f"the risk {'; '.join(clauses)}. On generic data the ratio is $1 + (\\kappa - 1) N/M$ with "
        "$\\kappa$ near 3, so 1.5 is out of reach below $N/M = 0.25$, and small tickets gain next "
        "to nothing ([where_tickets_win](figures/where_tickets_win.png))."
    )


_QUESTIONS = {
    "S5": ("As good as exact sampling?", _equivalence_sentence),
    "S7": ("Faster in high dimension?", _speed_sentence),
    "S6": ("Better than uniform nodes?", _uniform_sentence),
}


def errors_in_words(claims: pd.DataFrame) -> str:
    """Say how often the whole table would be wrong.

    Parameters
    ----------
    claims : DataFrame
        The table of `judge_claims`.

    Returns
    -------
    str
        A sentence, ending in a line break.
    """
    tested = claims[claims["part_verdict"] != NOT_TESTABLE]
    names = list(
        dict.fromkeys(
            row["claim"]
            for _, row in tested.iterrows()
            if "power" in _reason(row) or " [" in measured_text(row)
        )
    )
    count = len(names)
    together = 1 - (1 - CLAIM_ERROR) ** count
    return (
        f"Chance enters {count} of the claims ({', '.join(names)}). Each is taken for reproduced "
        f"with a chance of at most {CLAIM_ERROR:.0%} where the truth is at its limit, and less "
        f"beyond. So if all {count} were just false, at least one would be called reproduced with "
        f"a chance of at most {CLAIM_ERROR * count:.0%} ({together:.0%} if they were independent); "
        "nothing is corrected for their number. The other claims rest on exact numbers, or on a "
        "test that can only refute (O1).\n"
    )


BLOCKS: Mapping[str, Mapping[str, Callable[[pd.DataFrame], str]]] = {
    "README.md": {"results": results_in_words, "claims": claims_summary},
    "docs/claims.md": {"errors": errors_in_words, "claims": claims_in_full},
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
