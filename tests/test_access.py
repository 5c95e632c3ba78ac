"""The study beyond tables of examples: oracle access measured, circuits counted and drawn."""

import numpy as np
import pytest
import yaml

from scripts.count_circuit import count, list_gates
from scripts.measure_oracle import measure
from winning_tickets.access import ORACLE_COLUMNS, access_faults
from winning_tickets.plotting.beyond import oracle_summary
from winning_tickets.samplers.circuit import CIRCUIT_COLUMNS, GATE_COLUMNS

ORACLE = {
    "seed": 3,
    "modulus": 5,
    "activation": "relu",
    "modes": 2,
    "products": 1,
    "noise": 0.5,
    "threshold_relative": 0.9,
    "failure_probability": 1e-3,
    "nodes": 64,
    "points": 1000,
    "table_most": 5**6,
    "replicates": 2,
}
CIRCUIT = {
    "seed": 3,
    "modulus": 3,
    "activation": "relu",
    "points": 50,
    "dimensions": [1, 2, 4, 6, 64],
    "drawn": 2,
}


@pytest.fixture(scope="module")
def measured():
    return {dimension: measure(ORACLE | {"dimension": dimension}) for dimension in (6, 24)}


def test_heavy_nodes_learn_the_signal_at_every_dimension_and_uniform_ones_do_not(measured):
    for table in measured.values():
        assert tuple(table.columns) == ORACLE_COLUMNS
        risks = table.set_index("sampler")["signal_risk"]
        assert risks["heavy"].max() < 0.2
        assert risks["uniform"].min() > 0.8
        heavy = table[table["sampler"] == "heavy"]
        assert (heavy["coefficients_missed"] == 0).all()
        assert (heavy["relative_risk"] > 0.9 * heavy["noise_share"]).all()


def test_the_whole_table_is_asked_for_only_where_it_fits(measured):
    small, large = (measured[d][measured[d]["sampler"] == "fft"] for d in (6, 24))
    assert (small["status"] == "ok").all()
    assert (small["queries"] == 5**6 + 1000).all()
    assert (large["status"] == "skipped").all()
    assert large["reason"].iloc[0] == "needs h at all 5^24 points; oracle.table_most is 15,625"
    assert large["relative_risk"].isna().all()


def test_thresholds_do_not_depend_on_the_dimension(measured):
    first, second = (
        measured[d].loc[measured[d]["sampler"] == "heavy", "threshold"] for d in (6, 24)
    )
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_the_summary_averages_replicates(measured):
    summary = oracle_summary(measured[24]).set_index("sampler")
    assert set(summary.index) == {"heavy", "uniform"}
    risks = measured[24].set_index("sampler").loc["heavy", "relative_risk"]
    assert summary.loc["heavy", "relative_risk"] == pytest.approx(risks.mean())
    assert summary.loc["heavy", "relative_risk_low"] == risks.min()
    assert summary.loc["heavy", "replicates"] == 2


def test_circuits_are_counted_by_simulation_and_by_closed_form():
    table = count(CIRCUIT)
    assert tuple(table.columns) == CIRCUIT_COLUMNS
    simulated = table[table["method"] == "simulated"].set_index("dimension")
    closed = table[table["method"] == "closed form"].set_index("dimension")
    assert list(simulated.index) == [1, 2, 4, 6]
    assert list(closed.index) == CIRCUIT["dimensions"]
    assert simulated["amplitude_error"].max() < 1e-12
    shared = closed.loc[simulated.index]
    for column in ("gates", "depth", "points"):
        assert (simulated[column] == shared[column]).all()
    prepared = "state_preparation_gates"
    assert (simulated[prepared] <= shared[prepared]).all()
    assert closed.loc[64, "gates"] == 130


def test_the_gates_of_the_drawn_circuit_are_listed_in_layers():
    gates = list_gates(2, CIRCUIT)
    assert tuple(gates.columns) == GATE_COLUMNS
    assert list(gates["symbol"]) == ["h", "h", "g", "F", "F", "/v", "/v", "F^-1"]
    assert list(gates["layer"]) == [1, 2, 1, 3, 3, 4, 5, 6]
    assert list(gates["qudits"]) == ["0", "0 1", "2", "0", "1", "0 2", "1 2", "2"]


def test_the_default_configuration_has_no_fault_and_others_are_named():
    with open("config.yaml") as stream:
        config = yaml.safe_load(stream)
    assert list(access_faults(config)) == []
    oracle = config["oracle"] | {"dimensions": [2, 8]}
    faults = list(access_faults(config | {"oracle": oracle, "modulus": 3}))
    assert [fault.partition(":")[0] for fault in faults] == ["oracle.dimensions"]
    faults = list(access_faults(config | {"modulus": 65521}))
    assert [fault.partition(":")[0] for fault in faults] == ["circuit.drawn"]
