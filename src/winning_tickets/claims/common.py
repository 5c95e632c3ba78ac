"""What all judges share: a part from a number with its interval, and what was not measured."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..statistics import Estimate
from .verdicts import Part, interval_verdict

CONVENTIONAL = ("enumeration", "fft")
FAST = ("rejection", "spectral")

Tables = Mapping[str, pd.DataFrame]
Settings = Mapping[str, Any]


def judged(part: str, found: Estimate | None, why: str, **facts: Any) -> Part:
    """Make the part of a number that is judged by its interval; None cannot be tested."""
    if found is None:
        return Part(part, **facts | {"part_reason": why})
    limits = {name: facts.get(name, end) for name, end in (("least", -np.inf), ("most", np.inf))}
    verdict = interval_verdict(found, **limits)
    return Part(part, found.value, found.low, found.high, part_verdict=verdict, **facts)


def unmeasured(table: pd.DataFrame, *samplers: str) -> str:
    """Say which samplers a table has no result of: left out, skipped or failed; else nothing."""
    measured = set(table.loc[table["status"] == "ok", "sampler"])
    absent = [name for name in samplers if name not in measured]
    if not absent:
        return ""
    return f"{' and '.join(absent)} {'were' if absent[1:] else 'was'} not measured"
