"""From the configuration to the jobs of sampling fidelity: one a small cell."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import unknown_name
from ...families import FAMILIES, TARGETS
from ...families.base import Config
from ...samplers import CLAIMED_SAMPLERS
from ...schema import COUNT, DIMENSION, listing, section
from ..base import Experiment, Figure, LeftOut
from .measure import COLUMNS, Settings

LARGEST_TABLE = 1_000_000
"""Probabilities P^(D+1) that are written out at most."""

_CELL = section(
    family={"type": "string", "description": "the name of a family"},
    target={"type": "string", "description": "the name of a target"},
    dimension=DIMENSION,
    settings={
        "type": "object",
        "additionalProperties": COUNT,
        "description": "a mapping of what the family needs, such as count, to whole numbers",
    },
)


def jobs(config: Config) -> dict[str, Settings | LeftOut]:
    """Return the settings of each cell; those too large to be written out are left out."""
    own, modulus = config["fidelity"], config["modulus"]
    jobs: dict[str, Settings | LeftOut] = {}
    for cell in own["cells"]:
        named = {key: cell[key] for key in ("family", "target", "dimension")}
        name = f"{cell['family']}_D{cell['dimension']}_{cell['target']}"
        nodes = modulus ** (cell["dimension"] + 1)
        if nodes > LARGEST_TABLE:
            reason = f"has {nodes} nodes; at most {LARGEST_TABLE:,} are written out"
            jobs[name] = LeftOut(reason, named | {"modulus": modulus})
            continue
        jobs[name] = Settings(
            **{key: config[key] for key in ("seed", "modulus", "activation")},
            **named,
            family_settings=cell["settings"],
            draws=tuple(own["draws"]),
            replicates=own["replicates"],
            samplers=CLAIMED_SAMPLERS,
        )
    return jobs


def faults(config: Config) -> Iterator[str]:
    """Find unknown families and targets, and draws that do not grow."""
    cells, draws = config["fidelity"]["cells"], config["fidelity"]["draws"]
    for place, cell in enumerate(cells):
        for part, kind, known in (
            ("family", "a family", FAMILIES),
            ("target", "a target", TARGETS),
        ):
            if cell[part] not in known:
                wrong = unknown_name(kind, cell[part], known)
                yield f"fidelity.cells[{place}].{part}: {wrong}"
    if draws != sorted(draws):
        yield f"fidelity.draws: {draws} must grow"


EXPERIMENT = Experiment(
    name="fidelity",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(
        cells=listing(_CELL, "cells"),
        draws=listing(COUNT, "growing whole numbers of at least 1"),
        replicates=COUNT,
    ),
    reads=("modulus", "activation"),
    faults=faults,
    samplers=CLAIMED_SAMPLERS,
    families=lambda settings: (settings.family,),
    figures={"sampling_fidelity": Figure(tables=("fidelity",))},
)
