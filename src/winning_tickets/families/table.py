"""A table of your own, CSV or Parquet: its columns as coordinates, one of them the target."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..columns import MAPPINGS, MISSING, Columns, fit_columns
from ..field import check_modulus
from ..schema import COUNT, COUNTS, SHARE, Schema
from .base import Config, Dataset, Family, FamilySize

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "table_"
"""What the names of these families begin with, in paths and in the table of risks."""

READERS = {".csv": "CSV", ".parquet": "Parquet"}
"""Endings of files that can be read."""

DEFAULTS: Mapping[str, Any] = {
    "modulus": 61,
    "mapping": "quantile",
    "missing": "refuse",
    "train": 0.75,
    "nodes": (16, 64, 256),
    "replicates": 5,
    "draws": 2,
}
"""Keys of an entry that may be left out."""


def _choice(known: Sequence[str]) -> Schema:
    names = ", ".join(known)
    return {"type": "string", "enum": list(known), "description": f"one of {names}"}


_TEXT = {"type": "string", "minLength": 1}

ENTRY: Schema = {
    "type": ["string", "object"],
    "description": "a name, or a table such as {kind: table, path: my.csv, target: y}",
    "additionalProperties": False,
    "required": ["kind", "path", "target"],
    "properties": {
        "kind": {"type": "string", "enum": ["table"], "description": "table"},
        "path": _TEXT | {"description": "the path of a .csv or .parquet file"},
        "target": _TEXT | {"description": "the name of a column"},
        "name": {
            "type": "string",
            "pattern": "^[A-Za-z0-9-]+$",
            "description": "a name of letters, digits and -",
        },
        "modulus": COUNT,
        "mapping": _choice(MAPPINGS),
        "missing": _choice(MISSING),
        "train": SHARE,
        "nodes": COUNTS,
        "replicates": COUNT,
        "draws": COUNT,
    },
}
"""JSON schema of an entry of `families`."""


class Table(Family):
    """Rows of a file, split at random into training and test rows.

    Parameters
    ----------
    entry : mapping
        An entry of `families` in the configuration, of the schema `ENTRY`.

    Attributes
    ----------
    path : str
        The file, an input of its rule.
    asked, entry : mapping
        The entry as it stands, and with `DEFAULTS`.
    """

    single = True
    sparse = True

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.asked, self.entry = entry, DEFAULTS | entry
        self.path = entry["path"]
        self.label = entry.get("name") or re.sub(r"[^A-Za-z0-9]+", "-", Path(self.path).stem)
        self.name = PREFIX + self.label
        self.own_targets = {entry["target"]: entry["target"]}

    def size(self, config: Config, dimension: int) -> FamilySize:
        """Return the training rows, and the coordinates that the columns become."""
        entry = self.entry
        settings = {key: entry[key] for key in ("path", "mapping", "missing", "train")}
        rows = len(_read(self.path))
        count = _training_rows(rows, entry["train"])
        return FamilySize(self._columns.dimension, entry["modulus"], count, settings)

    def size_in_question(self, config: Config, own: Config) -> FamilySize:
        """Return the one size it has."""
        return self.size(config, self._columns.dimension)

    def dimensions(self, config: Config) -> Sequence[int]:
        """Return the number of coordinates."""
        return (self._columns.dimension,)

    def nodes(self, config: Config, dimension: int) -> tuple[int, ...]:
        """Return ticket sizes of its own."""
        return tuple(sorted(self.entry["nodes"]))

    def replicates(self, config: Config) -> int:
        """Return the splits, a number of its own."""
        return self.entry["replicates"]

    def draws(self, config: Config) -> int:
        """Return the tickets per split, a number of its own."""
        return self.entry["draws"]

    def faults(self, config: Config) -> Iterator[str]:
        """Find a modulus that is no odd prime, and all that makes a table of no use."""
        try:
            check_modulus(self.entry["modulus"])
            split_table(_read(self.path), self.entry["target"], self.path)
            _ = self._columns
        except (ValueError, OSError, ImportError) as error:
            yield str(error)

    @property
    def _columns(self) -> Columns:
        entry = self.entry
        inputs, _ = split_table(_read(self.path), entry["target"], self.path)
        return _fit(inputs, entry["modulus"], entry["mapping"], entry["missing"], self.path)

    def draw_points(
        self, dimension: int, modulus: int, rng: np.random.Generator, **settings: Any
    ) -> np.ndarray:
        """Return the training points of a random split."""
        target = next(iter(self.own_targets))
        return self.draw(target, dimension=dimension, modulus=modulus, rng=rng, **settings).points

    def draw(
        self,
        target: str,
        *,
        dimension: int,
        modulus: int,
        rng: np.random.Generator,
        path: str,
        mapping: str,
        missing: str,
        train: float,
    ) -> Dataset:
        """Split the rows at random; the mapping of numbers is that of the training rows."""
        (seen, values), (held_back, test_values) = split_rows(path, target, train, rng)
        # Which categories there are belongs to the table, where numbers lie to what was seen.
        inputs, _ = split_table(_read(path), target, path)
        levels = _fit(inputs, modulus, mapping, missing, path).levels
        columns = _fit(seen, modulus, mapping, missing, path)
        columns = dataclasses.replace(columns, levels=levels)
        return Dataset(
            columns.to_residues(seen), values, columns.to_residues(held_back), test_values
        )


def split_rows(
    path: str | Path, target: str, train: float, rng: np.random.Generator
) -> tuple[tuple[pd.DataFrame, np.ndarray], tuple[pd.DataFrame, np.ndarray]]:
    """Split the rows of a table at random.

    Parameters
    ----------
    path : str or Path
        The file.
    target : str
        The column to be learnt.
    train : float
        Share of the training rows; at least one row is on each side.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    tuple of (DataFrame, numpy.ndarray), twice
        Columns and targets of the training rows, then of the test rows. Labels of two kinds are
        -1 and 1; of numbers mean and spread are taken out as the training rows have them.
    """
    inputs, values = split_table(_read(path), target, path)
    order = rng.permutation(len(inputs))
    count = _training_rows(len(inputs), train)
    seen, held_back = order[:count], order[count:]
    if not np.isin(values, (-1.0, 1.0)).all():
        spread = np.std(values[seen])
        values = (values - values[seen].mean()) / (spread if spread > 0 else 1.0)
    return (inputs.iloc[seen], values[seen]), (inputs.iloc[held_back], values[held_back])


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path : str or Path
        A file whose name ends in one of `READERS`.

    Returns
    -------
    DataFrame
        Its columns, named by text.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If it is Parquet and pyarrow is not installed.
    ValueError
        If it is not what its name says, or has fewer than two rows; in one line.
    """
    import pandas as pd

    kind = READERS.get(Path(path).suffix.lower())
    if kind is None:
        raise ValueError(f"{path}: the name must end in {' or '.join(READERS)}")
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        # Errors of the readers are many, and none says more to a reader than what it is not.
        table = pd.read_csv(path) if kind == "CSV" else pd.read_parquet(path)
    except ImportError as error:
        raise ImportError(
            f'{path}: Parquet needs pyarrow; pip install "winning-tickets[parquet]", or give CSV'
        ) from error
    except Exception as error:
        raise ValueError(
            f"{path}: cannot be read as {kind}; is it a table of another kind?"
        ) from error
    table.columns = table.columns.map(str)
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"{path}: two columns are named {twice!r}")
    if len(table) < 2:
        raise ValueError(f"{path}: {len(table)} rows; at least two are needed")
    return table


