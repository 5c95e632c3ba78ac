"""Families of data by name, and the targets learnt on them.

A new family is a file beside this one and one line here; a new target one function and one line in
`targets` (docs/architecture.md has a worked example of each).
"""

from .base import Dataset, Family, FamilySize
from .digits import Digits
from .grid import Grid
from .line import Line
from .making import make_dataset
from .random import Random
from .subspace import Subspace
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

__all__ = ["FAMILIES", "TARGETS", "Dataset", "Family", "FamilySize", "make_dataset"]
