"""Families of data by name, and the targets learnt on them.

A new family is a file beside this one and one line here; a new target one function and one line in
`targets` (docs/architecture.md has a worked example of each).
"""

from ..registry import load_classes
from .base import Dataset, Family, FamilySize
from .making import make_dataset
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

__all__ = ["FAMILIES", "TARGETS", "Dataset", "Family", "FamilySize", "make_dataset"]
