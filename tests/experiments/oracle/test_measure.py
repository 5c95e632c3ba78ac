"""Oracle access: risks of the signal, what is queried, thresholds, the summary."""

import numpy as np
import pandas as pd
import pytest

from winning_tickets.experiments.oracle.figure import oracle_summary
from winning_tickets.experiments.oracle.measure import COLUMNS, Settings, measure

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


@pytest.fixture(scope="module")
def measured():
    return {
        dimension: pd.DataFrame(measure(Settings(dimension=dimension, **ORACLE)), columns=COLUMNS)
        for dimension in (6, 24)
    }


def test_heavy_nodes_learn_the_signal_at_every_dimension_and_uniform_ones_do_not(measured):
    for table in measured.values():
        assert tuple(table.columns) == COLUMNS
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
