"""The cells of a study: one family at one dimension each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..families import find_family
from ..families.base import Config
from ..samplers.base import ProblemSize


@dataclass(frozen=True)
class Cell:
    """One family at one dimension, with all its targets and replicates.

    Attributes
    ----------
    family : str
        One of `winning_tickets.families.FAMILIES`, or that of a table.
    dimension, modulus, points : int
        D, P and M, the number of training points of each dataset.
    targets : tuple of str
        Names of the targets.
    replicates, draws : int
        Datasets per target, and tickets per dataset and sampler.
    nodes : tuple of int
        Ticket sizes N, ascending; one ticket of the largest serves all as prefixes.
    settings : mapping of str to int, float or str
        What `make_dataset` needs besides.
    """

    family: str
    dimension: int
    modulus: int
    points: int
    targets: tuple[str, ...]
    replicates: int
    draws: int
    nodes: tuple[int, ...]
    settings: Mapping[str, int | float | str]

    @property
    def name(self) -> str:
        """Name of the cell in paths and messages."""
        return f"{self.family}_D{self.dimension}"

    @property
    def size(self) -> ProblemSize:
        """What sampling costs depend on, with every point in the support."""
        return ProblemSize(self.modulus, self.dimension, self.points)


def lay_out(config: Config) -> Iterator[tuple[Cell, str]]:
    """Yield every cell that the configuration asks for, with its family's reason to leave it out.

    The reason is empty where there is none.
    """
    for entry in config["families"]:
        family = find_family(entry)
        for dimension in family.dimensions(config):
            size = family.size(config, dimension)
            cell = Cell(
                family.name,
                dimension,
                size.modulus,
                size.points,
                family.targets(config["targets"]),
                family.replicates(config),
                family.draws(config),
                family.nodes(config, dimension),
                size.settings,
            )
            yield cell, family.refusal(config, size)
