"""Files of the pipeline: whole or not there, and damage named."""

import numpy as np
import pandas as pd
import pytest

from winning_tickets.records import files, frames

COLUMNS = ["name", "seed", "value"]


@pytest.fixture
def arrays(tmp_path):
    path = tmp_path / "cell.npz"
    files.save_arrays(path, points=np.arange(6000).reshape(-1, 2), reason=np.array(["", "why"]))
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "cell.csv"
    rows = [("a", 2**53 - 1, 0.1 + 0.2), ("b", 0, 1e-300), ("c", 5, np.nan)]
    frames.save_table(path, pd.DataFrame(rows, columns=COLUMNS))
    return path


def test_arrays_come_back(arrays):
    found = files.load_arrays(arrays, ["points", "reason"])
    assert np.array_equal(found["points"], np.arange(6000).reshape(-1, 2))
    assert found["reason"].tolist() == ["", "why"]


def test_tables_come_back_to_the_last_digit(table):
    found = frames.load_table(table, COLUMNS)
    assert found["seed"].tolist() == [2**53 - 1, 0, 5]
    assert found["value"].tolist()[:2] == [0.1 + 0.2, 1e-300]


DAMAGE = {
    "cut short": lambda data: data[: len(data) // 2],
    "last byte lost": lambda data: data[:-1],
    "empty": lambda data: b"",
    "something else": lambda data: b"not what it should be\n",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("kind", ["arrays", "table"])
def test_damage_is_named_with_the_remedy(kind, damage, request):
    path = request.getfixturevalue(kind)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(ValueError, match="damaged") as caught:
        if kind == "arrays":
            files.load_arrays(path, ["points", "reason"])
        else:
            frames.load_table(path, COLUMNS)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert f"snakemake --force {path}" in message
    assert "\n" not in message


def test_changed_bytes_are_noticed(arrays):
    data = bytearray(arrays.read_bytes())
    data[len(data) // 2] ^= 0xFF
    arrays.write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        files.load_arrays(arrays, ["points"])


def test_missing_arrays_and_pickles_are_refused(arrays, tmp_path):
    with pytest.raises(ValueError, match="damaged"):
        files.load_arrays(arrays, ["weights"])
    path = tmp_path / "pickle.npz"
    np.savez(path, points=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="damaged"):
        files.load_arrays(path, ["points"])


def test_a_failing_write_leaves_the_old_file_and_no_rest(arrays, monkeypatch):
    before = arrays.read_bytes()

    def fail(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="no space"):
        files.save_arrays(arrays, points=np.zeros(3))
    assert arrays.read_bytes() == before
    assert [path.name for path in arrays.parent.iterdir()] == [arrays.name]


def test_rows_keep_every_digit_and_empty_what_is_missing(tmp_path):
    path = tmp_path / "rows.csv"
    rows = [{"a": 1, "b": 0.1 + 0.2}, {"a": None}, {"b": np.float64(1) / 3}]
    files.save_rows(path, rows, ("a", "b"))
    assert path.read_text() == "a,b\n1,0.30000000000000004\n,\n,0.3333333333333333\n"
    with pytest.raises(ValueError, match="fields not in fieldnames"):
        files.save_rows(path, [{"c": 1}], ("a", "b"))
    assert path.read_text().startswith("a,b\n1,")
    assert [file.name for file in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2", "a,c\n1,2\n", "a,b\n1\n", "a,b\n1,2,3\n", 'a,b\n"1,2\n', "", "\xff"]
)
def test_rows_come_back_as_written_and_damage_is_named(tmp_path, text):
    path = tmp_path / "rows.csv"
    rows = [{"a": "0.10", "b": 'one, "two"'}, {"a": "", "b": "\u2028"}]
    files.save_rows(path, rows, ("a", "b"))
    assert files.load_rows(path, ("a", "b")) == rows
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=r"rows\.csv: the file is damaged.*--force"):
        files.load_rows(path, ("a", "b"))
