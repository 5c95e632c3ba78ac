"""The gates of one circuit, in the layers they stand in."""

import pandas as pd

from winning_tickets.experiments.circuit.measure import Settings as CircuitSettings
from winning_tickets.experiments.circuit_diagram.measure import COLUMNS, Settings, measure

SMALL = Settings(
    CircuitSettings(seed=3, modulus=3, activation="relu", points=50, dimensions=(2,)), dimension=2
)


def test_the_gates_of_the_drawn_circuit_are_listed_in_layers():
    gates = pd.DataFrame(measure(SMALL), columns=COLUMNS)
    assert tuple(gates.columns) == COLUMNS
    assert list(gates["symbol"]) == ["h", "h", "g", "F", "F", "/v", "/v", "F^-1"]
    assert list(gates["layer"]) == [1, 2, 1, 3, 3, 4, 5, 6]
    assert list(gates["qudits"]) == ["0", "0 1", "2", "0", "1", "0 2", "1 2", "2"]
