"""Judges of the claims about time (S2, S4, S7): slopes in each pass, intervals over the passes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..experiments.timings.measure import FEWEST_PASSES
from ..experiments.timings.summary import (
    FEWEST_SIZES,
    as_factor,
    by_pass,
    in_range,
    of_sampler,
    pass_slopes,
    tickets,
)
from ..statistics import (
    Estimate,
    crossover,
    interval_power,
    log_curve,
    slope_of_each,
    t_interval,
)
from .common import CONVENTIONAL, FAST, Settings, Tables, judged, unmeasured
from .verdicts import NOT_REPRODUCED, PARTLY, REPRODUCED, Part, measured_text

GRIDS = (
    ("dimension", "random, M fixed"),
    ("structured", "structured, M fixed"),
    ("proportional", "random, M \u221d D"),
    ("structured_proportional", "structured, M \u221d D"),
)
"""Grids on which the growth of fast samplers is judged, and how parts name them."""

TOO_FEW = (
    f"fewer than {FEWEST_SIZES} dimensions in {FEWEST_PASSES} passes were measured in the range "
    "that is judged"
)


def _moduli(rows: pd.DataFrame, settings: Settings) -> list[int]:
    """Return the moduli of the grid over D, the study's first."""
    own = int(settings["modulus"])
    others = set(rows.loc[rows["grid"] == "dimension", "modulus"].astype(int)) - {own}
    return [own, *sorted(others)]


def _told(slopes: np.ndarray, rows: pd.DataFrame, power: float, truth: str) -> str:
    """Say over what a slope was taken, and what its test can see."""
    sizes = sorted(rows["dimension"].unique())
    return f"{len(slopes)} passes, D = {sizes[0]:,} to {sizes[-1]:,}; power {power:.2f} at {truth}"


