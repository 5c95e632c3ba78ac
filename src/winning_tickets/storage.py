"""Files between the steps of the study: written whole or not at all, damage named on reading."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def save_arrays(path: str | Path, **arrays: np.ndarray) -> None:
    """Write named arrays to an .npz file, without pickle.

    Parameters
    ----------
    path : str or Path
        The file; it is either written completely or left as it was.
    **arrays : numpy.ndarray
        Arrays of numbers or fixed-length text.
    """
    with _whole(path) as partial, open(partial, "wb") as stream:
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
    ValueError
        If the file is damaged; the message names it and how to make it again.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except _UNREADABLE as error:
        raise ValueError(_damaged(path)) from error


def save_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table as CSV, completely or not at all; floats keep every digit."""
    with _whole(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n")


def load_table(path: str | Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read a CSV table.

    Parameters
    ----------
    path : str or Path
        A file written by `save_table`.
    columns : sequence of str
        The columns it must have, in this order.

    Returns
    -------
    pandas.DataFrame
        The table; cells that are empty in the file are missing values.

    Raises
    ------
    ValueError
        If the file is damaged; the message names it and how to make it again.
    """
    try:
        if not Path(path).read_bytes().endswith(b"\n"):
            raise ValueError("the last line is incomplete")
        table = pd.read_csv(path)
        if list(table.columns) != list(columns):
            raise ValueError("the columns are not the expected ones")
    except _UNREADABLE as error:
        raise ValueError(_damaged(path)) from error
    return table


@contextmanager
def _whole(path: str | Path) -> Iterator[Path]:
    """Give a temporary name in the same folder, renamed to ``path`` at the end."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _damaged(path: str | Path) -> str:
    return (
        f"{path}: the file is damaged or incomplete; make it again with: "
        f"snakemake --force {path} (and the --configfile of this run, if it had one)"
    )
