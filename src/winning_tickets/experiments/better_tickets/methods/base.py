"""What a way to make a ticket is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ....problem import Problem
from ....samplers.base import Nodes, Sampler
from ..sources import SOURCES


class Method(ABC):
    """A way to make a ticket of N nodes from a sampler.

    Attributes
    ----------
    name : str
        Its name in tables and in seeds.
    label : str
        Its name in figures.
    samplers : tuple of str
        Samplers whose nodes it is tried on.
    varies : bool
        Whether it chooses among c N candidates, so that c is varied.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    samplers: ClassVar[tuple[str, ...]] = tuple(SOURCES)
    varies: ClassVar[bool] = True

    def fixed_factor(self, factor: int) -> int:
        """Return c where it does not vary; ``factor`` is the c at which N varies."""
        return 1

    @abstractmethod
    def draw(self, sampler: Sampler, nodes: int, factor: int, seed: int) -> Nodes:
        """Return the candidates."""

    @abstractmethod
    def choose(self, problem: Problem, candidates: Nodes, nodes: int) -> Nodes:
        """Return at most N of the candidates."""
