"""One pure function per claim, from the tables of the study to the parts of its verdict.

The declarations (statement, test, tolerance, power) are data, in workflow/claims.yaml.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from ..experiments.risks.summary import RISK_CELL, law_summary
from ..experiments.timings.measure import FEWEST_REPEATS
from ..experiments.timings.summary import (
    FIRST_DIMENSION,
    SHORTEST,
    growth_per_dimension,
    of_sampler,
    timing_summary,
)
from ..risk import RISK_FLOOR
from ..statistics import (
    Estimate,
    average_draws,
    crossover,
    equivalence,
    exponential_growth,
    holm,
    last_slope,
    log_curve,
    ratio_of_means,
)
from .verdicts import (
    CLAIM_COLUMNS,
    NOT_REPRODUCED,
    PARTLY,
    REPRODUCED,
    Part,
    combine,
    interval_verdict,
)

CONVENTIONAL = ("enumeration", "fft")
FAST = ("rejection", "spectral")
RESAMPLES = 200

Tables = Mapping[str, pd.DataFrame]
Settings = Mapping[str, Any]


def _judged(part: str, found: Estimate | None, why: str, **facts: Any) -> Part:
    """Make the part of a number that is judged by its interval; None cannot be tested."""
    if found is None:
        return Part(part, part_reason=why, **facts)
    limits = {name: facts.get(name, end) for name, end in (("least", -np.inf), ("most", np.inf))}
    verdict = interval_verdict(found, **limits)
    return Part(part, found.value, found.low, found.high, part_verdict=verdict, **facts)


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


def _unmeasured(table: pd.DataFrame, *samplers: str) -> str:
    """Say which samplers a table has no result of: left out, skipped or failed; else nothing."""
    measured = set(table.loc[table["status"] == "ok", "sampler"])
    absent = [name for name in samplers if name not in measured]
    if not absent:
        return ""
    return f"{' and '.join(absent)} {'were' if absent[1:] else 'was'} not measured"


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
    """S3: gates of the quantum circuit against D."""
    name = "gates after state preparation: slope in D"
    scale = {"most": tolerance["slope"], "reference": 0.9}
    circuit = tables.get("circuit")
    if circuit is None:
        return [Part(name, part_reason="the study holds no quantum circuit", **scale)]
    closed = circuit[circuit["method"] == "closed form"].sort_values("dimension")
    slope = last_slope(closed, "dimension", "gates")
    simulated = circuit[circuit["method"] == "simulated"]
    counts = ["modulus", "dimension", "points"]
    pairs = simulated.merge(closed, on=counts, suffixes=("", "_closed"))
    error = simulated["amplitude_error"].max() if len(simulated) else np.nan
    matches = Part("simulated amplitudes against w*", part_reason="no circuit was simulated")
    if len(simulated):
        same = len(pairs) == len(simulated) and (pairs["gates"] == pairs["gates_closed"]).all()
        good = same and error <= tolerance["amplitude_error"]
        matches = Part(
            "simulated amplitudes against w*",
            *(error, error, error),
            most=tolerance["amplitude_error"],
            reference=1e-16,
            logarithmic=True,
            part_verdict=REPRODUCED if good else NOT_REPRODUCED,
            part_reason="" if same else "simulated gate counts differ from the closed form",
        )
    return [_judged(name, slope, TOO_FEW, **scale), matches]


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


def _cell_means(risks: pd.DataFrame, samplers: Sequence[str]) -> pd.DataFrame:
    """Mean risk of each cell and replicate, one column per sampler; NaN where it has none."""
    means = average_draws(risks[risks["status"] == "ok"], "relative_risk", [*CELL, "sampler"])
    means = means.pivot(index=[*CELL, "replicate"], columns="sampler", values="relative_risk")
    return means.reindex(columns=samplers)


CELL = [name for name in RISK_CELL if name != "sampler"]


def judge_equivalence(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S5: risks of the fast samplers against an exact one, cell by cell, and the control."""
    risks = tables["risks"]
    risks = risks[risks["nodes"] == settings["nodes"]]
    means = _cell_means(risks, [*CONVENTIONAL, *FAST])
    either = means["enumeration"].fillna(means["fft"])
    no_exact = "" if either.notna().any() else _unmeasured(risks, *CONVENTIONAL)
    parts = []
    for name in FAST:
        why = _unmeasured(risks, name) or no_exact
        parts.append(
            _equivalent_cells(f"{name} against exact", means[name], either, why, tolerance)
        )
    control = (means["fft"], means["enumeration"], _unmeasured(risks, *CONVENTIONAL))
    parts.append(_equivalent_cells("control, fft against enumeration", *control, tolerance))
    return parts


