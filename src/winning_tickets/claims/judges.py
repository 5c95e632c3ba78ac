"""One pure function per claim, from the tables of the study to the parts of its verdict.

The declarations (statement, test, tolerance, power) are data, in workflow/claims.yaml.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ..experiments.timings.measure import FEWEST_REPEATS
from ..experiments.timings.summary import (
    FIRST_DIMENSION,
    SHORTEST,
    growth_per_dimension,
    of_sampler,
    timing_summary,
)
from ..statistics import (
    Estimate,
    crossover,
    exponential_growth,
    holm,
    last_slope,
    log_curve,
)
from .common import CONVENTIONAL, FAST, Settings, Tables
from .common import judged as _judged
from .common import unmeasured as _unmeasured
from .judges_risks import judge_equivalence, judge_law, judge_uniform
from .verdicts import (
    CLAIM_COLUMNS,
    NOT_REPRODUCED,
    PARTLY,
    REPRODUCED,
    Part,
    combine,
)

RESAMPLES = 200


def judge_solution(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S1: the closed-form weights against direct solutions of the wide network."""
    checks = tables["identities"]
    solved = checks[checks["check"] == "solution"]
    parts = []
    for name, rows in (
        ("w* against a direct solution, no ridge", solved[solved["ridge"] == 0]),
        ("w* against a direct solution, with ridge", solved[solved["ridge"] > 0]),
    ):
        worst = rows["error"].max() if len(rows) else np.nan
        found = Estimate(worst, worst, worst) if len(rows) else None
        scale = {"most": tolerance["error"], "reference": 1e-15, "logarithmic": True}
        parts.append(_judged(name, found, "no case was solved", **scale))
    return parts


TOO_FEW = "fewer than three dimensions were measured in the range that is judged"
NO_SPREAD = "fewer than three repeats, so there is no interval"


