"""Judges of the claims about risks (S5, S6, O2): tests over data sets, their power beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..experiments.risks.summary import RISK_CELL, law_summary
from ..law import law_applies, law_ratio
from ..risk import RISK_FLOOR
from ..statistics import Equivalence, Estimate, average_draws, equivalence, holm, ratio_interval
from .common import CONVENTIONAL, FAST, Settings, Tables, unmeasured
from .power import at_most, simulate
from .verdicts import NOT_REPRODUCED, NOT_TESTABLE, PARTLY, REPRODUCED, Part, interval_verdict

CELL = [name for name in RISK_CELL if name != "sampler"]

LEVEL = 0.025
"""Error of each end of a 95 % interval."""

NEAR = 0.005
"""How far N / M may be from a declared one, since N is a whole number."""


def cell_means(risks: pd.DataFrame, samplers: Sequence[str]) -> pd.DataFrame:
    """Mean risk of each cell and replicate, one column per sampler; NaN where it has none."""
    means = average_draws(risks[risks["status"] == "ok"], "relative_risk", [*CELL, "sampler"])
    means = means.pivot(index=[*CELL, "replicate"], columns="sampler", values="relative_risk")
    return means.reindex(columns=samplers)


@dataclass(frozen=True)
class _Cell:
    """Paired differences of one cell, one a data set, and the margin they are held against."""

    differences: np.ndarray
    margin: float

    def compared(self, level: float = 0.95) -> Equivalence:
        """Return the outcome of two one-sided tests, each at 1 - level."""
        zero = np.zeros_like(self.differences)
        return equivalence(self.differences, zero, self.margin, level=level)


class _Seen:
    """What the test of one cell would see, simulated; ``level`` is that of each side."""

    def __init__(self, cell: _Cell, level: float, rng: np.random.Generator) -> None:
        studies = simulate(cell.differences, level=level, rng=rng)
        margin = cell.margin
        self.equal, *ends = (
            studies.passes(truth, -margin, margin) for truth in (0.0, -margin, margin)
        )
        # At that end of the margin where more studies pass.
        self.false = max(ends, key=np.mean)


def judge_equivalence(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S5: risks of the fast samplers against an exact one, cell by cell, and two controls."""
    risks = tables["risks"]
    risks = risks[risks["nodes"] == settings["nodes"]]
    means = cell_means(risks, [*CONVENTIONAL, *FAST, "uniform"])
    exact = means["enumeration"].fillna(means["fft"])
    no_exact = "" if exact.notna().any() else unmeasured(risks, *CONVENTIONAL)
    pairs = [(f"{name} against exact", name, exact, (name,)) for name in FAST]
    both = ("control, fft against enumeration", "fft", means["enumeration"], CONVENTIONAL)
    uniform = ("control that must fail, uniform", "uniform", exact, ("uniform",))
    parts = []
    for name, tested, reference, samplers in (*pairs, both, uniform):
        why = unmeasured(risks, *samplers) or no_exact
        cells = _cells(means[tested], reference, tolerance)
        parts.append(_equivalent_cells(name, cells, why, tolerance, settings["seed"]))
    main = parts[: len(FAST)]
    controls = [*parts[len(FAST) : -1], _must_fail(parts[-1])]
    if all(part.part_verdict == NOT_TESTABLE for part in main):
        # Controls alone would reproduce a claim that nothing was measured for.
        controls = [Part(part.part, part_reason=main[0].part_reason) for part in controls]
    return main + controls


def _cells(tested: pd.Series, exact: pd.Series, tolerance: Mapping) -> list[_Cell]:
    """Return the differences of every cell with two data sets whose risks are not both zero."""
    both = pd.DataFrame({"tested": tested, "exact": exact}).dropna()
    cells = []
    for _, rows in both.groupby(CELL, sort=True):
        if len(rows) < 2 or rows.mean().max() <= RISK_FLOOR:
            continue
        margin = max(tolerance["margin_relative"] * rows["exact"].mean(), tolerance["margin"])
        cells.append(_Cell((rows["tested"] - rows["exact"]).to_numpy(), margin))
    return cells


