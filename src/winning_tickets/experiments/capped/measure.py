"""Draw tickets with `capped` at several caps and with exact samplers; count what each takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import process_time
from typing import Any

from threadpoolctl import threadpool_limits

from ...families import make_dataset
from ...problem import Problem
from ...quantities import quantity
from ...samplers import Sampler, make_sampler
from ...samplers.capped import PROBES
from ...samplers.enumeration import enumerate_energies
from ...seeds import seed
from ...subnetwork import fit_subnetwork
from ...tickets import ProblemSettings
from .theory import CappedLaw, certain_cap

COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "activation",
    "points",
    "support",
    "way",
    "cap",
    "nodes",
    "replicate",
    "total_variation",
    "expected_proposals",
    "proposals",
    "acceptance_rate",
    "operations",
    "seconds",
    "relative_risk",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of caps; one row per dataset and way to draw, one per size left out.

``total_variation`` is exact; with ``expected_proposals`` it is known also where drawing was left
out, and neither where all nodes are too many. ``proposals``, ``operations`` and processor
``seconds`` are those of one node, preparing the sampler apart.
"""

SAMPLERS = ("uniform", "capped", "rejection", "spectral")
"""Samplers that are compared."""

GIVEN, ENOUGH, CERTAIN = "capped", "capped_enough", "capped_certain"
"""Ways of `capped`: at the caps asked for, at the smallest that does, at one that always does."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What is asked of one size of a family.

    Attributes
    ----------
    seed : int
        Of the study.
    problem : ProblemSettings
        The learning problem.
    family : str
        Name of the family.
    dimension : int
        D.
    targets : tuple of str
        Names of the targets.
    family_settings : mapping of str to int
        What the family needs besides.
    caps : tuple of float
        B.
    tolerance : float
        The total variation at which a cap is enough.
    nodes : int
        Ticket size N.
    enumerable : bool
        Whether all P^(D+1) nodes are written out.
    evaluations_most : int
        Expected weight evaluations beyond which a ticket is not drawn.
    replicates : int
        Datasets per target.
    """

    seed: int
    problem: ProblemSettings
    family: str
    dimension: int
    targets: tuple[str, ...]
    family_settings: Mapping[str, int]
    caps: tuple[float, ...]
    tolerance: float
    nodes: int
    enumerable: bool
    evaluations_most: int
    replicates: int


@dataclass(frozen=True)
class Way:
    """A sampler, and what is known of it before it draws.

    Attributes
    ----------
    name : str
        Its name in the table.
    sampler : Sampler
        The sampler.
    cap : float or None
        B.
    total_variation : float or None
        From p*; None where it is not known.
    expected_proposals : float or None
        Proposals a node, from the law where that is known, else as the sampler estimates them;
        None if it found no node with any chance.
    """

    name: str
    sampler: Sampler
    cap: float | None
    total_variation: float | None
    expected_proposals: float | None


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one size: every target, replicate and way; on one thread."""
    with threadpool_limits(limits=1):
        for target in settings.targets:
            for replicate in range(settings.replicates):
                yield from _measure_dataset(settings, target, replicate)


def _measure_dataset(settings: Settings, target: str, replicate: int) -> Iterator[Row]:
    size = tuple(settings.family_settings.values())
    names = ("capped", settings.family, settings.dimension, *size, target, replicate)
    dataset_seed = seed(settings.seed, *names, "dataset")
    data = make_dataset(
        settings.family,
        target,
        dimension=settings.dimension,
        modulus=settings.problem.modulus,
        seed=dataset_seed,
        **settings.family_settings,
    )
    problem = settings.problem.pose(data.points, data.targets)
    common = {
        "family": settings.family,
        "target": target,
        "dimension": settings.dimension,
        "modulus": problem.modulus,
        "activation": settings.problem.activation_name,
        "points": len(problem.points),
        "support": problem.support_size,
        "nodes": settings.nodes,
        "replicate": replicate,
        "dataset_seed": dataset_seed,
    }
    for way in _ways(settings, problem):
        own_name = (way.name, f"{way.cap:g}") if way.name == GIVEN else (way.name,)
        draw_seed = seed(settings.seed, *names, *own_name)
        known = {
            "way": way.name,
            "cap": way.cap,
            "total_variation": way.total_variation,
            "expected_proposals": way.expected_proposals,
        }
        try:
            _check_work(settings, way)
            drawn = _drawn(way.sampler, settings.nodes, draw_seed)
        except ValueError as error:
            yield common | known | {"status": "skipped", "reason": str(error)}
            continue
        yield common | known | drawn | {"draw_seed": draw_seed, "status": "ok"}


def _check_work(settings: Settings, way: Way) -> None:
    """Raise ValueError if a ticket is expected to take too long."""
    if way.expected_proposals is None:
        raise ValueError(f"none of {PROBES:,} uniform nodes is accepted with any probability")
    if way.name in ("uniform", "spectral"):
        return
    needed = settings.nodes * way.expected_proposals * way.sampler.problem.support_size
    if needed > settings.evaluations_most:
        raise ValueError(
            f"a ticket needs {quantity(round(needed))} weight evaluations; "
            f"capped.evaluations_most is {quantity(settings.evaluations_most)}"
        )


def _ways(settings: Settings, problem: Problem) -> Iterator[Way]:
    """Yield every way to draw, the law of `capped` worked out where all nodes can be."""
    law = CappedLaw(enumerate_energies(problem)) if settings.enumerable else None
    apart = law.uniform_distance() if law else None
    yield Way("uniform", make_sampler("uniform", problem), None, apart, 1.0)
    caps = [(GIVEN, cap) for cap in settings.caps]
    if law:
        caps.append((ENOUGH, law.enough(settings.tolerance)))
    for name, cap in caps:
        sampler = make_sampler("capped", problem, cap=cap)
        estimate = 1 / sampler.rate if sampler.rate else None
        distance, expected = (law.distance(cap), law.proposals(cap)) if law else (None, estimate)
        yield Way(name, sampler, cap, distance, expected)
    cap = certain_cap(problem)
    yield Way(CERTAIN, make_sampler("capped", problem, cap=cap), cap, 0.0, cap)
    yield Way("rejection", make_sampler("rejection", problem), None, 0.0, problem.support_size)
    yield Way("spectral", make_sampler("spectral", problem), None, 0.0, 1.0)


def _drawn(sampler: Sampler, nodes: int, draw_seed: int) -> Row:
    """Draw one ticket, and return what it took and its risk."""
    # What is compiled or first touched by the first draw is not of this ticket.
    sampler.sample(1, rng=0)
    before, started = dataclasses.replace(sampler.report), process_time()
    ticket = sampler.sample(nodes, rng=draw_seed)
    seconds, after = process_time() - started, sampler.report
    made = after.proposals_made - before.proposals_made
    operations = (
        after.weight_evaluations
        + after.walk_operations
        - before.weight_evaluations
        - before.walk_operations
    )
    accepted = nodes + after.surplus_nodes - before.surplus_nodes
    return {
        "proposals": (after.proposals - before.proposals) / nodes,
        "acceptance_rate": accepted / made,
        "operations": operations / nodes,
        "seconds": seconds / nodes,
        "relative_risk": fit_subnetwork(sampler.problem, ticket).relative_risk,
    }
