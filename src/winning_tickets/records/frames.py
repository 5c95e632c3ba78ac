"""Tables between the steps of the study, as CSV files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from .files import UNREADABLE, DamagedFileError, whole_file


def save_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table as CSV, completely or not at all; floats keep every digit."""
    with whole_file(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n")


def load_table(path: str | Path, columns: Sequence[str], **reading: Any) -> pd.DataFrame:
    """Read a CSV table.

    Parameters
    ----------
    path : str or Path
        A file written by `save_table`.
    columns : sequence of str
        The columns it must have, in this order.
    **reading
        Options of ``pandas.read_csv``.

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
        if not Path(path).read_bytes().endswith(b"\n"):
            raise ValueError("the last line is incomplete")
        table = pd.read_csv(path, **reading)
        if list(table.columns) != list(columns):
            raise ValueError("the columns are not the expected ones")
    except UNREADABLE as error:
        raise DamagedFileError(path) from error
    return table
