"""From the configuration to the jobs: one a study seed, activation, modulus or reading."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from ...activations import ACTIVATIONS, make_activation
from ...config import unknown_names
from ...families import FAMILIES
from ...families.base import Config
from ...families.grid import Grid
from ...families.random import Random
from ...families.subspace import Subspace
from ...field import check_modulus
from ...kernel import frequency_shares
from ...samplers import CLAIMED_SAMPLERS, SAMPLERS
from ...schema import COUNT, COUNTS, DIMENSIONS, NAMES, POSITIVE, SHARE, integer, listing, section
from ...study.cells import lay_out
from ...study.plan import Study
from ..base import Experiment, Figure, LeftOut, activation_refusal, labels
from ..circuit.measure import Settings as CircuitSettings
from ..identities.measure import Case
from ..identities.measure import Settings as IdentitySettings
from ..timings.measure import FEWEST_PASSES, Contender
from ..timings.measure import Cell as TimingCell
from ..timings.measure import Settings as TimingSettings
from .readings import Reading, single_harmonic
from .scenarios import COLUMNS, DEFAULT, Cell, Settings

CLAIMS = "workflow/claims.yaml"
"""The declared claims and their tests."""

STUDIED = (Grid.name, Random.name, Subspace.name)
"""Families that risks are measured on."""

CONVENTIONAL = tuple(name for name, one in SAMPLERS.items() if one.role == "conventional")
FAST = ("rejection", "spectral")
EXACT = tuple(name for name in CLAIMED_SAMPLERS if SAMPLERS[name].exact)

# Limits of the study's budget that are set anew.
_BUDGET = ("table_evaluations", "cell_evaluations")
_AT_ALL_SIZES = ("uniform", "spectral")

# Most nodes of the wide network whose ridge problem is solved directly.
_LARGEST_SOLVED = 1500
_CIRCUIT_DIMENSIONS = (1, 2, 3, 4)
# One point for so many dimensions, where the number of points grows with D.
_DIMENSIONS_PER_POINT = 4


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each scenario; readings that a study cannot have are left out."""
    own = config["sensitivity"]
    found = {DEFAULT: _settings(config, DEFAULT, "seed", Reading())}
    for seed in own["seeds"]:
        found[f"seed_{seed}"] = _settings(config, f"seed {seed}", "seed", Reading(), seed=seed)
    for name in own["activations"]:
        changed = {"activation": name}
        found[f"activation_{name}"] = _settings(config, name, "activation", Reading(), **changed)
    for modulus in own["moduli"]:
        name, changed = f"P = {modulus}", {"modulus": modulus}
        found[f"modulus_{modulus}"] = _settings(config, name, "modulus", Reading(), **changed)
    found["absolute"] = _settings(config, "|w*|", "reading", Reading(absolute=True))
    for number in own["soft_thresholds"]:
        reading = Reading(soft_threshold=float(number))
        found[f"soft_{number:g}"] = _settings(config, f"soft {number:g}", "reading", reading)
    for v in own["harmonics"]:
        reading = Reading(harmonic=v)
        found[f"harmonic_{v}"] = _settings(config, f"r at v = {v}", "reading", reading)
    return found


def _settings(
    config: Config, scenario: str, group: str, reading: Reading, **changes: Any
) -> Settings | LeftOut:
    """Return the settings of one scenario: the study with some of its keys changed."""
    study = {**config, "samplers": [*CLAIMED_SAMPLERS[:1], *CONVENTIONAL, *FAST]}
    study |= {"soft_threshold": None} | changes
    own = config["sensitivity"]
    study |= {name: own[name] for name in ("replicates", "draws")}
    study["budget"] = config["budget"] | {name: own[name] for name in _BUDGET}
    modulus = study["modulus"]
    known = {"scenario": scenario, "group": group, "seed": study["seed"], "modulus": modulus}
    refusal = activation_refusal(study, modulus) or _harmonic_refusal(study, reading)
    if refusal:
        return LeftOut(refusal, known)
    activation = study["activation"]
    activation = activation if isinstance(activation, str) else tuple(activation)
    counted = _counted(study, activation)
    return Settings(
        **known,
        activation=activation,
        reading=reading,
        cells=tuple(_cells(study, config["modulus"])),
        counted=counted,
        checks=_checks(study, activation),
        circuit=_circuit(study, activation, reading),
        judged=_judged(study, counted),
        path=CLAIMS,
    )


def _harmonic_refusal(study: Config, reading: Reading) -> str:
    """Say why a ridgelet function of one frequency is none, or nothing."""
    if reading.harmonic is None:
        return ""
    shares = frequency_shares(make_activation(study["activation"], study["modulus"]))
    if reading.harmonic <= len(shares) and shares[reading.harmonic - 1] > 1e-12:
        return ""
    return f"the activation has no part at the frequency {reading.harmonic}"


def least_dimension(modulus: int, points: int) -> int:
    """Return the smallest D with P^D of at least so many points."""
    dimension = 1
    while modulus**dimension < points:
        dimension += 1
    return dimension


def _cells(study: Config, usual: int) -> Iterator[Cell]:
    """Yield the cells: a grid, random points and subspaces.

    Domains are as large as those of the declared dimensions at the ``usual`` modulus.
    """
    own, modulus = study["sensitivity"], study["modulus"]
    small = least_dimension(modulus, own["points_least"])
    same = math.log(usual) / math.log(modulus)
    larger = sorted({max(small, round(dimension * same)) for dimension in own["dimensions"]})
    sizes = {"grid": {"points_most": modulus**small}, "subspace": {"rank": small}}
    for family in STUDIED:
        dimensions = [small] if family == Grid.name else larger
        for dimension in dimensions:
            points = FAMILIES[family].size({**study, **sizes}, dimension).points
            nodes = [max(1, round(share * points)) for share in own["nodes_over_points"]]
            laid = {"dimensions": [dimension], "families": [family]}
            laid |= {"sweep": {"dimensions": [dimension], "nodes": nodes}}
            yield from _cell({**study, **sizes, **laid})


