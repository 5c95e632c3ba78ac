"""From the table of risks to the numbers that figures show and claims are judged by."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from ...law import LARGEST_DENSITY, law_applies, law_risk, uniform_risk
from ...risk import RISK_FLOOR
from ...statistics import average_draws, mean_interval, ratio_interval

RISK_CELL = ["family", "target", "dimension", "modulus", "points", "sampler", "nodes"]


def risk_summary(risks: pd.DataFrame, value: str = "relative_risk") -> pd.DataFrame:
    """Mean of each cell with its 95 % interval over replicates.

    Parameters
    ----------
    risks : DataFrame
        The risk table; rows whose status is not "ok" are left out.
    value : str
        Column to average.

    Returns
    -------
    DataFrame
        One row per cell, sampler and N with mean, low, high and the number of replicates.
    """
    drawn = risks[risks["status"] == "ok"]
    # Rows of skipped cells leave gaps, which turn these columns into floats.
    drawn = drawn.astype(dict.fromkeys(("dimension", "modulus", "points", "nodes"), int))
    means = average_draws(drawn, value, RISK_CELL)
    rows = []
    for cell, group in means.groupby(RISK_CELL, sort=True):
        found = mean_interval(group[value])
        rows.append((*cell, len(group), found.value, found.low, found.high))
    found = pd.DataFrame(rows, columns=[*RISK_CELL, "replicates", "mean", "low", "high"])
    # Without rows the types would be lost.
    return found.astype(means[RISK_CELL].dtypes)


def law_summary(
    risks: pd.DataFrame,
    *,
    sparse: Collection[str],
    sampler: str,
    baseline: str,
    ridge: float = 0.0,
) -> pd.DataFrame:
    """Measured mean risk of each cell beside what the law predicts for it.

    Parameters
    ----------
    risks : DataFrame
        The risk table; kappa is averaged from the draws of ``sampler``.
    sparse : collection of str
        Families whose points are a share M / P^D of what they span; others fill their span.
    sampler : str
        An exact sampler that runs in every cell.
    baseline : str
        The sampler of uniform nodes.
    ridge : float
        Ridge parameter of the study.

    Returns
    -------
    DataFrame
        Summary rows of ``sampler`` and ``baseline`` with nu, kappa, predicted, the standard error
        over replicates, and whether the law applies.
    """
    drawn = risks[(risks["status"] == "ok") & risks["sampler"].isin([sampler, baseline])]
    cell = [name for name in RISK_CELL if name != "sampler"]
    drawn = drawn.assign(kappa=drawn["kappa"].where(drawn["sampler"] == sampler))
    kappa = drawn.groupby(cell)["kappa"].mean()
    found = risk_summary(drawn).join(kappa, on=cell).dropna(subset=["kappa"])
    errors = average_draws(drawn, "relative_risk", RISK_CELL).groupby(RISK_CELL)["relative_risk"]
    found = found.join(errors.sem().rename("error"), on=RISK_CELL)
    nu = found["nodes"] / found["points"]
    uniform = found["sampler"] == baseline
    density = found["points"] / found["modulus"].astype(float) ** found["dimension"]
    density = density.where(found["family"].isin(list(sparse)), 1.0)
    return found.assign(
        nu=nu,
        predicted=np.where(uniform, uniform_risk(nu), law_risk(nu, found["kappa"])),
        sparse=density <= LARGEST_DENSITY,
        applies=law_applies(nu, found["kappa"], found["points"], density=density, ridge=ridge),
    )


GENERIC_TARGETS = ("labels", "parity")
"""Targets without a structure that ridge functions share: random labels, and classes of images."""


def ratio_summary(risks: pd.DataFrame, *, filled: Collection[str] = ()) -> pd.DataFrame:
    """Uniform over optimized risk of each cell, with what it may depend on.

    Parameters
    ----------
    risks : DataFrame
        The risk table; optimized nodes are those of ``spectral``.
    filled : collection of str
        Families whose points fill the space that they span.

    Returns
    -------
    DataFrame
        One row per family, target, D and N: value, low and high of the ratio (Fieller's interval
        over data sets), nu = N / M, density M / P^D of the space that the data span, whether the
        target is structured, and the numbers of replicates and of draws on each. Cells where both
        risks are zero, and those with one data set, have no row.
    """
    drawn = risks[(risks["status"] == "ok") & risks["sampler"].isin(["uniform", "spectral"])]
    drawn = drawn.astype(dict.fromkeys(("dimension", "modulus", "points", "nodes"), int))
    cell = [name for name in RISK_CELL if name != "sampler"]
    means = average_draws(drawn, "relative_risk", RISK_CELL)
    pairs = means.pivot(index=[*cell, "replicate"], columns="sampler", values="relative_risk")
    pairs = pairs.reindex(columns=["uniform", "spectral"]).dropna()
    draws = drawn.groupby(cell)["draw"].nunique()
    rows = []
    for names, group in pairs.groupby(cell, sort=True):
        if len(group) > 1 and group.mean().max() > RISK_FLOOR:
            found = ratio_interval(group["uniform"], group["spectral"])
            rows.append((*names, len(group), draws[names], found.value, found.low, found.high))
    found = pd.DataFrame(rows, columns=[*cell, "replicates", "draws", "value", "low", "high"])
    density = found["points"] / found["modulus"].astype(float) ** found["dimension"]
    return found.assign(
        nu=found["nodes"] / found["points"],
        density=density.where(~found["family"].isin(list(filled)), 1.0),
        structured=~found["target"].isin(GENERIC_TARGETS),
    )
