"""List the gates of one circuit with the layers they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...samplers.circuit import build_circuit, layers
from ..circuit.measure import Settings as CircuitSettings

COLUMNS = (
    "dimension",
    "modulus",
    "gate",
    "layer",
    "symbol",
    "qudits",
    "prepares_data",
    "status",
    "reason",
)
"""Columns of the list of gates, in the order of the circuit."""


@dataclass(frozen=True)
class Settings:
    """What is asked.

    Attributes
    ----------
    circuit : CircuitSettings
        The circuit's data.
    dimension : int
        D of the circuit that is drawn.
    """

    circuit: CircuitSettings
    dimension: int


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield a row for each gate."""
    problem = settings.circuit.problem(settings.dimension)
    gates = build_circuit(problem)
    for number, (gate, layer) in enumerate(zip(gates, layers(gates), strict=True)):
        yield {
            "dimension": settings.dimension,
            "modulus": problem.modulus,
            "gate": number,
            "layer": layer,
            "symbol": gate.symbol,
            "qudits": " ".join(map(str, gate.qudits)),
            "prepares_data": gate.prepares_data,
            "status": "ok",
        }