def judge_conventional(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S2: growth per unit of D of the conventional samplers, in seconds and in exact counts."""
    rows = tickets(tables["timings"])
    parts = []
    for sampler in CONVENTIONAL:
        why = unmeasured(tables["timings"], sampler) or TOO_FEW
        for modulus in _moduli(rows, settings):
            own = in_range(of_sampler(rows, "dimension", sampler, modulus), settings["judged"])
            least = tolerance["growth_over_modulus"] * modulus
            name = f"{sampler}, P = {modulus}: growth of"
            parts.append(_seconds_growth(f"{name} seconds per unit of D", own, least, why))
            parts.append(_entries_growth(f"{name} array entries per unit of D", own, why))
    return parts


def _seconds_growth(name: str, rows: pd.DataFrame, least: float, why: str) -> Part:
    slopes = pass_slopes(rows, exponential=True)
    scale = {"least": least, "reference": 1.5 * least, "logarithmic": True}
    if slopes is None:
        return judged(name, None, why, **scale)
    modulus = int(rows["modulus"].iloc[0])
    power = interval_power(slopes, np.log(modulus), least=np.log(least))
    told = _told(slopes, rows, power, f"growth {modulus}")
    counted = t_interval(pass_slopes(rows, against="operations"))
    told += f"; slope of seconds on counted operations {_interval(counted)}"
    return judged(name, as_factor(t_interval(slopes)), "", **scale, part_reason=told)


def _entries_growth(name: str, rows: pd.DataFrame, why: str) -> Part:
    """Entries are counted, without noise: they grow by exactly P or not."""
    slopes = pass_slopes(rows, "array_entries", exponential=True)
    if slopes is None:
        return Part(name, part_reason=why, logarithmic=True, headline=False)
    modulus = float(rows["modulus"].iloc[0])
    found = as_factor(t_interval(slopes))
    exact = np.isclose([found.low, found.high], modulus, rtol=1e-9).all()
    return Part(
        name,
        *(found.value, found.low, found.high),
        least=modulus,
        most=modulus,
        logarithmic=True,
        headline=False,
        part_verdict=REPRODUCED if exact else NOT_REPRODUCED,
    )


def _interval(found: Estimate) -> str:
    return measured_text(pd.Series(vars(found)))


def judge_scaling(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S4: polynomial growth of the fast samplers in D, in seconds and in exact counts."""
    rows = tickets(tables["timings"])
    parts = []
    for sampler in FAST:
        why = unmeasured(tables["timings"], sampler) or TOO_FEW
        for grid, where in GRIDS:
            own = of_sampler(rows, grid, sampler, settings["modulus"])
            own = in_range(own, settings["judged"])
            most = tolerance["slope_fixed"]
            truth = 1.0
            if grid.endswith("proportional"):
                most = tolerance["slope_proportional"][sampler]
                truth = tolerance["power_proportional"][sampler]
            name = f"{sampler}, {where}: slope of"
            parts += _slopes(name, own, why, most, truth)
            limits = {"least": tolerance["on_operations_least"]}
            limits |= {"most": tolerance["on_operations_most"]}
            parts.append(_on_operations(f"{name} seconds in operations", own, why, limits))
    return parts


def _slopes(name: str, rows: pd.DataFrame, why: str, most: float, truth: float) -> list[Part]:
    """Judge the slopes in D of seconds and of counted operations."""
    parts = []
    for value in ("seconds", "operations"):
        scale = {"most": most, "reference": most - 1.0, "headline": value == "seconds"}
        slopes, told = pass_slopes(rows, value), ""
        if slopes is not None:
            power = interval_power(slopes, truth, most=most)
            told = _told(slopes, rows, power, f"slope {truth:g}")
        found = None if slopes is None else t_interval(slopes)
        parts.append(judged(f"{name} {value} in D", found, why, **scale, part_reason=told))
    return parts


def _on_operations(name: str, rows: pd.DataFrame, why: str, limits: Mapping[str, float]) -> Part:
    slopes, told = pass_slopes(rows, against="operations"), ""
    if slopes is not None:
        told = _told(slopes, rows, interval_power(slopes, 1.0, **limits), "slope 1")
    found = None if slopes is None else t_interval(slopes)
    return judged(name, found, why, **limits, headline=False, part_reason=told)


def judge_speedup(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S7: conventional against quantum-inspired seconds: ratio, its growth, and the crossing."""
    rows = tickets(tables["timings"])
    parts = []
    for slow in CONVENTIONAL:
        for fast in FAST:
            why = unmeasured(tables["timings"], slow, fast) or TOO_FEW
            for modulus in _moduli(rows, settings):
                pair = [of_sampler(rows, "dimension", name, modulus) for name in (slow, fast)]
                name = f"{slow} over {fast}, N = {settings['timed_nodes']}, P = {modulus}"
                own = modulus == settings["modulus"]
                parts += _speedup_parts(name, pair, why, tolerance, settings, modulus, own)
    return parts


def _speedup_parts(
    name: str,
    pair: list[pd.DataFrame],
    why: str,
    tolerance: Mapping,
    settings: Settings,
    modulus: int,
    headline: bool,
) -> list[Part]:
    """Compare two samplers; ``why`` is the reason where there are too few common dimensions."""
    least = tolerance["growth_over_modulus"] * modulus
    ratio_scale: dict[str, Any] = {"least": tolerance["ratio"], "reference": 100.0}
    ratio_scale |= {"logarithmic": True, "headline": False}
    growth_scale: dict[str, Any] = {"least": least, "reference": float(modulus)}
    growth_scale |= {"logarithmic": True, "headline": headline}
    names = [f"{name}: {what}" for what in ("seconds", "growth per unit of D", "crossing")]
    slow, fast = (by_pass(rows, "seconds") for rows in pair)
    common = slow.columns.intersection(fast.columns)
    judged_at = common.intersection(in_range(pair[0], settings["judged"])["dimension"].unique())
    if len(judged_at) < FEWEST_SIZES or len(slow) < FEWEST_PASSES:
        return [
            judged(names[0], None, why, **ratio_scale),
            judged(names[1], None, why, **growth_scale),
            Part(names[2], part_reason=why, headline=False),
        ]
    logs = np.log(slow[common]) - np.log(fast[common])
    largest = int(common[-1])
    ratio = as_factor(t_interval(logs[largest]))
    slopes = slope_of_each(judged_at.to_numpy(dtype=float), logs[judged_at].to_numpy())
    power = interval_power(slopes, np.log(modulus), least=np.log(least))
    told = f"{len(slopes)} passes, D = {judged_at[0]} to {judged_at[-1]}"
    told += f"; power {power:.2f} at growth {modulus}"
    charged = "one ticket, the whole table charged to it"
    growth = as_factor(t_interval(slopes))
    crossings = [
        _crossing(slow.loc[number], fast.loc[number], float(common[0])) for number in slow.index
    ]
    return [
        judged(f"{names[0]} at D = {largest}", ratio, "", **ratio_scale, part_reason=charged),
        judged(names[1], growth, "", **growth_scale, part_reason=told),
        _crossing_part(names[2], np.array(crossings), largest, int(common[0])),
    ]


def _crossing(slow: pd.Series, fast: pd.Series, lowest: float) -> float:
    """Return the D from which the conventional sampler takes longer, in one pass."""
    conventional = log_curve(slow.index, slow, exponential=True)
    other = log_curve(fast.index, fast, exponential=False)
    return crossover(conventional, other, lowest=lowest)


def _crossing_part(name: str, found: np.ndarray, largest: int, smallest: int) -> Part:
    facts = {"most": float(largest), "reference": float(smallest), "headline": False}
    if np.isnan(found).any():
        why = "the conventional sampler stays faster at every D up to 64"
        return Part(name, part_verdict=NOT_REPRODUCED, part_reason=why, **facts)
    crossing = t_interval(found)
    if crossing.value > largest:
        why = f"the crossing lies beyond D = {largest}, where the conventional sampler stops"
        numbers = (crossing.value, crossing.low, crossing.high)
        return Part(name, *numbers, part_verdict=PARTLY, part_reason=why, **facts)
    return judged(name, crossing, "", **facts)
