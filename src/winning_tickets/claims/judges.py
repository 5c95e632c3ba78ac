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
from ..risk import RISK_FLOOR
from ..statistics import (
    Estimate,
    average_draws,
    equivalence,
    holm,
    last_slope,
    ratio_of_means,
)
from .common import CONVENTIONAL, FAST, Settings, Tables
from .common import judged as _judged
from .common import unmeasured as _unmeasured
from .judges_times import judge_conventional, judge_scaling, judge_speedup
from .verdicts import (
    CLAIM_COLUMNS,
    NOT_REPRODUCED,
    PARTLY,
    REPRODUCED,
    Part,
    combine,
)


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
    compared = {"sampler": "spectral", "baseline": "uniform"}
    cells = law_summary(tables["risks"], settings["seed"], **compared, sparse=sparse, ridge=ridge)
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
        seed, modulus, nodes, ridge_relative, and of the times judged and timed_nodes.

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
