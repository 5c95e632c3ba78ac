"""Families of data by name, and the targets learnt on them.

A new family is a file beside this one and one line here; a new target one function and one line in
`targets` (docs/architecture.md has a worked example of each).
"""

from collections.abc import Mapping
from typing import Any

from ..registry import load_classes
from .base import Dataset, Family, FamilySize
from .making import make_dataset
from .table import PREFIX, Table
from .targets import TARGETS

FILES = (
    "grid",
    "random",
    "subspace",
    "line",
    "digits",
)
"""Files of the families, which are also their names; the order of figures."""

FAMILIES: dict[str, Family] = {
    name: family() for name, family in load_classes(__name__, FILES, Family).items()
}
"""Every family, by its name."""

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