def _cell(study: Config) -> Iterator[Cell]:
    """Yield the cell of one family at one dimension, if the family has one there."""
    whole = Study(study, {}, ())
    for cell, unfit in lay_out(study):
        if unfit:
            continue
        # Only what S6 compares is drawn at its sizes; S5 is judged at the study's N alone.
        single = dataclasses.replace(cell, nodes=(study["nodes"],))
        risks = whole.risk_settings(cell)
        pairs = zip(risks.tickets, whole.risk_settings(single).tickets, strict=True)
        sizes = [every if every.sampler in _AT_ALL_SIZES else one for every, one in pairs]
        own = {name: cell if name in _AT_ALL_SIZES else single for name in study["samplers"]}
        drawn = [one.sampler for one in sizes if one.nodes]
        yield Cell(
            whole.dataset_settings(cell),
            tuple(whole.ticket_settings(own[name], name) for name in drawn),
            dataclasses.replace(risks, tickets=tuple(sizes)),
        )


def _counted(study: Config, activation: Any) -> TimingSettings:
    """Return the grids on which operations are counted, all with the points of the study."""
    modulus, points = study["modulus"], study["timing"]["dimension"]["points"]
    first = least_dimension(modulus, 2 * points)
    sizes = [("dimension", first + more, points, CONVENTIONAL) for more in range(3)]
    for dimension in study["sensitivity"]["counted"]:
        few = -(-dimension // _DIMENSIONS_PER_POINT)
        for grid, count in (("", points), ("proportional", few)):
            sizes.append((grid or "dimension", dimension, count, FAST))
            sizes.append(("_".join(filter(None, ("structured", grid))), dimension, count, FAST))
    cells = [
        TimingCell(
            grid,
            modulus,
            dimension,
            count,
            least_dimension(modulus, 2 * count) if grid.startswith("structured") else 0,
            tuple(map(Contender, samplers)),
        )
        for grid, dimension, count, samplers in sizes
    ]
    return TimingSettings(
        study["seed"],
        activation,
        study["timing"]["nodes"],
        FEWEST_PASSES,
        0.0,
        0.0,
        0.0,
        tuple(cells),
    )


def _checks(study: Config, activation: Any) -> IdentitySettings:
    """Return small cases at the modulus and activation of a scenario."""
    modulus = study["modulus"]
    cases = [
        (modulus, dimension, 3 * modulus ** (dimension - 1), activation)
        for dimension in (2, 3)
        if modulus ** (dimension + 1) <= _LARGEST_SOLVED
    ]
    return IdentitySettings(
        study["seed"],
        tuple(Case(*case, ridges=(0.0, 0.01)) for case in cases),
        tuple(Case(*case) for case in cases),
        study["identities"]["draws"],
        EXACT,
    )


def _circuit(study: Config, activation: Any, reading: Reading) -> CircuitSettings:
    modulus, points = study["modulus"], study["circuit"]["points"]
    if reading.harmonic is not None:
        values = make_activation(activation, modulus)
        activation = tuple(single_harmonic(values, reading.harmonic).tolist())
    return CircuitSettings(study["seed"], modulus, activation, points, _CIRCUIT_DIMENSIONS)


def _judged(study: Config, counted: TimingSettings) -> dict[str, Any]:
    """Return what the judges are told; growth is judged over all that is counted."""
    ends = [min(study["sensitivity"]["counted"]), max(study["sensitivity"]["counted"])]
    ranges = dict.fromkeys(FAST, ends)
    sparse = {name: {"sparse": facts["sparse"]} for name, facts in labels()["families"].items()}
    own = {name: study[name] for name in ("seed", "modulus", "nodes", "ridge_relative")}
    judged = {"domain_least": 1, "fixed": ranges, "proportional": ranges}
    return own | {"judged": judged, "timed_nodes": counted.nodes, "families": sparse}


def faults(config: Config) -> Iterator[str]:
    """Find moduli that are no odd primes, and unknown activations."""
    own = config["sensitivity"]
    for place, modulus in enumerate(own["moduli"]):
        try:
            check_modulus(modulus)
        except ValueError as error:
            yield f"sensitivity.moduli[{place}]: {str(error).partition(': ')[2]}"
    names = own["activations"]
    yield from unknown_names("sensitivity.activations", "an activation", names, ACTIVATIONS)


EXPERIMENT = Experiment(
    name="sensitivity",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        seeds=listing(integer(0, 2**53 - 1), "seeds from 0 to 2^53 - 1"),
        activations=NAMES,
        moduli=COUNTS,
        soft_thresholds=listing(POSITIVE, "finite numbers above 0"),
        harmonics=COUNTS,
        dimensions=DIMENSIONS,
        points_least=COUNT,
        nodes_over_points=listing(SHARE, "numbers above 0 and below 1"),
        counted=DIMENSIONS,
        replicates=COUNT,
        draws=COUNT,
        **dict.fromkeys(_BUDGET, COUNT),
    ),
    reads=("modulus", "activation", "budget"),
    faults=faults,
    samplers=CLAIMED_SAMPLERS,
    # Each scenario has an activation of its own.
    modulus=lambda settings: None,
    families=lambda settings: STUDIED,
    seconds=lambda settings: 15.0,
    figures={"sensitivity": Figure(tables=("sensitivity",))},
)
