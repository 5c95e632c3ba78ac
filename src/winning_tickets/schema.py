"""Pieces that the schema of the configuration is composed of.

Descriptions complete "it must be ..." in messages. Each family and each question states its own
part where it lives; `winning_tickets.study.schema` puts them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def section(**properties: Schema) -> Schema:
    """Return the schema of a mapping whose keys are all required and no others allowed."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def integer(least: int, most: int | None = None, description: str | None = None) -> Schema:
    """Return the schema of a whole number within bounds."""
    if description is None:
        bounds = f"of at least {least:,}" if most is None else f"from {least:,} to {most:,}"
        description = f"a whole number {bounds}"
    schema = {"type": "integer", "minimum": least, "description": description}
    return schema if most is None else schema | {"maximum": most}


def listing(item: Schema, of: str) -> Schema:
    """Return the schema of a list with at least one item and none twice."""
    return {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "description": f"a list of {of}, none twice",
        "items": item,
    }


def optional(number: Schema) -> Schema:
    """Return the schema of a number that may be null instead."""
    description = f"{number['description']}, or null for none"
    return number | {"type": ["number", "null"], "description": description}


COUNT = integer(1)
COUNTS = listing(COUNT, "whole numbers of at least 1")
NOT_NEGATIVE_COUNT = integer(0)
DIMENSION = integer(1, 1_000_000)
DIMENSIONS = listing(DIMENSION, "whole numbers from 1 to 1,000,000")
NAMES = listing({"type": "string", "description": "a name"}, "names")
NOT_NEGATIVE = {"type": "number", "minimum": 0, "description": "a finite number of at least 0"}
POSITIVE = {"type": "number", "exclusiveMinimum": 0, "description": "a finite number above 0"}
SHARE = {
    "type": "number",
    "exclusiveMinimum": 0,
    "exclusiveMaximum": 1,
    "description": "a number above 0 and below 1",
}
