"""Activations: the named shapes, admissibility, and one line for what cannot be one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winning_tickets as wt
from tests.support import activation_table, assert_one_line

MODULI = (3, 5, 7, 17, 127)


@pytest.mark.parametrize("modulus", MODULI)
@pytest.mark.parametrize("name", wt.ACTIVATIONS)
def test_named_activations_follow_their_formulas(name, modulus):
    np.testing.assert_allclose(
        wt.make_activation(name, modulus), activation_table(name, modulus), atol=1e-15
    )


def test_the_reference_cases(reference):
    case, numbers = reference
    np.testing.assert_allclose(
        wt.make_activation(case.activation, case.modulus), numbers["g"], atol=1e-10
    )


def test_the_named_activations_are_those_of_the_method():
    assert set(wt.ACTIVATIONS) == {"relu", "tanh", "sign", "sine", "gaussian"}


@pytest.mark.parametrize("modulus", [3, 5, 257, 65521])
@pytest.mark.parametrize("name", wt.ACTIVATIONS)
def test_admissible_at_any_modulus(name, modulus):
    table = wt.make_activation(name, modulus)
    assert table.dtype == np.float64
    assert abs(table.sum()) < 1e-10
    assert np.linalg.norm(table) == pytest.approx(1.0, abs=1e-13)


PRIMES = [p for p in range(3, 400) if all(p % q for q in range(2, p))] + [4093, 65521]


def test_the_zeros_of_odd_activations_are_exact_at_every_modulus():
    """The sine's at 0, the others' in the middle; all else is far above rounding."""
    for modulus in PRIMES:
        for name in wt.ACTIVATIONS:
            table = np.abs(wt.make_activation(name, modulus))
            zero = {"sine": [0], "tanh": [modulus // 2], "sign": [modulus // 2]}.get(name, [])
            assert np.flatnonzero(table == 0).tolist() == zero, (name, modulus)
            assert np.delete(table, zero).min() > 1e-9


@pytest.mark.parametrize(
    ("values", "zeros"),
    [([0.1, 0.2, 0.3], [1]), ([0.7, 0.1, 0.4, 0.6, 0.2], [2]), ([1e300, 1e300 / 3, -1e300], [])],
)
def test_values_equal_to_the_mean_are_exactly_zero(values, zeros):
    assert np.flatnonzero(wt.make_activation(values, len(values)) == 0).tolist() == zeros


def test_small_values_of_a_table_are_no_rounding():
    table = wt.make_activation([1.0, 1e-13, -1.0], 3)
    assert table[1] == pytest.approx(1e-13 * 2 / 3 / np.sqrt(2), rel=1e-2)


def test_at_three_residues_tanh_is_sign_and_sine_a_shift_of_it():
    sign = wt.make_activation("sign", 3)
    np.testing.assert_allclose(wt.make_activation("tanh", 3), sign, atol=1e-15)
    np.testing.assert_allclose(np.roll(wt.make_activation("sine", 3), 1), sign, atol=1e-15)


finite = st.floats(-1e300, 1e300)


@given(st.lists(finite, min_size=5, max_size=5), st.floats(1e-100, 1e100), st.floats(-10, 10))
def test_given_values_become_admissible_whatever_their_scale_and_offset(values, scale, offset):
    values = np.array(values) / max(1e-300, np.abs(values).max())
    if np.ptp(values) < 1e-3:
        return
    table = wt.make_activation(values, 5)
    assert abs(table.sum()) < 1e-12
    assert np.linalg.norm(table) == pytest.approx(1.0, abs=1e-12)
    moved = wt.make_activation((values + offset) * scale, 5)
    np.testing.assert_allclose(moved, table, atol=1e-9)
    np.testing.assert_allclose(wt.make_activation(list(table), 5), table, atol=1e-12)


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1e200, 1.7e308])
def test_the_ends_of_float64_are_no_limit(size):
    with np.errstate(all="raise", under="ignore"):
        table = wt.make_activation([size, size, 0.0, 0.0, -size], 5)
    expected = np.array([0.8, 0.8, -0.2, -0.2, -1.2])
    np.testing.assert_allclose(table, expected / np.linalg.norm(expected), rtol=1e-3)


def test_integers_and_lists_are_values_too():
    expected = wt.make_activation(np.array([0.0, 0.0, 1.0, 2.0, 3.0]), 5)
    for values in ([0, 0, 1, 2, 3], np.array([0, 0, 1, 2, 3], dtype=np.uint8)):
        np.testing.assert_array_equal(wt.make_activation(values, 5), expected)


def test_the_given_array_is_left_alone():
    values = np.arange(5.0)
    wt.make_activation(values, 5)
    np.testing.assert_array_equal(values, np.arange(5.0))


@pytest.mark.parametrize(
    ("name", "hint"),
    [("rulu", "did you mean relu?"), ("Sine", "did you mean sine?"), ("xyz", "known are relu")],
)
def test_an_unknown_name_gets_the_nearest_one(name, hint):
    with pytest.raises(ValueError) as error:
        wt.make_activation(name, 5)
    assert_one_line(error, "activation")
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0] * 5, ValueError),
        ([0.0] * 5, ValueError),
        ([1e300] * 5, ValueError),
        (0.1 + np.arange(5) * 1e-17, ValueError),
        ([1, 2, 3, 4], ValueError),
        (np.eye(5), ValueError),
        (3.0, ValueError),
        ([0, 1, 2, 3, np.nan], ValueError),
        ([0, 1, 2, 3, np.inf], ValueError),
        ([0, 1, 2, 3, 1j], TypeError),
        (np.array([0, 1, 2, 3, 1j]), TypeError),
        (["0", "1", "2", "3", "4"], TypeError),
        ([[0, 1], [2]], ValueError),
        (None, TypeError),
    ],
)
def test_what_cannot_be_an_activation_is_refused_in_one_line(values, kind):
    with pytest.raises(kind) as error:
        wt.make_activation(values, 5)
    assert_one_line(error, "activation")
