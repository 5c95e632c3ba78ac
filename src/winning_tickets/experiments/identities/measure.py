"""Compare the optimal weights with a direct solution, and every exact sampler with p*."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...problem import Problem
from ...samplers import Sampler, make_sampler
from ...seeds import seed
from ...statistics import chi_square
from ...wide_network import (
    WeightsOf,
    node_counts,
    node_probabilities,
    optimal_weights,
    wide_solution_error,
)

COLUMNS = (
    "check",
    "modulus",
    "dimension",
    "points",
    "activation",
    "ridge",
    "error",
    "sampler",
    "draws",
    "statistic",
    "degrees",
    "p_value",
)
"""Columns of the table of checks: "solution" rows have an error, "distribution" rows a p-value."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Random points of Z_P^D, a third of them repeated, and normal targets.

    Attributes
    ----------
    modulus, dimension, points : int
        P, D and the number of points before some are repeated.
    activation : str or tuple of float
        Name or values of the activation.
    ridges : tuple of float
        Ridge parameters lambda that the direct solution is compared at.
    """

    modulus: int
    dimension: int
    points: int
    activation: str | tuple[float, ...]
    ridges: tuple[float, ...] = ()

    @property
    def described(self) -> Row:
        """The columns that say which case a row is about."""
        names = ("modulus", "dimension", "points", "activation")
        return {name: getattr(self, name) for name in names}

    @property
    def names(self) -> tuple[str, ...]:
        """What the seeds of the case derive from."""
        ridges = [str(list(self.ridges))] if self.ridges else []
        return ("identities", *map(str, self.described.values()), *ridges)

    def problem(self, study_seed: int, ridge: float = 0.0) -> Problem:
        """Return the learning problem."""
        rng = np.random.default_rng(seed(study_seed, *self.names))
        points = rng.integers(self.modulus, size=(self.points, self.dimension))
        targets = rng.normal(size=self.points)
        again = rng.integers(self.points, size=self.points // 3)
        return Problem(
            np.concatenate([points, points[again]]),
            np.concatenate([targets, rng.normal(size=len(again))]),
            modulus=self.modulus,
            activation=self.activation,
            ridge=ridge,
        )


@dataclass(frozen=True)
class Settings:
    """What is asked.

    Attributes
    ----------
    seed : int
        Of the study.
    solutions, distributions : tuple of Case
        Cases of the two checks.
    draws : int
        Nodes that each sampler draws in each case.
    samplers : tuple of str
        The exact samplers.
    """

    seed: int
    solutions: tuple[Case, ...]
    distributions: tuple[Case, ...]
    draws: int
    samplers: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What is checked: how nodes are drawn, and what their weights and probabilities should be.

    Attributes
    ----------
    sampler : callable
        Makes a sampler, called like `winning_tickets.make_sampler`.
    weights, probabilities : callable
        From a problem to the closed form of the weights of all nodes, and to the probabilities
        that every exact sampler should have, in the order of `wide_network.all_nodes`.
    """

    sampler: Callable[..., Sampler] = make_sampler
    weights: WeightsOf = optimal_weights
    probabilities: WeightsOf = node_probabilities


def measure(settings: Settings, checked: Checked | None = None) -> Iterator[Row]:
    """Yield the rows of both checks, of w* and p* where nothing else is given."""
    checked = checked or Checked()
    for case in settings.solutions:
        yield from _solution_rows(case, settings, checked)
    for case in settings.distributions:
        yield from _distribution_rows(case, settings, checked)


def _solution_rows(case: Case, settings: Settings, checked: Checked) -> Iterator[Row]:
    """Yield a row for each ridge parameter: the error of the closed form."""
    for ridge in case.ridges:
        problem = case.problem(settings.seed, ridge)
        error = wide_solution_error(problem, ridge, checked.weights)
        yield case.described | {"check": "solution", "ridge": ridge, "error": error}


def _distribution_rows(case: Case, settings: Settings, checked: Checked) -> Iterator[Row]:
    """Yield a row for each exact sampler: the chi-square test of its nodes."""
    problem = case.problem(settings.seed)
    probabilities = checked.probabilities(problem)
    for name in settings.samplers:
        own_seed = seed(settings.seed, *case.names, name)
        nodes = checked.sampler(name, problem).sample(settings.draws, rng=own_seed)
        fit = chi_square(node_counts(nodes, problem.modulus), probabilities)
        yield case.described | {
            "check": "distribution",
            "sampler": name,
            "draws": settings.draws,
            "statistic": fit.statistic,
            "degrees": fit.degrees,
            "p_value": fit.p_value,
        }
