"""What comes in: arrays of plain finite numbers, each refusal with the way out, and seeds."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import winning_tickets as wt
from tests.support import assert_one_line
from winning_tickets.inputs import make_generator, plain_array

POINTS = np.array([[0, 1], [2, 2], [1, 0]])
TARGETS = np.array([1.0, 2.0, 4.0])


class Subclass(np.ndarray):
    """An array that may carry more than its numbers."""


class Quantity(np.ndarray):
    """Named as in astropy and unyt."""

    unit = value = None


class Wrapped:
    """Named as in pint."""

    units = magnitude = None

    def __array__(self, *_, **__):
        return TARGETS


class OnDevice:
    def __array__(self, *_, **__):
        raise TypeError("cannot convert; use .get()\nand more")


RECORDS = np.array([(1, 2.0)] * 3, dtype=[("x", int), ("y", float)])

# What no array of numbers may be, whatever it is for, and words of the way out.
NO_NUMBERS = [
    (np.ma.array(TARGETS, mask=[True, False, False]), "x.filled(value)"),
    (np.ma.array(TARGETS), "x.filled(value)"),
    ([1.0, np.ma.masked, 2.0], "x.filled(value)"),
    ([np.ma.array([1], mask=[True]), [2], [3]], "x.filled(value)"),
    (TARGETS.view(Quantity), "x.value"),
    (Wrapped(), "x.magnitude"),
    ([TARGETS[:1].view(Quantity)] * 3, "x.value"),
    (TARGETS.view(Subclass), "np.asarray(x)"),
    ((TARGETS[:1].view(Subclass),) * 3, "np.asarray(x)"),
    (scipy.sparse.csr_array(POINTS), "x.toarray()"),
    (scipy.sparse.coo_matrix(POINTS), "x.toarray()"),
    (TARGETS + 0j, "x.real"),
    (TARGETS.astype(object), ".to_numpy("),
    (pd.DataFrame(POINTS, dtype=object), ".to_numpy("),
    ([1, None, 2], "fill in or drop what is missing"),
    (TARGETS.astype(str), "x.astype("),
    (TARGETS.astype("S"), "x.astype("),
    (np.array(["1", "2"], dtype=np.dtypes.StringDType()), "x.astype("),
    (TARGETS.astype("M8[D]"), "days since"),
    (pd.date_range("2026-05-13", periods=3), "days since"),
    (TARGETS.astype("m8[s]"), "np.timedelta64"),
    (RECORDS, "one plain array"),
    (RECORDS.view(np.recarray), "one plain array"),
    ({0: 1.0}, "real numbers"),
    (OnDevice(), "use .get()"),
]
NAMES = [f"{type(value).__name__}-{place}" for place, (value, _) in enumerate(NO_NUMBERS)]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(("value", "way_out"), NO_NUMBERS, ids=NAMES)
def test_what_is_no_plain_number_is_refused_with_the_way_out(value, way_out, whole):
    with pytest.raises(TypeError) as error:
        plain_array(value, "name", whole=whole)
    assert_one_line(error, "integers" if whole and way_out == "real numbers" else way_out)
    assert str(error.value).startswith("name: ")


MASKED = np.ma.array(POINTS, mask=POINTS == 0)


@pytest.mark.parametrize(
    ("name", "enter"),
    [
        ("points", lambda net: wt.Problem(MASKED, TARGETS, modulus=3)),
        ("targets", lambda net: wt.Problem(POINTS, MASKED, modulus=3)),
        ("activation", lambda net: wt.make_activation(MASKED[:, 0], 3)),
        ("points", lambda net: net.predict(MASKED)),
        ("a", lambda net: net.problem.node_energy(MASKED, [0, 0, 0])),
        ("b", lambda net: net.problem.optimal_weights(POINTS, MASKED[:, 0])),
        ("a", lambda net: wt.fit_subnetwork(net.problem, wt.Nodes(MASKED, np.zeros(3, int)))),
        ("h", lambda net: wt.OracleProblem(lambda x: MASKED[:, 0], 3, 2).query(POINTS)),
        ("points", lambda net: wt.OracleProblem(lambda x: x[:, 0], 3, 2).query(MASKED)),
    ],
)
def test_every_array_that_enters_is_checked(name, enter):
    problem = wt.Problem(POINTS, TARGETS, modulus=3)
    net = wt.fit_subnetwork(problem, wt.make_sampler("spectral", problem).sample(3, rng=0))
    with pytest.raises(TypeError, match=f"^{name}: masked values"):
        enter(net)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean"])
def test_missing_values_of_pandas_are_no_numbers(dtype, whole):
    missing = pd.Series(pd.array([1, None, 0], dtype=dtype))
    for value in (missing, missing.to_frame()):
        with pytest.raises((TypeError, ValueError)) as error:
            plain_array(value, "name", whole=whole)
        assert_one_line(error, "name: ")


@pytest.mark.parametrize("value", [[1.0, np.nan], [np.inf], np.array(["1e4000"], np.longdouble)])
def test_numbers_are_finite(value):
    with pytest.raises(ValueError, match=r"^name: every value must be a finite number$"):
        plain_array(value, "name")


@pytest.mark.parametrize(
    "value",
    [
        POINTS.tolist(),
        tuple(map(tuple, POINTS)),
        [*POINTS],
        np.matrix(POINTS),
        POINTS.astype(">i2"),
        pd.DataFrame(POINTS),
        pd.DataFrame(POINTS.astype(np.int8)),
    ],
)
def test_integers_may_come_in_many_forms(value):
    problem = wt.Problem(value, TARGETS, modulus=3)
    assert np.array_equal(problem.points, wt.Problem(POINTS, TARGETS, modulus=3).points)


def test_a_file_in_memory_is_plain(tmp_path):
    points = np.memmap(tmp_path / "points", dtype=np.int64, mode="w+", shape=(3, 2))
    points[:] = POINTS
    assert type(plain_array(points, "points", whole=True)) is np.ndarray


@pytest.mark.parametrize(
    "value",
    [TARGETS.tolist(), TARGETS.astype(int), TARGETS.astype(np.float16), pd.Series([1, 2, 4])],
)
def test_reals_may_come_in_many_forms(value):
    found = plain_array(value, "targets")
    assert found.dtype == np.float64
    assert np.array_equal(found, TARGETS)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(POINTS, dtype="Int64"),
        pd.DataFrame({"a": POINTS[:, 0], "b": POINTS[:, 1].astype(np.uint64)}),
        pd.DataFrame({"a": POINTS[:, 0], "b": POINTS[:, 1].astype(object)}),
        pd.DataFrame({"a": pd.array(POINTS[:, 0], dtype="UInt8"), "b": POINTS[:, 1]}),
        pd.DataFrame(POINTS.astype(float)),
    ],
)
def test_a_table_of_whole_numbers_is_told_the_way_and_the_way_works(table):
    with pytest.raises(TypeError) as error:
        wt.Problem(table, TARGETS, modulus=3)
    assert_one_line(error, ".to_numpy(int)")
    assert wt.Problem(table.to_numpy(int), TARGETS, modulus=3).support_size == 3


@pytest.mark.parametrize("value", [POINTS.astype(float), POINTS > 0, [[True, 1], [2, 2]]])
def test_no_floats_and_no_truth_values_for_integers(value):
    with pytest.raises(TypeError, match=r"^name: integers are needed"):
        plain_array(value, "name", whole=True)


def test_rows_have_the_same_length():
    with pytest.raises(ValueError, match=r"^name: every row must have the same length$"):
        plain_array([[1, 2], [3]], "name")


def test_a_source_of_randomness_is_used_on_and_a_seed_repeats():
    source = np.random.default_rng(3)
    assert make_generator(source) is source
    for seed in (3, np.int64(3), np.random.SeedSequence(3)):
        assert make_generator(seed).integers(2**60) == np.random.default_rng(3).integers(2**60)
    assert make_generator(None) is not make_generator(None)
