"""Files between the steps of the study: written whole or not at all, damage named on reading."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged file may raise."""


class DamagedFileError(ValueError):
    """A file that cannot be read; the message, one line, names it and how to make it again."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(
            f"{path}: the file is damaged or incomplete; make it again with: "
            f"snakemake --force {path} (and the --configfile of this run, if it had one)"
        )


def save_arrays(path: str | Path, **arrays: np.ndarray) -> None:
    """Write named arrays to an .npz file, without pickle.

    Parameters
    ----------
    path : str or Path
        The file; it is either written completely or left as it was.
    **arrays : numpy.ndarray
        Arrays of numbers or fixed-length text.
    """
    with whole_file(path) as partial, open(partial, "wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load_arrays(path: str | Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read named arrays from an .npz file.

    Parameters
    ----------
    path : str or Path
        A file written by `save_arrays`.
    names : sequence of str
        The arrays it must hold.

    Returns
    -------
    dict of numpy.ndarray
        The arrays by name.

    Raises
    ------
    DamagedFileError
        If the file is damaged; the message names it and how to make it again.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except UNREADABLE as error:
        raise DamagedFileError(path) from error


def save_json(path: str | Path, values: Mapping[str, Any]) -> None:
    """Write plain values as JSON, completely or not at all."""
    with whole_file(path) as partial:
        partial.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def load_json(path: str | Path) -> Any:
    """Read plain values from JSON.

    Parameters
    ----------
    path : str or Path
        A file written by `save_json`.

    Returns
    -------
    plain values
        What it holds.

    Raises
    ------
    DamagedFileError
        If the file is damaged; the message names it and how to make it again.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except UNREADABLE as error:
        raise DamagedFileError(path) from error


def save_rows(path: str | Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Write rows as CSV, completely or not at all, without the time it takes to load pandas.

    Parameters
    ----------
    path : str or Path
        The file.
    rows : iterable of mapping
        Values by column; what a row does not hold, or holds as None, stays empty.
    columns : sequence of str
        The columns in order.

    Raises
    ------
    ValueError
        If a row has a value for another column.
    """
    with whole_file(path) as partial, open(partial, "w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def load_rows(path: str | Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read the rows of a CSV table as they are written, without loading pandas.

    Parameters
    ----------
    path : str or Path
        The file.
    columns : sequence of str
        The columns it must have, in this order.

    Returns
    -------
    list of dict
        The text of each cell by column.

    Raises
    ------
    DamagedFileError
        If the file is damaged; the message names it and how to make it again.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = list(table)
        if not text.endswith("\n") or table.fieldnames != list(columns):
            raise ValueError("the last line is incomplete or the columns are not the expected ones")
        if any(None in row or None in row.values() for row in rows):
            raise ValueError("a line has more or fewer cells than there are columns")
    except (*UNREADABLE, csv.Error) as error:
        raise DamagedFileError(path) from error
    return rows


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary name in the same folder, renamed to ``path`` at the end."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