def _equivalent_cells(
    name: str, tested: pd.Series, exact: pd.Series, why: str, tolerance: Mapping
) -> Part:
    """Judge the risks of two samplers; ``why`` says which of them was not measured, if so."""
    scale = {"least": tolerance["share_of_cells"], "reference": 1.0}
    both = pd.DataFrame({"tested": tested, "exact": exact}).dropna()
    results = []
    for _, rows in both.groupby(CELL, sort=True):
        if len(rows) < 2:
            continue
        margin = max(tolerance["margin_relative"] * rows["exact"].mean(), tolerance["margin"])
        results.append(equivalence(rows["tested"], rows["exact"], margin))
    if not results:
        why = why or "no cell has two data sets with both samplers"
        return Part(name, part_reason=why, **scale)
    level = tolerance["level"]
    same = int((holm([found.p_equivalent for found in results]) < level).sum())
    other = int((holm([found.p_different for found in results]) < level).sum())
    share = same / len(results)
    verdict = REPRODUCED if share >= tolerance["share_of_cells"] else PARTLY
    verdict = NOT_REPRODUCED if other else verdict
    reason = f"{same} of {len(results)} cells equivalent, {other} proven different"
    name += f": equivalent share of {len(results)} cells"
    return Part(name, share, part_verdict=verdict, part_reason=reason, **scale)


