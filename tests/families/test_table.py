"""Tables of one's own as a family of the study."""

import numpy as np
import pandas as pd
import pytest

from tests.study.test_plan import lay_out
from winning_tickets.families import find_family, make_dataset
from winning_tickets.families.table import read_table
from winning_tickets.study import ConfigError


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "x": rng.normal(size=40),
            "colour": rng.choice(["red", "blue"], 40),
            "y": rng.normal(5.0, 2.0, size=40),
            "label": rng.choice(["no", "yes"], 40),
        }
    )


def entry(path, target="y", **more):
    return {"kind": "table", "path": str(path), "target": target} | more


def draw(family, target="y", seed=1):
    size = family.size({}, 0)
    return make_dataset(
        family.name,
        target,
        dimension=size.dimension,
        modulus=size.modulus,
        seed=seed,
        **size.settings,
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_is_split_and_mapped_by_its_training_rows(tmp_path, frame, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"my table.{kind}"
    frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path)
    family = find_family(entry(path, train=0.5))
    assert (family.name, family.size({}, 0).dimension) == ("table_my-table", 1 + 2 + 2)
    data = draw(family)
    assert data.points.shape == (20, 5)
    assert data.test_points.shape == (20, 5)
    assert data.points.max() == 30
    assert abs(data.targets.mean()) < 1e-12
    assert data.targets.std() == pytest.approx(1)
    # The test rows are put on the scale of the training rows, whatever their own is.
    values = np.sort(np.concatenate([data.targets, data.test_targets]))
    expected = np.sort(frame["y"])
    np.testing.assert_allclose(
        np.diff(values) * np.ptp(expected) / np.ptp(values), np.diff(expected), atol=1e-9
    )
    again, other = draw(family), draw(family, seed=2)
    np.testing.assert_array_equal(again.points, data.points)
    assert not np.array_equal(other.targets, data.targets)


def test_labels_of_two_kinds_become_signs(tmp_path, frame):
    path = tmp_path / "my.csv"
    frame.to_csv(path, index=False)
    data = draw(find_family(entry(path, "label")), "label")
    assert set(data.targets) == {-1.0, 1.0}
    count = (data.targets > 0).sum() + (data.test_targets > 0).sum()
    assert count == (frame["label"] == "yes").sum()


def written(folder, content):
    """Write a bad table and return its path."""
    path = folder / "bad.csv"
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content)
    return path


NUMBERED = "\n".join(f"name{row},{row}" for row in range(8))
BAD = {
    "x,z\n1,2\n3,4\n": "no column 'y'; there are x, z",
    "x,y\n1,2\nn/k,4\n5,1\n2,2\n": "column 'x' holds numbers, but also 'n/k'",
    "x,y\n1,2\n3,2\n": "column 'y' is constant",
    "x,y\n1,2\n": "1 rows; at least two",
    "y\n1\n2\n3\n": "no column beside 'y'",
    "x,y\n1,2\n3,\n4,1\n": "column 'y', the target, has gaps",
    "x,y\n1,2\n,3\n4,1\n": "column 'x': a value is missing",
    "x,y\n1,a\n2,b\n4,c\n": "column 'y' holds text of 3 kinds",
    "x,y\n1,2\n2,inf\n3,4\n": "column 'y' holds infinity",
    f"x,y\n{NUMBERED}\n": "column 'x' holds 8 texts in 8 rows",
    "": "cannot be read as CSV",
    b"\x89PNG\r\n\x1a\n\x00\xff\xfe\x00": "cannot be read as CSV",
}


@pytest.mark.parametrize(("content", "said"), BAD.items(), ids=BAD.values())
def test_a_bad_table_is_one_line_that_names_the_file(tmp_path, content, said):
    path = written(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        lay_out({"families": ["grid", entry(path)]})
    assert caught.value.faults == (caught.value.faults[0],)
    assert caught.value.faults[0].startswith(f"families[1]: {path}: {said}")
    assert "\n" not in caught.value.faults[0]


def test_what_cannot_be_read_says_what_would_be_right(tmp_path, frame, monkeypatch):
    with pytest.raises(ValueError, match=r"must end in \.csv or \.parquet"):
        read_table(tmp_path / "my.xlsx")
    path = tmp_path / "my.parquet"
    path.write_text("x,y\n1,2\n3,4\n")
    with pytest.raises((ValueError, ImportError), match=r"my\.parquet: "):
        read_table(path)

    def without_pyarrow(path):
        raise ImportError("Unable to find a usable engine")

    monkeypatch.setattr(pd, "read_parquet", without_pyarrow)
    with pytest.raises(ImportError, match=r"needs pyarrow; pip install"):
        read_table(path)


def test_tables_are_cells_of_their_own_names(tmp_path, frame):
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    for path in (first, second):
        frame.drop(columns="label").to_csv(path, index=False)
    study = lay_out({"families": ["random", entry(first, nodes=[8]), entry(second, modulus=31)]})
    own = [name for name in study.cells if name.startswith("table")]
    assert own == ["table_one_D3", "table_two_D3"]
    assert study.cells["table_one_D3"].nodes == (8,)
    assert study.cells["table_two_D3"].modulus == 31
    assert study.cells["table_two_D3"].settings["path"] == str(second)
    with pytest.raises(ConfigError, match=r"families\[1\]\.name: two tables are named 'one'"):
        lay_out({"families": [entry(first), entry(first, modulus=31)]})


def test_an_edited_table_is_read_anew(tmp_path, frame):
    path = tmp_path / "my.csv"
    frame.to_csv(path, index=False)
    family = find_family(entry(path))
    before = family.size({}, 0).points
    frame.head(20).to_csv(path, index=False)
    assert family.size({}, 0).points < before
