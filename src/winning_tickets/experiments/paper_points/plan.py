"""Which curves of ours stand for which of the paper's, and what may be wrong with its points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...config import unknown_name
from ...families import FAMILIES, TARGETS
from ...families.base import Config
from ...samplers import SAMPLERS
from ...schema import COUNT, section
from ..base import Experiment, Figure, study_facts
from .measure import COLUMNS
from .points import PointsError, read_points

_NAME = {"type": "string", "minLength": 1, "description": "a name"}
_ALONG = {"type": "string", "pattern": "^(nodes|dimension)$", "description": "nodes or dimension"}
_CURVES = {
    "type": "array",
    "description": "a list of curves",
    "items": section(
        figure=_NAME, curve=_NAME, sampler=_NAME, family=_NAME, target=_NAME, along=_ALONG, at=COUNT
    ),
}
_FILE = {"type": ["string", "null"], "description": "the path of a CSV file, or null for none"}


def jobs(config: Config) -> dict[str, Any]:
    """Return nothing: a rule of its own compares, since it reads the risks and the points."""
    return {}


def faults(config: Config) -> Iterator[str]:
    """Yield names that are not known, and what is wrong with the points."""
    own = config["paper_points"]
    own_targets = {name for family in FAMILIES.values() for name in family.own_targets}
    for place, curve in enumerate(own["curves"]):
        for key, kind, known in (
            ("sampler", "a sampler", SAMPLERS),
            ("family", "a family", FAMILIES),
            ("target", "a target", (*TARGETS, *sorted(own_targets))),
        ):
            if curve[key] not in known:
                yield f"paper_points.curves[{place}].{key}: {unknown_name(kind, curve[key], known)}"
    if own["file"] is None:
        return
    try:
        read = {(point.figure, point.curve) for point in read_points(own["file"])}
    except PointsError as error:
        yield f"paper_points.file: {error}"
        return
    named = {(curve["figure"], curve["curve"]) for curve in own["curves"]}
    if len(named) < len(own["curves"]):
        yield "paper_points.curves: a curve of the paper stands there twice; it is one of ours only"
    for figure, curve in sorted(read - named):
        what = f"curve {curve!r} of figure {figure!r} of {own['file']}"
        yield f"paper_points.curves: {what} is missing"
    for figure, curve in sorted(named - read):
        what = f"curve {curve!r} of figure {figure!r}"
        yield f"paper_points.file: {own['file']} has no point of {what}"


EXPERIMENT = Experiment(
    name="paper_points",
    columns=COLUMNS,
    jobs=jobs,
    schema=section(file=_FILE, curves=_CURVES),
    faults=faults,
    figures={"paper_points": Figure(("paper_points",), facts=study_facts)},
)
