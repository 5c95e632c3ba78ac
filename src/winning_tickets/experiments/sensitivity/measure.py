"""Judge every declared claim anew under one seed or reading, by the study's own judges."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...activations import make_activation
from ...claims.judges import judge_claims
from ...claims.verdicts import NOT_REPRODUCED, NOT_TESTABLE, PARTLY, REPRODUCED
from ...config_files import read_config
from ...families.cell import draw_cell as draw_datasets
from ...families.random import Random
from ...tickets import draw_cell
from ..circuit.measure import COLUMNS as CIRCUIT_COLUMNS
from ..circuit.measure import measure as measure_circuit
from ..identities.measure import COLUMNS as CHECK_COLUMNS
from ..identities.measure import Checked
from ..identities.measure import measure as measure_checks
from ..risks.measure import COLUMNS as RISK_COLUMNS
from ..risks.measure import measure as measure_risks
from ..timings.measure import COLUMNS as TIMING_COLUMNS
from .counts import count_rows
from .readings import Reading
from .scenarios import COLUMNS as COLUMNS
from .scenarios import Cell
from .scenarios import Settings as Settings
from .theory import gaussian_kappa

WORST_FIRST = (NOT_REPRODUCED, PARTLY, REPRODUCED, NOT_TESTABLE)
"""Verdicts in the order in which parts decide."""

SECONDS = "seconds are judged by the study alone"
"""Why parts about seconds have no answer here."""

NO_CIRCUIT = "the circuit measures w*^2; these nodes take a classical step after it, with no test"
"""Why S3 has no answer where nodes are not drawn by squares."""

Row = dict[str, Any]


def measure(settings: Settings) -> Iterator[Row]:
    """Yield a row for each declared claim.

    Parameters
    ----------
    settings : Settings
        The scenario.

    Yields
    ------
    dict
        With keys of `COLUMNS`.
    """
    tables = measure_tables(settings)
    declared = read_config(settings.path)["claims"]
    claims = judge_claims(declared, tables, settings.judged)
    activation = settings.activation if isinstance(settings.activation, str) else "table"
    known = {name: getattr(settings, name) for name in ("scenario", "group", "seed", "modulus")}
    known |= {"activation": activation, "status": "ok"} | _concentration(settings, tables, claims)
    reasons = _reasons(settings)
    for claim, parts in claims.groupby("claim", sort=False):
        row = known | {"claim": claim} | _deciding(parts)
        yield row | {"reason": reasons.get(claim, "{}").format(parts["reason"].iloc[0])}


def measure_tables(settings: Settings) -> dict[str, pd.DataFrame]:
    """Return the smallest tables that the judges need, as they would be read from files."""
    reading = settings.reading
    checked = Checked(reading.sampler, reading.weights, reading.probabilities)
    tables = {
        "risks": measure_risk_table(settings.cells, reading),
        "timings": _table(count_rows(settings.counted, reading), TIMING_COLUMNS),
        "identities": _table(measure_checks(settings.checks, checked), CHECK_COLUMNS),
    }
    if reading.plain:
        tables["circuit"] = _table(measure_circuit(settings.circuit), CIRCUIT_COLUMNS)
    return tables


def _table(rows: Iterable[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a table whose gaps are missing values, as in those that the study reads."""
    text = pd.DataFrame(list(rows), columns=list(columns)).to_csv(index=False)
    return pd.read_csv(io.StringIO(text))


def measure_risk_table(cells: Sequence[Cell], reading: Reading) -> pd.DataFrame:
    """Return the table of risks of some cells, with nodes drawn as in a reading."""
    return _table((row for cell in cells for row in _risk_rows(cell, reading)), RISK_COLUMNS)


def _risk_rows(cell: Cell, reading: Reading) -> Iterator[Row]:
    data = draw_datasets(cell.datasets)
    tickets = {part.sampler: draw_cell(part, data, reading.sampler) for part in cell.tickets}
    return measure_risks(cell.risks, data, tickets)


def _concentration(
    settings: Settings, tables: Mapping[str, pd.DataFrame], claims: pd.DataFrame
) -> Row:
    """Return kappa of random labels at the largest D, measured and expected, and what follows."""
    risks = tables["risks"]
    generic = (risks["family"] == Random.name) & (risks["target"] == "labels")
    rows = risks[generic & (risks["sampler"] == "spectral")]
    activation = make_activation(settings.activation, settings.modulus)
    against = claims[(claims["claim"] == "S6") & claims["part"].str.startswith("N/M")]
    return {
        "kappa": float(rows.loc[rows["dimension"] == rows["dimension"].max(), "kappa"].mean()),
        "expected_kappa": gaussian_kappa(settings.reading, activation),
        "over_law": float(against["value"].iloc[0]),
    }


def _reasons(settings: Settings) -> Mapping[str, str]:
    """Return how reasons read where a claim has no answer, or half of one; {} is the judge's."""
    reasons = {"S2": f"{{}}; {SECONDS}", "S4": f"{{}}; {SECONDS}", "S7": SECONDS}
    return reasons if settings.reading.plain else reasons | {"S3": NO_CIRCUIT}


def _deciding(parts: pd.DataFrame) -> Row:
    """Return the verdict on a claim and the numbers of the part that decides it."""
    rank = parts["part_verdict"].map(WORST_FIRST.index)
    worst = parts[rank == rank.min()]
    part = worst.sort_values("headline", ascending=False, kind="stable").iloc[0]
    numbers = {name: part[name] for name in ("part", "value", "low", "high")}
    return {"verdict": part["verdict"], "limit": _limit(part)} | numbers


def _limit(part: pd.Series) -> float:
    """Return the end of the tolerance that a number is nearer to; NaN where there is none."""
    ends = [end for end in (part["least"], part["most"]) if np.isfinite(end)]
    return min(ends, key=lambda end: abs(end - part["value"]), default=np.nan)