def judge_uniform(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S6: ratio of the uniform risk to the optimized one, by family; the weakest cell is shown."""
    risks = tables["risks"]
    compared = ("uniform", "spectral")
    means = _cell_means(risks, compared).dropna()
    supports = risks[risks["status"] == "ok"].groupby(CELL)["support"].mean()
    rows = []
    for cell, group in means.groupby(CELL, sort=True):
        facts = dict(zip(CELL, cell, strict=True)) | {"support": float(supports[cell])}
        zero = max(group["uniform"].mean(), group["spectral"].mean()) <= RISK_FLOOR
        if facts["nodes"] >= facts["support"] / 2 or zero:
            continue
        found = ratio_of_means(group["uniform"], group["spectral"], rng=settings["seed"])
        rows.append(facts | asdict(found))
    columns = [*CELL, "support", "value", "low", "high"]
    cells = pd.DataFrame(rows, columns=columns)
    families = pd.unique(risks["family"].dropna())
    if len(families) == 0:
        return [_lower_cells("all", cells, _unmeasured(risks, *compared), tolerance)]
    parts = []
    for family in families:
        why = _unmeasured(risks[risks["family"] == family], *compared)
        parts.append(_lower_cells(family, cells[cells["family"] == family], why, tolerance))
    return parts


def _lower_cells(family: str, cells: pd.DataFrame, why: str, tolerance: Mapping) -> Part:
    name = f"{family}: uniform over optimized"
    scale = {"least": tolerance["ratio"], "reference": 3 * tolerance["ratio"], "logarithmic": True}
    if cells.empty:
        why = why or "every cell has N >= M'/2 or numerically zero risks"
        return Part(name, part_reason=why, **scale)
    holds = cells["low"] > tolerance["ratio"]
    weakest = cells.loc[cells["low"].idxmin()]
    verdict = REPRODUCED if holds.all() else PARTLY if holds.any() else NOT_REPRODUCED
    where = f"D = {weakest['dimension']}, {weakest['target']}, N/M' = "
    where += f"{weakest['nodes'] / weakest['support']:.2f}"
    reason = f"{int(holds.sum())} of {len(cells)} cells at least {tolerance['ratio']} times lower"
    reason += f"; weakest at {where}"
    numbers = (weakest["value"], weakest["low"], weakest["high"])
    name += f", weakest of {len(cells)} cells"
    return Part(name, *numbers, part_verdict=verdict, part_reason=reason, **scale)


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


def judge_law(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """O2: cell means against the law, inside its range; the worst cell is shown."""
    ridge = settings.get("ridge_relative", 0.0)
    sparse = [name for name, family in settings["families"].items() if family["sparse"]]
    cells = law_summary(tables["risks"], settings["seed"], sparse=sparse, ridge=ridge)
    cells = cells[cells["applies"] & cells["error"].notna()]
    limit = tolerance["difference"]
    parts = []
    for sampler, name in (("spectral", "optimized"), ("uniform", "uniform")):
        own = cells[cells["sampler"] == sampler]
        name += ": measured minus law"
        scale = {"least": -limit, "most": limit}
        if own.empty:
            # kappa is estimated from the draws of spectral for both.
            why = _unmeasured(tables["risks"], *dict.fromkeys(("spectral", sampler)))
            why = why or "no cell lies inside the range"
            parts.append(Part(name, part_reason=why, **scale))
            continue
        gap = own["mean"] - own["predicted"]
        slack = tolerance["standard_errors"] * own["error"]
        within = gap.abs() <= limit + slack
        worst = (gap.abs() - slack).idxmax()
        verdict = REPRODUCED if within.all() else PARTLY if within.mean() > 0.5 else NOT_REPRODUCED
        reason = f"{int(within.sum())} of {len(own)} cells agree"
        name += f", worst of {len(own)} cells"
        numbers = (gap[worst], gap[worst] - slack[worst], gap[worst] + slack[worst])
        parts.append(Part(name, *numbers, part_verdict=verdict, part_reason=reason, **scale))
    return parts


def judge_paper(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """F1: points read from the paper's figures against ours, a part a curve."""
    table = tables.get("paper_points")
    if table is None or table.empty:
        why = "no points of the paper's figures are at hand; workflow/presets/paper.yaml takes them"
        return [Part("points of the paper's figures", part_reason=why)]
    curves = table.groupby(["figure", "curve"], sort=False)
    return [_read_curve(*names, rows, tolerance) for names, rows in curves]


def _read_curve(figure: str, curve: str, rows: pd.DataFrame, tolerance: Mapping) -> Part:
    """Judge one curve of the paper by how many of its points lie outside the joint interval."""
    name = f"figure {figure}, {curve}: share of points inside"
    compared = rows[rows["status"] == "ok"]
    if len(compared) < tolerance["fewest_points"]:
        why = f"{len(compared)} of {len(rows)} points have a value of ours beside them"
        return Part(name, part_reason=why)
    inside = int((compared["inside"].astype(str) == "True").sum())
    share = inside / len(compared)
    likely = binom.sf(len(compared) - inside - 1, len(compared), tolerance["outside"])
    verdict = REPRODUCED if likely >= tolerance["level"] else PARTLY
    verdict = NOT_REPRODUCED if share < tolerance["share"] else verdict
    reason = f"{inside} of {len(compared)} points"
    scale = {"least": tolerance["share"], "reference": 1.0}
    return Part(name, share, part_verdict=verdict, part_reason=reason, **scale)


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
    "F1": judge_paper,
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
        "risks", "timings", "identities"; "circuit" and "paper_points" where the study has them.
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
