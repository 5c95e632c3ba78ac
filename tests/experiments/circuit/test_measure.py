"""The gates of the quantum circuit, counted by simulation and by closed form."""

import pandas as pd

from winning_tickets.experiments.circuit.measure import COLUMNS, Settings, measure

SMALL = Settings(seed=3, modulus=3, activation="relu", points=50, dimensions=(1, 2, 4, 6, 64))


def test_circuits_are_counted_by_simulation_and_by_closed_form():
    table = pd.DataFrame(measure(SMALL), columns=COLUMNS)
    assert tuple(table.columns) == COLUMNS
    simulated = table[table["method"] == "simulated"].set_index("dimension")
    closed = table[table["method"] == "closed form"].set_index("dimension")
    assert list(simulated.index) == [1, 2, 4, 6]
    assert list(closed.index) == [*SMALL.dimensions]
    assert simulated["amplitude_error"].max() < 1e-12
    shared = closed.loc[simulated.index]
    for column in ("gates", "depth", "points"):
        assert (simulated[column] == shared[column]).all()
    prepared = "state_preparation_gates"
    assert (simulated[prepared] <= shared[prepared]).all()
    assert closed.loc[64, "gates"] == 130
