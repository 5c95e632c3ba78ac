"""From the configuration to the one job of the identities."""

from __future__ import annotations

from collections.abc import Iterator

from ...activations import ACTIVATIONS
from ...config import unknown_name
from ...families.base import Config
from ...field import check_modulus
from ...samplers import CLAIMED_SAMPLERS, SAMPLERS
from ...schema import COUNT, DIMENSION, NOT_NEGATIVE, listing, section
from ..base import Experiment
from .measure import COLUMNS, Case, Settings

EXACT = tuple(name for name in CLAIMED_SAMPLERS if SAMPLERS[name].exact)
"""Every sampler of the claims that draws from p*."""

_CASE = {
    "modulus": COUNT,
    "dimension": DIMENSION,
    "points": COUNT,
    "activation": {"type": "string", "description": "the name of an activation"},
}
_RIDGES = listing(NOT_NEGATIVE, "finite numbers of at least 0")


def jobs(config: Config) -> dict[str, Settings]:
    """Return one job for all cases."""
    own = config["identities"]
    solutions, distributions = (
        tuple(Case(**case) for case in own[part]) for part in ("solutions", "distributions")
    )
    return {"checks": Settings(config["seed"], solutions, distributions, own["draws"], EXACT)}


def faults(config: Config) -> Iterator[str]:
    """Find moduli that are no odd primes, and unknown activations."""
    for part in ("solutions", "distributions"):
        for place, case in enumerate(config["identities"][part]):
            key = f"identities.{part}[{place}]"
            try:
                check_modulus(case["modulus"])
            except ValueError as error:
                yield f"{key}.modulus: {str(error).partition(': ')[2]}"
            if case["activation"] not in ACTIVATIONS:
                wrong = unknown_name("an activation", case["activation"], ACTIVATIONS)
                yield f"{key}.activation: {wrong}"


EXPERIMENT = Experiment(
    name="identities",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        solutions=listing(section(**_CASE, ridges=_RIDGES), "cases"),
        distributions=listing(section(**_CASE), "cases"),
        draws=COUNT,
    ),
    faults=faults,
    samplers=EXACT,
    modulus=lambda settings: None,
)