def judge_conventional(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S2: growth per unit of D of the conventional samplers, in seconds and in exact counts."""
    timings = tables["timings"]
    times = timing_summary(timings)
    modulus = settings["modulus"]
    limits = {
        "least": tolerance["least_over_modulus"] * modulus,
        "most": tolerance["most_over_modulus"] * modulus,
        "logarithmic": True,
    }
    parts = []
    for sampler in CONVENTIONAL:
        curve = of_sampler(times, "dimension", sampler)
        growth = growth_per_dimension(curve)
        why = _unmeasured(timings, sampler) or TOO_FEW
        part = _judged(f"{sampler}: growth of seconds per unit of D", growth, why, **limits)
        if part.part_verdict == NOT_REPRODUCED and part.low > part.most:
            # Faster growth than declared is exponential all the more.
            part = Part(**asdict(part) | {"part_verdict": PARTLY})
        parts.append(part)
        counted = curve[curve["dimension"] >= FIRST_DIMENSION]
        entries = counted["array_entries"]
        exact = exponential_growth(counted["dimension"], entries) if len(counted) > 2 else None
        slack = limits | {"least": limits["least"] * (1 - 1e-9)}
        name = f"{sampler}: growth of array entries per unit of D"
        parts.append(_judged(name, exact, why, **slack, headline=False))
    return parts


def judge_circuit(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S3: amplitudes and gates of simulated circuits; the growth of our own count is only told."""
    names = (
        "simulated amplitudes against w*",
        "gates of simulated circuits: difference from the closed form",
        "gates after state preparation: slope in D",
    )
    circuit = tables.get("circuit")
    if circuit is None:
        return [Part(name, part_reason="the study holds no quantum circuit") for name in names]
    closed = circuit[circuit["method"] == "closed form"].sort_values("dimension")
    simulated = circuit[circuit["method"] == "simulated"]
    cases = ["modulus", "dimension", "points"]
    pairs = simulated.merge(closed, on=cases, how="left", suffixes=("", "_closed"))
    errors = (simulated["amplitude_error"], (pairs["gates"] - pairs["gates_closed"]).abs())
    limits = (tolerance["amplitude_error"], tolerance["gates"])
    parts = []
    for name, error, most in zip(names, errors, limits, strict=False):
        # A count without its closed form is as wrong as one that differs.
        worst = float(error.fillna(np.inf).max()) if len(error) else np.nan
        found = Estimate(worst, worst, worst) if len(error) else None
        scale = {"most": most, "reference": 1e-16 if most else -1.0, "logarithmic": most > 0}
        parts.append(_judged(name, found, "no circuit was simulated", **scale))
    slope = last_slope(closed, "dimension", "gates")
    reason = TOO_FEW
    if slope is not None:
        reason = f"{slope.value:.2f} by construction: our own circuit has 2 D + 2 gates, so the "
        reason += "count is no evidence and is not judged"
    return [*parts, Part(names[2], part_reason=reason, headline=False)]


def judge_scaling(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S4: polynomial growth of the fast samplers in D, in seconds and in exact counts."""
    timings = tables["timings"]
    times = timing_summary(timings)
    times = times.assign(operations=times["weight_evaluations"] * times["dimension"])
    parts = []
    for sampler in FAST:
        why = _unmeasured(timings, sampler) or TOO_FEW
        for grid, where, most in (
            ("dimension", "M fixed", tolerance["slope_fixed"]),
            ("proportional", "M \u221d D", tolerance["slope_proportional"][sampler]),
        ):
            curve = of_sampler(times, grid, sampler)
            scale = {"most": most, "reference": most - 1.0}
            for value in ("seconds", "operations"):
                name = f"{sampler}, {where}: slope of {value} in D"
                slope = last_slope(curve, "dimension", value)
                shown = value == "seconds"
                parts.append(_judged(name, slope, why, **scale, headline=shown))
        fixed = of_sampler(times, "dimension", sampler)
        last = fixed[fixed["dimension"] * 16 >= fixed["dimension"].max()]
        growth = exponential_growth(last["dimension"], last["seconds"]) if len(last) > 2 else None
        name = f"{sampler}, M fixed: growth of seconds per unit of D"
        scale = {"most": tolerance["growth_fixed"], "reference": 1.0, "headline": False}
        parts.append(_judged(name, growth, why, **scale))
    return parts


def judge_speedup(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S7: conventional against quantum-inspired seconds: ratio, its growth, and the crossing."""
    timings = tables["timings"]
    measured = timings[(timings["status"] == "ok") & (timings["grid"] == "dimension")]
    measured = measured[~measured["warmup"].astype(bool)]
    seconds = measured["prepare_seconds"] + measured["draw_seconds"]
    repeats = {
        key: group.to_numpy()
        for key, group in seconds.groupby([measured["sampler"], measured["dimension"]])
    }
    parts = []
    for slow in CONVENTIONAL:
        for fast in FAST:
            why = _unmeasured(timings, slow, fast) or TOO_FEW
            parts += _speedup_parts(slow, fast, repeats, why, tolerance, settings)
    return parts


def _medians(
    sampler: str, repeats: Mapping, rng: np.random.Generator | None = None
) -> tuple[list[int], list[float]]:
    """Return the dimensions of a sampler and its medians, of resampled repeats where asked."""
    own = sorted((key[1], values) for key, values in repeats.items() if key[0] == sampler)
    drawn = [(d, values if rng is None else rng.choice(values, len(values))) for d, values in own]
    return [d for d, _ in drawn], [float(np.median(values)) for _, values in drawn]


def _speedup_parts(
    slow: str, fast: str, repeats: Mapping, why: str, tolerance: Mapping, settings: Settings
) -> list[Part]:
    """Compare two samplers; ``why`` is the reason where there are too few common dimensions."""
    names = [
        f"{slow} over {fast}: {what}" for what in ("seconds", "growth per unit of D", "crossing")
    ]
    ratio_scale = {"least": tolerance["ratio"], "reference": 100.0, "logarithmic": True}
    least = tolerance["growth_over_modulus"] * settings["modulus"]
    growth_scale = {"least": least, "reference": float(settings["modulus"]), "logarithmic": True}
    common = sorted(set(_medians(slow, repeats)[0]) & set(_medians(fast, repeats)[0]))
    if len(common) < 3:
        facts = {"part_reason": why}
        return [
            Part(names[0], **ratio_scale, **facts),
            Part(names[1], **growth_scale, **facts, headline=False),
            Part(names[2], **facts, headline=False),
        ]
    largest = common[-1]
    rng = np.random.default_rng(settings["seed"])
    draws = [_compare(slow, fast, repeats, common, None)]
    draws += [_compare(slow, fast, repeats, common, rng) for _ in range(RESAMPLES)]
    ratio, crossing = (_resampled(np.array(column)) for column in zip(*draws, strict=True))
    if min(repeats[sampler, largest].size for sampler in (slow, fast)) < FEWEST_REPEATS:
        # A bootstrap of one or two repeats would give an interval of hardly any width.
        ratio = Estimate(ratio.value, np.nan, np.nan)
        ratio_scale["part_reason"] = NO_SPREAD
    growth = _ratio_growth(slow, fast, repeats)
    return [
        _judged(f"{names[0]} at D = {largest}", ratio, "", **ratio_scale),
        _judged(names[1], growth, TOO_FEW, **growth_scale, headline=False),
        _crossing(names[2], crossing, largest),
    ]


def _ratio_growth(slow: str, fast: str, repeats: Mapping) -> Estimate | None:
    """Return how fast the ratio of medians grows over the dimensions that are judged."""
    slow_times, fast_times = (
        dict(zip(*_medians(name, repeats), strict=True)) for name in (slow, fast)
    )
    judged = [
        dimension
        for dimension, seconds in slow_times.items()
        if dimension in fast_times and dimension >= FIRST_DIMENSION and seconds > SHORTEST
    ]
    if len(judged) < 3:
        return None
    return exponential_growth(judged, [slow_times[d] / fast_times[d] for d in judged])


def _compare(
    slow: str,
    fast: str,
    repeats: Mapping,
    common: Sequence[int],
    rng: np.random.Generator | None,
) -> tuple[float, float]:
    """Return the ratio of medians at the largest common D, and the D where the curves cross."""
    slow_at, slow_times = _medians(slow, repeats, rng)
    fast_at, fast_times = _medians(fast, repeats, rng)
    last = common[-1]
    ratio = slow_times[slow_at.index(last)] / fast_times[fast_at.index(last)]
    conventional = log_curve(slow_at, slow_times, exponential=True)
    other = log_curve(fast_at, fast_times, exponential=False)
    return ratio, crossover(conventional, other, lowest=float(common[0]))


def _resampled(values: np.ndarray) -> Estimate:
    """Return the first value with the percentile interval of the others."""
    low, high = np.quantile(values[1:], [0.025, 0.975], method="inverted_cdf")
    return Estimate(float(values[0]), float(low), float(high))


def _crossing(name: str, found: Estimate, largest: int) -> Part:
    facts = {"most": float(largest), "reference": float(FIRST_DIMENSION), "headline": False}
    if np.isnan(found.value):
        why = "the conventional sampler stays faster at every D up to 64"
        return Part(name, part_verdict=NOT_REPRODUCED, part_reason=why, **facts)
    if found.value > largest:
        why = f"the crossing lies beyond D = {largest}, where the conventional sampler stops"
        numbers = (found.value, found.low, found.high)
        return Part(name, *numbers, part_verdict=PARTLY, part_reason=why, **facts)
    return _judged(name, found, "", **facts)


def judge_exactness(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """O1: chi-square of every exact sampler, Holm over all cases and samplers."""
    checks = tables["identities"]
    tested = checks[checks["check"] == "distribution"]
    scale = {"least": tolerance["level"], "reference": 1.0, "logarithmic": True}
    if tested.empty:
        return [Part("all exact samplers", part_reason="no distribution was checked", **scale)]
    tested = tested.assign(adjusted=holm(tested["p_value"]))
    parts = [_exact("all exact samplers", tested, scale, True)]
    for sampler, rows in tested.groupby("sampler", sort=False):
        parts.append(_exact(str(sampler), rows, scale, False))
    return parts


def _exact(name: str, rows: pd.DataFrame, scale: Mapping, headline: bool) -> Part:
    smallest = float(rows["adjusted"].min())
    good = smallest >= scale["least"]
    return Part(
        f"{name}: smallest adjusted p-value",
        smallest,
        part_verdict=REPRODUCED if good else NOT_REPRODUCED,
        part_reason=f"{len(rows)} tests of {int(rows['draws'].iloc[0]):,} draws",
        headline=headline,
        **scale,
    )


JUDGES: dict[str, Callable[[Tables, Mapping, Settings], list[Part]]] = {
    "S1": judge_solution,
    "S2": judge_conventional,
    "S3": judge_circuit,
    "S4": judge_scaling,
    "S5": judge_equivalence,
    "S6": judge_uniform,
    "S7": judge_speedup,
    "O1": judge_exactness,
    "O2": judge_law,
}
"""By the id of the claim, what turns tables into its parts."""


def judge_claims(
    declared: Iterable[Mapping[str, Any]], tables: Tables, settings: Settings
) -> pd.DataFrame:
    """Judge every declared claim.

    Parameters
    ----------
    declared : iterable of mapping
        The entries under ``claims`` of workflow/claims.yaml.
    tables : mapping of str to DataFrame
        "risks", "timings", "identities", and "circuit" where the study has it.
    settings : mapping
        seed, modulus, nodes and ridge_relative of the study.

    Returns
    -------
    DataFrame
        One row per part, with the columns `CLAIM_COLUMNS`.

    Raises
    ------
    ValueError
        If a claim is declared that no function judges.
    """
    rows = []
    for claim in declared:
        name = claim["id"]
        if name not in JUDGES:
            raise ValueError(f"claims.yaml: {name!r} is not a claim; known are {', '.join(JUDGES)}")
        parts = JUDGES[name](tables, claim["tolerance"], settings)
        # Uniform nodes may well be as good in some family: S6 is refuted where it holds in none.
        verdict, reason = combine(parts, any_failure_refutes=name != "S6")
        told = {key: claim[key] for key in ("statement", "figure", "access_model", "guess")}
        common = {"claim": name, "verdict": verdict, "reason": reason} | told
        rows += [common | asdict(part) for part in parts]
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS)
