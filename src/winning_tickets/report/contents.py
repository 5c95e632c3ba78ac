"""What the report says, as plain values: from the files of a study to what its template shows."""

from __future__ import annotations

import base64
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..claims.document import deciding_part
from ..claims.verdicts import (
    NOT_REPRODUCED,
    NOT_TESTABLE,
    PARTLY,
    REPRODUCED,
    measured_text,
    tolerance_text,
)
from ..records.files import UNREADABLE, DamagedFileError
from ..records.step import seconds_taken
from .captions import caption

KINDS = {REPRODUCED: "good", PARTLY: "mixed", NOT_REPRODUCED: "bad", NOT_TESTABLE: "open"}
"""What the page marks a verdict with."""

STAGES = ("datasets", "tickets", "risks", "timings", "experiments", "claims", "figures")
"""Stages in the order of the flow; a folder of logs of another name is a further question's."""

_MISSING = "not set"


@dataclass(frozen=True)
class Verdict:
    """One claim with the number that decides it.

    Attributes
    ----------
    claim, statement, verdict, reason : str
        Its name, what it says, and how it was judged.
    kind : str
        One of the values of `KINDS`.
    part, number, limits : str
        What was measured, the number with its interval, and what was declared beforehand.
    figure, access_model, guess : str
        Where it is seen, and what it rests on.
    parts : tuple of tuple of str
        Every part: what, number, limits, verdict, why.
    """

    claim: str
    statement: str
    verdict: str
    reason: str
    kind: str
    part: str
    number: str
    limits: str
    figure: str
    access_model: str
    guess: str
    parts: tuple[tuple[str, ...], ...]


def verdicts(claims: pd.DataFrame) -> list[Verdict]:
    """Return the verdicts of a table of claims, in its order."""
    return [_verdict(name, rows) for name, rows in claims.groupby("claim", sort=False)]


def _verdict(name: str, rows: pd.DataFrame) -> Verdict:
    first, part = rows.iloc[0], deciding_part(rows)
    facts = {fact: first[fact] for fact in ("statement", "verdict", "reason", "figure")}
    return Verdict(
        name,
        **facts,
        kind=KINDS[first["verdict"]],
        part=part["part"],
        number="not measured" if part["part_verdict"] == NOT_TESTABLE else measured_text(part),
        limits=tolerance_text(part),
        access_model=first["access_model"],
        guess=first["guess"],
        parts=tuple(_part(row) for _, row in rows.iterrows()),
    )


def _part(row: pd.Series) -> tuple[str, ...]:
    why = row["part_reason"] if isinstance(row["part_reason"], str) else ""
    return (row["part"], measured_text(row), tolerance_text(row), row["part_verdict"], why)


def verdict_counts(found: Sequence[Verdict]) -> list[tuple[str, str, int]]:
    """Return each kind of verdict that occurs: what marks it, the words, how many."""
    counts = Counter(verdict.verdict for verdict in found)
    return [(kind, words, counts[words]) for words, kind in KINDS.items() if counts[words]]


def figure_entry(
    name: str, stem: str | Path, module: str, found: Iterable[Verdict]
) -> dict[str, Any]:
    """Return what the page shows of one figure.

    Parameters
    ----------
    name : str
        Of the figure.
    stem : str or Path
        Path of its picture and table without the ending.
    module : str
        Path of the module that draws it.
    found : iterable of Verdict
        All verdicts; those that are seen in this figure are named beside it.

    Returns
    -------
    dict
        Plain values; picture and table are data addresses, so that the page needs no other file.

    Raises
    ------
    DamagedFileError
        If the picture or the table is damaged.
    """
    picture, table = Path(f"{stem}.png"), Path(f"{stem}.csv")
    width, height = _pixels(picture)
    rows = table_of(table)
    return {
        "name": name,
        "title": name.replace("_", " "),
        "caption": caption(module),
        "picture": _data_address(picture, "image/png"),
        "width": width,
        "height": height,
        "table": _data_address(table, "text/csv"),
        "rows": len(rows),
        "columns": list(rows.columns),
        "module": module,
        "claims": [verdict for verdict in found if verdict.figure == name],
    }


def table_of(path: str | Path) -> pd.DataFrame:
    """Read any table of the study.

    Raises
    ------
    DamagedFileError
        If it is no table.
    """
    try:
        return pd.read_csv(path)
    except UNREADABLE as error:
        raise DamagedFileError(path) from error


def _pixels(picture: Path) -> tuple[int, int]:
    """Return width and height from the head of a PNG file."""
    data = picture.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[-8:-4] != b"IEND":
        raise DamagedFileError(picture)
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _data_address(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def changes(default: Mapping[str, Any], config: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what differs between two configurations: dotted key, first and second value."""
    first, second = dict(_leaves(default)), dict(_leaves(config))
    keys = [*first, *(key for key in second if key not in first)]
    told = [(key, _written(first, key), _written(second, key)) for key in keys]
    return [line for line in told if line[1] != line[2]]


def _leaves(config: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _written(leaves: Mapping[str, Any], key: str) -> str:
    return json.dumps(leaves[key]) if key in leaves else _MISSING


def left_out(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, int]]:
    """Return why rows of tables have no result: table, reason, and how many rows."""
    told = []
    for name, table in tables.items():
        if "status" in table.columns:
            reasons = table.loc[table["status"] != "ok", "reason"].fillna("no reason given")
            told += [(name, reason, int(count)) for reason, count in reasons.value_counts().items()]
    return told


def run_times(logs: str | Path) -> list[tuple[str, int, float]]:
    """Return stage, number of jobs and their seconds together, from the logs of all jobs."""
    jobs, seconds = Counter(), Counter()
    for log in Path(logs).rglob("*.log"):
        taken = seconds_taken(log)
        if taken is not None:
            stage = _stage(log.relative_to(logs))
            jobs[stage] += 1
            seconds[stage] += taken
    return [(stage, jobs[stage], seconds[stage]) for stage in STAGES if jobs[stage]]


def _stage(log: Path) -> str:
    first = re.sub(r"\.log$", "", log.parts[0])
    if first == "machine":
        return "timings"
    return first if first in (*STAGES, "provenance") else "experiments"


def machine_facts(machine: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the machine and its packages in words."""
    facts = {
        "processor": machine["processor"],
        "cores": f"{machine['cores_physical']} physical, {machine['cores_usable']} usable",
        "memory": f"{machine['memory_bytes'] / 2**30:.1f} GiB",
        "system": machine["system"],
        "Python": machine["python"],
        **machine["packages"],
    }
    for blas in machine["blas"]:
        facts["BLAS"] = f"{blas['internal_api']} {blas['version']}, {blas['architecture']}"
    return [(name, str(fact)) for name, fact in facts.items()]


def origin(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return where one stage comes from, in words."""
    commit = record["commit"]
    state = {True: ", with changes that are not committed", False: "", None: ""}[record["dirty"]]
    return {
        "stage": record["stage"],
        "commit": "not known" if commit is None else f"{commit[:12]}{state}",
        "settings": record["settings_sha256"][:16],
        "read": len(record["inputs"]),
        "written": len(record["outputs"]),
    }


def relative(path: str | Path, page: str | Path) -> str:
    """Return the address of a file as a link from the page."""
    return Path(os.path.relpath(path, Path(page).parent)).as_posix()