def split_table(
    table: pd.DataFrame, target: str, path: str | Path
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the columns to learn from, and the target as numbers.

    Parameters
    ----------
    table : DataFrame
        From `read_table`.
    target : str
        The column to be learnt.
    path : str or Path
        What to call the table in an error.

    Returns
    -------
    inputs : DataFrame
        All other columns.
    values : numpy.ndarray of float64, shape (M,)
        Two kinds of labels as -1 and 1, numbers as they are.

    Raises
    ------
    ValueError
        If the column is missing, the only one, constant, has gaps, or holds text of more than two
        kinds; in one line.
    """
    import pandas as pd

    if target not in table.columns:
        names = ", ".join(table.columns[:8]) + (", ..." if table.shape[1] > 8 else "")
        raise ValueError(f"{path}: no column {target!r}; there are {names}")
    inputs, column = table.drop(columns=target), table[target]
    if inputs.shape[1] == 0:
        raise ValueError(f"{path}: no column beside {target!r} to learn from")
    if column.isna().any():
        raise ValueError(f"{path}: column {target!r}, the target, has gaps; drop these rows")
    kinds = column.unique()
    if len(kinds) == 1:
        raise ValueError(f"{path}: column {target!r} is constant; there is nothing to learn")
    if len(kinds) == 2:
        return inputs, np.where(column == sorted(kinds)[0], -1.0, 1.0)
    if not pd.api.types.is_numeric_dtype(column):
        raise ValueError(
            f"{path}: column {target!r} holds text of {len(kinds)} kinds; a target is numbers, or "
            "labels of two kinds"
        )
    values = column.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"{path}: column {target!r} holds infinity")
    return inputs, values


def _read(path: str | Path) -> pd.DataFrame:
    """Return a table, read once for as long as the file stays the same."""
    file = Path(path)
    return _read_at(str(path), file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=8)
def _read_at(path: str, changed: int) -> pd.DataFrame:
    return read_table(path)


def _fit(
    inputs: pd.DataFrame, modulus: int, mapping: str, missing: str, path: str | Path
) -> Columns:
    """Fit the mapping, naming the file where that is refused."""
    _refuse_odd_text(inputs, path)
    try:
        return fit_columns(inputs, modulus, mapping, missing=missing)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _refuse_odd_text(inputs: pd.DataFrame, path: str | Path) -> None:
    """Refuse text that is no category: a slip among numbers, or a name for every row."""
    import pandas as pd

    for name in inputs.columns:
        column = inputs[name].dropna()
        if pd.api.types.is_numeric_dtype(column) or column.empty:
            continue
        text = column.astype(str)
        numbers = pd.to_numeric(text, errors="coerce").notna()
        if 0.5 < numbers.mean() < 1:
            slip = text[~numbers].iloc[0]
            raise ValueError(f"{path}: column {name!r} holds numbers, but also {slip!r}")
        if text.nunique() > max(2, len(text) // 2):
            raise ValueError(
                f"{path}: column {name!r} holds {text.nunique()} texts in {len(text)} rows, which "
                "tell rows apart but are no categories; drop it"
            )


def _training_rows(rows: int, train: float) -> int:
    return min(rows - 1, max(1, round(rows * train)))
