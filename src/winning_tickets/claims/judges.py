"""One pure function per claim, from the tables of the study to the parts of its verdict.

The declarations (statement, test, tolerance, power) are data, in workflow/claims.yaml.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from ..statistics import Estimate, holm, last_slope
from .common import Settings, Tables
from .common import judged as _judged
from .judges_risks import judge_equivalence, judge_law, judge_uniform
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
