"""From the configuration to the jobs of generalization: one a dimension."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import unknown_names
from ...families.base import Config
from ...families.grid import Grid
from ...schema import COUNT, DIMENSIONS, NAMES, SHARE, listing, section
from ..base import Experiment, Figure, LeftOut, problem_settings, too_large
from .measure import COLUMNS, SAMPLERS, Settings
from .theory import LINES


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each dimension; those too large or too small are left out."""
    own = config["generalization"]
    common = {key: value for key, value in own.items() if key != "dimensions"}
    problem = problem_settings(config)
    jobs: dict[str, Settings | LeftOut] = {}
    for dimension in own["dimensions"]:
        settings = Settings(config["seed"], problem, dimension, **common)
        reason = _refusal(config, settings)
        row = {"dimension": dimension, "modulus": problem.modulus, "nodes": settings.nodes}
        jobs[f"{Grid.name}_D{dimension}"] = LeftOut(reason, row) if reason else settings
    return jobs


def _refusal(config: Config, settings: Settings) -> str:
    domain = settings.problem.modulus**settings.dimension
    share = max(settings.shares)
    # A share of a domain too large for a float is large enough, and too large for the memory.
    points = round(share * domain) if domain < 2**53 else domain
    if points < 2 * settings.nodes:
        return (
            f"no share of its {domain} points is 2 x {settings.nodes}, twice the nodes; "
            "generalization.shares, generalization.nodes"
        )
    return too_large(config, domain, settings.dimension + 8) or too_large(
        config, points, 8 * settings.nodes * settings.candidates
    )


def seconds(settings: Settings) -> float:
    """Return about what a dimension takes: a ticket of each kind for each share of the grid."""
    datasets = settings.replicates * len(settings.targets) * len(settings.shares)
    return datasets * (6e-3 + 1.2e-6 * settings.problem.modulus**settings.dimension)


def faults(config: Config) -> Iterator[str]:
    """Find targets without the structure that the prediction needs."""
    names = config["generalization"]["targets"]
    yield from unknown_names("generalization.targets", "a structured target", names, LINES)


EXPERIMENT = Experiment(
    name="generalization",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        dimensions=DIMENSIONS,
        targets=NAMES,
        shares=listing(SHARE, "numbers above 0 and below 1"),
        nodes=COUNT,
        candidates=COUNT,
        replicates=COUNT,
    ),
    reads=("modulus", "activation", "ridge_relative", "budget"),
    faults=faults,
    samplers=SAMPLERS,
    modulus=lambda settings: settings.problem.modulus,
    families=lambda settings: (Grid.name,),
    seconds=seconds,
    figures={
        "generalization": Figure(tables=("generalization",)),
        "generalization_risks": Figure(("generalization",), "risks"),
    },
)