def _equivalent_cells(
    name: str, cells: Sequence[_Cell], why: str, tolerance: Mapping, seed: int
) -> Part:
    """Judge how many cells are equivalent; ``why`` says which sampler was not measured, if so."""
    if not cells:
        why = why or "no cell has two data sets with both samplers and risks above zero"
        return Part(name, part_reason=why)
    rng = np.random.default_rng(seed)
    # A third each for two cells at their margin, the rest for differences that are not normal.
    level = tolerance["level"] / 3
    kept, seen = _seeing(cells, level, tolerance["level"] / 2, tolerance["power"], rng)
    blind = len(cells) - len(kept)
    if not kept:
        return Part(name, part_reason=f"the test sees too little in each of {blind} cells")
    spared = tolerance["cells_that_may_fail"] if len(kept) >= tolerance["fewest_cells"] else 0
    unequal = sum(cell.compared().p_equivalent >= level for cell in kept)
    different = holm([cell.compared().p_different for cell in kept]) < tolerance["level"]
    verdict = REPRODUCED if unequal <= spared else PARTLY
    verdict = NOT_REPRODUCED if different.any() else verdict
    power, wrong = _chances(kept, seen, level, spared, rng)
    reason = f"{len(kept) - unequal} of {len(kept)} cells equivalent, {different.sum()} proven "
    reason += f"different; power {power:.2f} at equal means, {wrong:.2f} with {spared + 1} at the "
    reason += f"margin{_blind(blind)}"
    name += f": cells of {len(kept)} not equivalent"
    scale = {"most": float(spared), "reference": -1.0, "part_verdict": verdict}
    return Part(name, float(unequal), part_reason=reason, **scale)


def _seeing(
    cells: Sequence[_Cell], level: float, false: float, power: float, rng: np.random.Generator
) -> tuple[list[_Cell], list[_Seen]]:
    """Return the cells whose test has the power and the rate of false passes asked for."""
    looks = [(cell, _Seen(cell, level, rng)) for cell in cells]
    kept = [
        (cell, seen)
        for cell, seen in looks
        if seen.equal.mean() >= power and seen.false.mean() <= at_most(false)
    ]
    return [cell for cell, _ in kept], [seen for _, seen in kept]


def _blind(cells: int) -> str:
    return f"; in {cells} cells the test sees too little" if cells else ""


