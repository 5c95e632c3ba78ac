"""Compare a recomputed study with reference tables: what must agree, and how closely."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ..experiments.risks.measure import COLUMNS as RISK_COLUMNS
from ..experiments.timings.measure import COLUMNS as TIMING_COLUMNS
from ..experiments.timings.measure import FEWEST_PASSES
from ..records.frames import load_table

RISK_TOLERANCE = 1e-6
"""Risks may differ by this much, absolutely or relatively: matrix libraries round differently."""

GROWTH_TOLERANCE = 10.0
"""Growth of a time over its grid may differ by this factor: small studies are timed in noise."""

_EXACT_STAGES = ("datasets", "tickets")
_RISK_FLOATS = ("relative_risk", "test_risk", "test_accuracy", "kappa", "acceptance_rate")
_COUNTS = ("proposals", "weight_evaluations", "walk_operations", "array_entries")
_TIMED = ["grid", "sampler", "mode", "modulus", "dimension", "points"]


def stage_digests(results: str | Path) -> dict[str, dict[str, str]]:
    """Return the content digests of datasets and tickets, by file below the results folder.

    Parameters
    ----------
    results : str or Path
        A folder of results, with its provenance.

    Returns
    -------
    dict
        Stage, then path, to digest.
    """
    digests = {}
    for stage in _EXACT_STAGES:
        record = json.loads(Path(results, "provenance", f"{stage}.json").read_text("utf-8"))
        digests[stage] = {
            str(Path(path).relative_to(results)): digest
            for path, digest in record["outputs"].items()
        }
    return digests


def differences(reference: str | Path, results: str | Path) -> Iterator[str]:
    """Yield a line for each difference between results and their reference, times aside.

    Parameters
    ----------
    reference : str or Path
        The folder of the reference: digests.json, risks.csv and timings.csv.
    results : str or Path
        The folder of results.

    Yields
    ------
    str
        The tier (data, risks, work) and what differs.

    Notes
    -----
    Three tiers: data, seeds and draws agree bit for bit; risks to `RISK_TOLERANCE`; which samplers
    were timed, and their counts of work in the passes that are always measured, exactly.
    """
    yield from _data_differences(
        json.loads(Path(reference, "digests.json").read_text("utf-8")), stage_digests(results)
    )
    tables = [
        load_table(Path(folder, "risks.csv"), RISK_COLUMNS) for folder in (reference, results)
    ]
    yield from _risk_differences(*tables)
    yield from _work_differences(*(_counts(folder) for folder in (reference, results)))


def time_notes(reference: str | Path, results: str | Path) -> Iterator[str]:
    """Yield a line for each time whose growth is far from that of the reference.

    Parameters
    ----------
    reference, results : str or Path
        As in `differences`.

    Yields
    ------
    str
        What grows otherwise, beyond `GROWTH_TOLERANCE`. A busy machine is reason enough: no line
        says that anything is wrong.
    """
    expected, found = (_median_seconds(folder) for folder in (reference, results))
    shared = expected.index.intersection(found.index)
    for name, old in expected[shared].groupby(level=["grid", "sampler"]):
        new = found[old.index]
        change = (new.iloc[-1] / new.iloc[0]) / (old.iloc[-1] / old.iloc[0])
        if not 1 / GROWTH_TOLERANCE <= change <= GROWTH_TOLERANCE:
            yield f"times: {' '.join(name)} grows {change:.2g} times as much as in the reference"


def _data_differences(
    expected: dict[str, dict[str, str]], found: dict[str, dict[str, str]]
) -> Iterator[str]:
    for stage in _EXACT_STAGES:
        for path in sorted(expected[stage].keys() | found[stage].keys()):
            if path not in found[stage]:
                yield f"data: {path} is missing"
            elif path not in expected[stage]:
                yield f"data: {path} is not in the reference"
            elif expected[stage][path] != found[stage][path]:
                yield f"data: {path} differs from the reference"


def _risk_differences(expected: pd.DataFrame, found: pd.DataFrame) -> Iterator[str]:
    if len(expected) != len(found):
        yield f"risks: {len(found)} rows instead of {len(expected)}"
        return
    for column in expected.columns:
        if column in _RISK_FLOATS:
            close = np.isclose(
                found[column], expected[column], RISK_TOLERANCE, RISK_TOLERANCE, equal_nan=True
            )
        else:
            close = (found[column] == expected[column]) | (
                found[column].isna() & expected[column].isna()
            )
        if not close.all():
            rows = np.flatnonzero(~np.asarray(close, dtype=bool))
            yield f"risks: {column} differs in {len(rows)} rows, the first is line {rows[0] + 2}"


def _work_differences(expected: pd.DataFrame, found: pd.DataFrame) -> Iterator[str]:
    for key in expected.index.union(found.index):
        if key not in found.index or key not in expected.index:
            yield f"work: {' '.join(map(str, key))} is not in both tables"
    shared = expected.index.intersection(found.index)
    for column in _COUNTS:
        for key in shared[(expected[column][shared] != found[column][shared]).to_numpy()]:
            yield f"work: {column} of {' '.join(map(str, key))} differs"


def _counts(folder: str | Path) -> pd.DataFrame:
    """Return the counts of each contender in each of the first passes of a folder's table."""
    timed = _timed(folder)
    first = timed[timed["pass"] < FEWEST_PASSES]
    named = first.assign(**{"pass": first["pass"].astype(int)}).set_index([*_TIMED, "pass"])
    return named[[*_COUNTS]].sort_index()


def _median_seconds(folder: str | Path) -> pd.Series:
    """Return the medians over the passes of a folder's table of times."""
    timed = _timed(folder)
    seconds = timed["prepare_seconds"] + timed["draw_seconds"]
    return timed.assign(seconds=seconds).groupby(_TIMED)["seconds"].median()


def _timed(folder: str | Path) -> pd.DataFrame:
    timings = load_table(Path(folder, "timings.csv"), TIMING_COLUMNS)
    timed = timings[timings["status"] == "ok"]
    return timed.assign(mode=timed["mode"].astype(object).fillna(""))
