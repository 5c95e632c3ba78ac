"""The schema of the configuration, composed of what families and questions state."""

from __future__ import annotations

from ..experiments import load_experiments
from ..families import FAMILIES
from ..families.table import ENTRY
from ..schema import (
    COUNT,
    COUNTS,
    DIMENSIONS,
    NAMES,
    NOT_NEGATIVE,
    POSITIVE,
    Schema,
    integer,
    listing,
    optional,
    section,
)

_FOLDER = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$",
    "description": "a folder below this one, of letters, digits, _ and -, such as results/small",
}
_ACTIVATION = {
    "type": ["string", "array"],
    "description": "the name of an activation, or a list of one number per residue",
    "items": {"type": "number", "description": "a finite number"},
}


def compose_schema() -> Schema:
    """Return the JSON schema, draft 2020-12, of config.yaml.

    Returns
    -------
    mapping
        The keys of the study as a whole, those of every family, and those of every question.
    """
    families = {
        name: family.schema for name, family in FAMILIES.items() if family.schema is not None
    }
    questions = {
        question.key or name: question.schema
        for name, question in load_experiments().items()
        if question.schema is not None
    }
    return section(
        seed=integer(0, 2**53 - 1, "a whole number from 0 to 2^53 - 1"),
        modulus=COUNT,
        activation=_ACTIVATION,
        ridge_relative=NOT_NEGATIVE,
        soft_threshold=optional(POSITIVE),
        families=listing(ENTRY, "names or tables"),
        targets=NAMES,
        dimensions=DIMENSIONS,
        nodes=COUNT,
        replicates=COUNT,
        draws=COUNT,
        samplers=NAMES,
        sweep=section(dimensions=DIMENSIONS, nodes=COUNTS),
        **families,
        budget=section(
            memory_mib=COUNT,
            table_evaluations=COUNT,
            ticket_evaluations=COUNT,
            cell_evaluations=COUNT,
        ),
        **questions,
        questions=NAMES,
        figures=NAMES,
        results=_FOLDER,
        figures_folder=_FOLDER,
    )
