"""Columns of tables as coordinates."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from winning_tickets.columns import Columns, fit_columns

TABLES = arrays(float, (12, 3), elements=st.floats(-1e6, 1e6, width=32))


@given(TABLES, st.sampled_from(["quantile", "linear"]), st.sampled_from([3, 7, 61]))
def test_positions_stay_on_half_the_circle_and_keep_the_order(table, mapping, modulus):
    columns = fit_columns(table, modulus, mapping)
    positions = columns.to_positions(table)
    assert positions.min() >= 0
    assert positions.max() <= modulus // 2
    for values, places in zip(table.T, positions.T, strict=True):
        assert (np.diff(places[np.argsort(values, kind="stable")]) >= 0).all()
    residues = columns.to_residues(table)
    assert residues.dtype == np.uint8
    assert np.abs(residues - positions).max() <= 0.5


@given(TABLES, st.sampled_from(["quantile", "linear"]))
def test_whole_weights_are_repeats(table, mapping):
    weights = np.arange(1, 13)
    weighted = fit_columns(table, 61, mapping, sample_weight=weights.astype(float))
    repeated = fit_columns(np.repeat(table, weights, axis=0), 61, mapping)
    assert weighted.to_dict() == repeated.to_dict()


def test_quantiles_spread_skewed_values_evenly_and_ends_are_used():
    column = np.exp(np.linspace(0, 12, 61))[:, None]
    quantile, linear = (fit_columns(column, 61, name) for name in ("quantile", "linear"))
    assert len(np.unique(quantile.to_residues(column))) == 31
    assert len(np.unique(linear.to_residues(column))) < 25
    binary = np.array([[0.0]] * 9 + [[1.0]])
    assert np.unique(fit_columns(binary, 61).to_positions(binary)).tolist() == [0, 30]


def test_a_constant_column_lies_in_one_place():
    table = np.column_stack([np.full(5, 3.0), np.arange(5.0)])
    for mapping in ("quantile", "linear"):
        columns = fit_columns(table, 7, mapping)
        assert columns.to_positions([[3.0, 1.0], [9.0, 1.0]])[:, 0].tolist() == [0, 0]
        assert columns.count_clipped([[3.0, 1.0], [9.0, 1.0]]).tolist() == [1, 0]


def test_columns_survive_json_with_categories():
    frame = pd.DataFrame(
        {"x": [0.0, 1.0, 5.0], "kind": ["b", "a", "b"], "new": [True, False, True]}
    )
    columns = fit_columns(frame, 11, "linear")
    again = Columns.from_dict(json.loads(json.dumps(columns.to_dict())))
    assert again == columns
    np.testing.assert_array_equal(again.to_positions(frame), columns.to_positions(frame))
    assert columns.to_residues(frame).tolist() == [
        [0, 0, 5, 0, 5],
        [1, 5, 0, 5, 0],
        [5, 0, 5, 0, 5],
    ]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"x": [1.0, np.nan]}, "column 'x': a value is missing"),
        ({"x": [1.0, np.inf]}, "column 'x': infinity"),
        ({"kind": ["a", None]}, "column 'kind': a value is missing"),
        ({"x": pd.array([1, None], dtype="Int64")}, "column 'x': a value is missing"),
    ],
    ids=str,
)
def test_what_cannot_be_learnt_from_is_named(frame, said):
    with pytest.raises(ValueError, match=said) as caught:
        fit_columns(pd.DataFrame(frame), 61)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("table", [[["a"], ["b"]], [[1.0], [np.inf]], [[1.0], [np.nan]]], ids=str)
def test_an_array_that_is_not_of_numbers_is_refused(table):
    with pytest.raises(ValueError, match="column '0': "):
        fit_columns(table, 61)


@pytest.mark.parametrize("key", ["mapping", "missing"])
def test_an_unknown_name_is_refused(key):
    with pytest.raises(ValueError, match=f"{key}: 'rank' is not known; known are "):
        fit_columns([[1.0], [2.0]], 61, **{key: "rank"})


def test_residues_are_kept_and_others_refused():
    table = np.array([[0, 6], [3, 2]])
    columns = fit_columns(table, 7, "residues")
    np.testing.assert_array_equal(columns.to_residues(table), table)
    for wrong in (7, -1, 0.5):
        with pytest.raises(ValueError, match="column '1': mapping 'residues' takes"):
            columns.to_residues([[0, wrong]])
