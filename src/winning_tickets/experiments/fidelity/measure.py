"""Measure how far drawn nodes are from p* after growing numbers of draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...families import make_dataset
from ...problem import Problem
from ...samplers import make_sampler
from ...seeds import seed
from ...wide_network import distances, expected_distances, node_probabilities

COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "points",
    "sampler",
    "replicate",
    "draws",
    "distance",
    "expected",
    "low",
    "high",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of total-variation distances; one row per stream and number of draws."""


@dataclass(frozen=True)
class Settings:
    """What is asked of one small cell.

    Attributes
    ----------
    seed, modulus, activation
        Of the study.
    family, target : str
        Their names.
    dimension : int
        D.
    family_settings : mapping of str to int
        What the family needs besides.
    draws : tuple of int
        Growing numbers of draws along one stream.
    replicates : int
        Streams of each sampler.
    samplers : tuple of str
        The samplers.
    """

    seed: int
    modulus: int
    activation: str | tuple[float, ...]
    family: str
    target: str
    dimension: int
    family_settings: Mapping[str, int]
    draws: tuple[int, ...]
    replicates: int
    samplers: tuple[str, ...]

    @property
    def names(self) -> tuple[str | int, ...]:
        """What the seeds of the cell derive from."""
        return ("fidelity", self.family, self.target, self.dimension)

    def problem(self) -> Problem:
        """Return the learning problem."""
        dataset = make_dataset(
            self.family,
            self.target,
            dimension=self.dimension,
            modulus=self.modulus,
            seed=seed(self.seed, *self.names, "dataset"),
            **self.family_settings,
        )
        return Problem(
            dataset.points, dataset.targets, modulus=self.modulus, activation=self.activation
        )


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield a row for each sampler, replicate and number of draws."""
    problem = settings.problem()
    probabilities = node_probabilities(problem)
    common = {name: getattr(settings, name) for name in ("family", "target", "dimension")}
    common |= {"modulus": problem.modulus, "points": len(problem.points), "status": "ok"}
    band_seed = seed(settings.seed, *settings.names, "band")
    band = expected_distances(probabilities, settings.draws, band_seed)
    for name in settings.samplers:
        for replicate in range(settings.replicates):
            stream = seed(settings.seed, *settings.names, name, replicate)
            sampler = make_sampler(name, problem)
            found = distances(sampler, probabilities, settings.draws, stream)
            for number, distance, exact in zip(settings.draws, found, band, strict=True):
                yield common | {
                    "sampler": name,
                    "replicate": replicate,
                    "draws": number,
                    "distance": distance,
                    "expected": exact.value,
                    "low": exact.low,
                    "high": exact.high,
                    "draw_seed": stream,
                }