def _chances(
    cells: Sequence[_Cell],
    seen: Sequence[_Seen],
    level: float,
    spared: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Return how likely at most ``spared`` cells fail: all equal, and with one more at the margin.

    Those at the margin are the cells that pass there most easily, simulated anew since they were
    chosen by a simulation.
    """
    passes = np.array([one.equal for one in seen])
    power = np.mean(np.sum(~passes, axis=0) <= spared)
    order = sorted(range(len(cells)), key=lambda number: -seen[number].false.mean())
    for number in order[: spared + 1]:
        passes[number] = _Seen(cells[number], level, rng).false
    return float(power), float(np.mean(np.sum(~passes, axis=0) <= spared))


def _must_fail(found: Part) -> Part:
    """Turn the verdict on uniform nodes round: a test that they pass can tell nothing."""
    verdicts = {REPRODUCED: NOT_REPRODUCED, NOT_REPRODUCED: REPRODUCED}
    verdict = verdicts.get(found.part_verdict, found.part_verdict)
    if not np.isfinite(found.value):
        return found
    limits = {"least": found.most + 1, "most": np.inf, "reference": found.most + 10}
    return replace(found, part_verdict=verdict, **limits)


def judge_uniform(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """S6: the uniform risk over the optimized one at declared N / M, and against the law."""
    risks = tables["risks"]
    drawn = risks[(risks["status"] == "ok") & (risks["sampler"] == "spectral")]
    means = cell_means(risks, ("uniform", "spectral")).dropna().reset_index()
    means = means.join(drawn.groupby(CELL)["kappa"].mean(), on=CELL)
    families = pd.unique(risks["family"].dropna())
    ratio_parts, law_parts = [], []
    for nu in tolerance["nodes_over_points"]:
        near = means[(means["nodes"] / means["points"] - nu).abs() <= NEAR]
        for family in families if len(families) else ["all"]:
            own = risks[risks["family"] == family] if len(families) else risks
            why = unmeasured(own, "uniform", "spectral") or f"no cell has N/M = {nu:g}"
            cells = near[near["family"] == family]
            ratio_parts.append(_lower(family, nu, cells, why, tolerance, settings["seed"]))
        law_parts.append(_against_law(nu, near, risks, tolerance, settings))
    # The figure shows the first N / M; the table has all.
    first = f"N/M = {tolerance['nodes_over_points'][0]:g}:"
    return [replace(part, headline=first in part.part) for part in ratio_parts + law_parts]


def _lower(
    family: str, nu: float, cells: pd.DataFrame, why: str, tolerance: Mapping, seed: int
) -> Part:
    """Judge one family at one N / M: every target, over all its data sets; the weakest is shown."""
    limit = tolerance["ratio"]
    name = f"{family}, N/M = {nu:g}: uniform over optimized"
    scale = {"least": limit, "reference": 3 * limit, "logarithmic": True}
    targets = {
        target: rows[["uniform", "spectral"]].to_numpy().T
        for target, rows in cells.groupby("target")
        if len(rows) > 1
    }
    if not targets:
        return Part(name, part_reason=why, **scale)
    found = {target: ratio_interval(*pair) for target, pair in targets.items()}
    weakest = min(found, key=lambda target: found[target].low)
    verdict = _joint_verdict(list(found.values()), limit)
    expected = float(law_ratio(nu, cells.loc[cells["target"] == weakest, "kappa"].mean()))
    power, false = _ratio_chances(targets[weakest], limit, expected, seed)
    sets = sorted({pair.shape[1] for pair in targets.values()})
    reason = f"{sum(one.low > limit for one in found.values())} of {len(found)} targets hold, "
    reason += f"each over {sets[0] if len(sets) == 1 else f'{sets[0]} to {sets[-1]}'} data sets; "
    reason += f"power {power:.2f} at the law's {expected:.2f}, {false:.2f} at {limit:g}"
    name += f", weakest: {weakest}" if len(found) > 1 else ""
    lowest = found[weakest]
    numbers = (lowest.value, lowest.low, lowest.high)
    return Part(name, *numbers, part_verdict=verdict, part_reason=reason, **scale)


def _joint_verdict(found: Sequence[Estimate], limit: float) -> str:
    """Judge several ratios together: all above the limit, all below it, or in between."""
    verdicts = {interval_verdict(one, limit, np.inf) for one in found}
    return verdicts.pop() if len(verdicts) == 1 else PARTLY


def _ratio_chances(pair: np.ndarray, limit: float, truth: float, seed: int) -> tuple[float, float]:
    """Return how likely the weakest target passes at a true ratio, and at the limit."""
    uniform, optimized = pair
    chances = []
    for ratio in (truth, limit):
        scaled = uniform * (ratio * optimized.mean() / uniform.mean())
        studies = simulate(scaled - limit * optimized, level=LEVEL, rng=seed)
        passes = studies.passes((ratio - limit) * optimized.mean(), low=0.0)
        chances.append(float(passes.mean()))
    return chances[0], chances[1]


def _against_law(
    nu: float, near: pd.DataFrame, risks: pd.DataFrame, tolerance: Mapping, settings: Settings
) -> Part:
    """Judge the ratio over that of the law, over all data sets inside its range."""
    limit = tolerance["law"]
    name = f"N/M = {nu:g}: ratio over the law's 1 + (kappa - 1) N/M"
    scale = {"least": 1 - limit, "most": 1 + limit, "logarithmic": True}
    cells = _lawful(near, settings)
    if len(cells) < 2:
        why = unmeasured(risks, "uniform", "spectral") or "no cell lies inside the law's range"
        return Part(name, part_reason=why, **scale)
    expected = cells["spectral"] * law_ratio(cells["nodes"] / cells["points"], cells["kappa"])
    found = ratio_interval(cells["uniform"], expected)
    gaps = cells["uniform"] / cells["uniform"].mean() - expected / expected.mean()
    studies = simulate(gaps, level=LEVEL, rng=settings["seed"])
    power, false = (studies.passes(truth, -limit, limit).mean() for truth in (0.0, limit))
    reason = f"{len(cells)} data sets; power {power:.2f} at the law, {false:.2f} at its limit"
    verdict = interval_verdict(found, 1 - limit, 1 + limit)
    numbers = (found.value, found.low, found.high)
    return Part(name, *numbers, part_verdict=verdict, part_reason=reason, **scale)


def _lawful(means: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the data sets of those cells that lie inside the range of the law."""
    found = means.dropna(subset=["kappa"])
    sparse = [name for name, family in settings["families"].items() if family["sparse"]]
    density = found["points"] / found["modulus"].astype(float) ** found["dimension"]
    applies = law_applies(
        found["nodes"] / found["points"],
        found["kappa"],
        found["points"],
        density=density.where(found["family"].isin(sparse), 1.0),
        ridge=settings.get("ridge_relative", 0.0),
    )
    return found[applies]


def judge_law(tables: Tables, tolerance: Mapping, settings: Settings) -> list[Part]:
    """O2: cell means against the law, inside its range; the worst cell is shown."""
    ridge = settings.get("ridge_relative", 0.0)
    sparse = [name for name, family in settings["families"].items() if family["sparse"]]
    compared = {"sampler": "spectral", "baseline": "uniform"}
    cells = law_summary(tables["risks"], **compared, sparse=sparse, ridge=ridge)
    cells = cells[cells["applies"]]
    measured = tables["risks"][tables["risks"]["status"] == "ok"]
    sets = average_draws(measured, "relative_risk", RISK_CELL).set_index(RISK_CELL)
    parts = []
    for sampler, name in (("spectral", "optimized"), ("uniform", "uniform")):
        own = cells[cells["sampler"] == sampler]
        gaps = [
            np.atleast_1d(sets.loc[tuple(row[RISK_CELL]), "relative_risk"]) - row["predicted"]
            for _, row in own.iterrows()
        ]
        gaps = [one for one in gaps if len(one) > 1]
        # kappa is estimated from the draws of spectral for both.
        why = unmeasured(tables["risks"], *dict.fromkeys(("spectral", sampler)))
        parts.append(_law_part(f"{name}: measured minus law", gaps, why, tolerance, settings))
    return parts


def _law_part(
    name: str, gaps: Sequence[np.ndarray], why: str, tolerance: Mapping, settings: Settings
) -> Part:
    """Judge every cell by the 95 % interval of its distance from the law; the worst decides."""
    limit = tolerance["difference"]
    scale = {"least": -limit, "most": limit}
    if not gaps:
        why = why or "no cell with two data sets lies inside the range"
        return Part(name, part_reason=why, **scale)
    rng = np.random.default_rng(settings["seed"])
    cells = [_Cell(one, limit) for one in gaps]
    kept, seen = _seeing(cells, LEVEL, 1.8 * LEVEL, 0.0, rng)
    blind = len(cells) - len(kept)
    if not kept:
        why = f"the test sees too little in each of {blind} cells"
        return Part(name, part_reason=why, **scale)
    found = [cell.compared(1 - LEVEL).difference for cell in kept]
    worst = max(found, key=lambda one: max(one.high, -one.low))
    within = sum(interval_verdict(one, -limit, limit) == REPRODUCED for one in found)
    power, wrong = _chances(kept, seen, LEVEL, 0, rng)
    reason = f"{within} of {len(found)} cells within; power {power:.2f} where the law holds, "
    reason += f"{wrong:.2f} with one cell at the limit{_blind(blind)}"
    name += f", worst of {len(found)} cells"
    numbers = (worst.value, worst.low, worst.high)
    verdict = interval_verdict(worst, -limit, limit)
    return Part(name, *numbers, part_verdict=verdict, part_reason=reason, **scale)
