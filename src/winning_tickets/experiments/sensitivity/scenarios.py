"""What a job of this question is given: one seed or reading, with all that its verdicts need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...families.cell import Settings as DatasetSettings
from ...tickets import CellSettings as TicketSettings
from ..circuit.measure import Settings as CircuitSettings
from ..identities.measure import Settings as IdentitySettings
from ..risks.measure import Settings as RiskSettings
from ..timings.measure import Settings as TimingSettings
from .readings import Reading

COLUMNS = (
    "scenario",
    "group",
    "seed",
    "modulus",
    "activation",
    "claim",
    "verdict",
    "part",
    "value",
    "low",
    "high",
    "limit",
    "kappa",
    "expected_kappa",
    "over_law",
    "status",
    "reason",
)
"""Columns of the table of verdicts; one row per scenario and claim.

Number, interval and limit are those of the part that decides, the first of those with the worst
verdict. kappa is that of random labels at the largest D, from draws, beside what is expected of
Gaussian weights; over_law is S6's ratio of risks at its first N/M, over that of the law.
"""

DEFAULT = "default"
"""The scenario that the others are held against: the study's own seed and reading."""


@dataclass(frozen=True)
class Cell:
    """Datasets, tickets and risks of one cell, as the study's own rules are given them.

    Attributes
    ----------
    datasets : DatasetSettings
        Of all its data sets.
    tickets : tuple of TicketSettings
        One entry a sampler that fits.
    risks : RiskSettings
        Of its risks.
    """

    datasets: DatasetSettings
    tickets: tuple[TicketSettings, ...]
    risks: RiskSettings


@dataclass(frozen=True)
class Settings:
    """What is asked.

    Attributes
    ----------
    scenario, group : str
        Its name, and what differs from the default: "seed", "activation", "modulus" or "reading".
    seed, modulus, activation
        Of the study that is supposed.
    reading : Reading
        What nodes are drawn in proportion to.
    cells : tuple of Cell
        What risks are measured on.
    counted : TimingSettings
        Where operations are counted; nothing is timed.
    checks : IdentitySettings
        Small cases with every node written out.
    circuit : CircuitSettings
        Simulated circuits.
    judged : mapping
        What judges are told of the study.
    path : str
        The file of the declared claims.
    """

    scenario: str
    group: str
    seed: int
    modulus: int
    activation: str | tuple[float, ...]
    reading: Reading
    cells: tuple[Cell, ...]
    counted: TimingSettings
    checks: IdentitySettings
    circuit: CircuitSettings
    judged: Mapping[str, Any]
    path: str
