"""Families of data by name, and the targets learnt on them.

A new family is a file beside this one and one line here; a new target one function and one line in
`targets` (docs/architecture.md has a worked example of each).
"""

from collections.abc import Mapping
from typing import Any

from .base import Dataset, Family, FamilySize
from .digits import Digits
from .grid import Grid
from .line import Line
from .making import make_dataset
from .random import Random
from .subspace import Subspace
from .table import PREFIX, Table
from .targets import TARGETS

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Grid(),
        Random(),
        Subspace(),
        Line(),
        Digits(),
    )
}
"""Every family, by its name; the order of figures."""

__all__ = [
    "FAMILIES",
    "TARGETS",
    "Dataset",
    "Family",
    "FamilySize",
    "find_family",
    "make_dataset",
]


def find_family(entry: str | Mapping[str, Any]) -> Family:
    """Return the family that an entry of the configuration asks for.

    Parameters
    ----------
    entry : str or mapping
        One of `FAMILIES`, the mapping that describes a table, or the name of such a family.

    Returns
    -------
    Family
        The family; of a table's name alone one that draws, but does not know its size.

    Raises
    ------
    ValueError
        If the name is not known.

    Examples
    --------
    >>> from winning_tickets.families import find_family
    >>> find_family({"kind": "table", "path": "data/my wine.csv", "target": "quality"}).name
    'table_my-wine'
    """
    if isinstance(entry, Mapping):
        return Table(entry)
    if entry in FAMILIES:
        return FAMILIES[entry]
    if entry.startswith(PREFIX):
        return Table({"path": "", "target": "", "name": entry.removeprefix(PREFIX)})
    raise ValueError(f"family: {entry!r} is not known; known are {', '.join(FAMILIES)}")
