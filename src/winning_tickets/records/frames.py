"""Tables between the steps of the study, as CSV files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .files import UNREADABLE, DamagedFileError, sealed_bytes, sealed_table


def save_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table as CSV, with its checksum beside it; floats keep every digit."""
    with sealed_table(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n")


def load_table(path: str | Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a CSV table.

    Parameters
    ----------
    path : str or Path
        A file written by `save_table`.
    columns : sequence of str, optional
        The columns it must have, in this order; by default any.

    Returns
    -------
    pandas.DataFrame
        The table; cells that are empty in the file are missing values.

    Raises
    ------
    DamagedFileError
        If the file is damaged; the message names it and how to make it again.
    """
    try:
        table = pd.read_csv(io.BytesIO(sealed_bytes(path)))
        if columns is not None and list(table.columns) != list(columns):
            raise ValueError("the columns are not the expected ones")
    except UNREADABLE as error:
        raise DamagedFileError(path) from error
    return table
