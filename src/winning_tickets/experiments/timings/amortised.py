"""What a node costs once a table is paid for: from the times to seconds a node and break-even."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...statistics import t_interval
from .measure import FEWEST_PASSES, STREAMED
from .summary import as_factor, by_pass, measured


def kept_tables(timings: pd.DataFrame) -> pd.DataFrame:
    """Return the rows over D at fixed M, random points, of samplers that keep what they prepare."""
    rows = measured(timings)
    rows = rows[(rows["grid"] == "dimension") & (rows["mode"] != STREAMED)]
    return rows.assign(per_node=rows["draw_seconds"] / rows["nodes"])


def break_even(rows: pd.DataFrame, slow: str, fast: str) -> pd.DataFrame:
    """Return from how many nodes on a table is worth its preparation.

    Parameters
    ----------
    rows : DataFrame
        Rows of `kept_tables` at one modulus.
    slow, fast : str
        The sampler with a table, and the one without.

    Returns
    -------
    DataFrame
        One row per D that every pass has, with at least `FEWEST_PASSES` of them: dimension, and
        nodes with the ends of its 95 % t interval over the logarithms of the passes. D where a node
        from the table is no cheaper are left out, as no number of nodes is enough there, and those
        where the table itself is: it pays from the first node on.
    """
    own = {name: rows[rows["sampler"] == name] for name in (slow, fast)}
    prepared = [by_pass(own[name], "prepare_seconds") for name in (slow, fast)]
    drawn = [by_pass(own[name], "per_node") for name in (slow, fast)]
    # Only dimensions and passes that both have are left by the differences.
    saved = (drawn[1] - drawn[0]).clip(lower=0)
    nodes = (prepared[0] - prepared[1]) / saved.where(saved > 0)
    found = []
    for dimension in nodes.columns:
        values = nodes[dimension].dropna().to_numpy(dtype=float)
        if len(values) < FEWEST_PASSES or not (values > 0).all():
            continue
        even = as_factor(t_interval(np.log(values)))
        found.append((dimension, even.value, even.low, even.high))
    table = pd.DataFrame(found, columns=["dimension", "nodes", "low", "high"])
    return table.assign(sampler=slow, against=fast)


def cost_a_node(rows: pd.DataFrame, sizes: np.ndarray) -> pd.DataFrame:
    """Return seconds a node against N: preparation shared among N nodes, and what each takes.

    Parameters
    ----------
    rows : DataFrame
        Rows of `kept_tables` at one modulus and dimension.
    sizes : numpy.ndarray of int
        Numbers of nodes N.

    Returns
    -------
    DataFrame
        One row per sampler and N: sampler, nodes, seconds (from medians over the passes).
    """
    medians = rows.groupby("sampler", sort=False)[["prepare_seconds", "per_node"]].median()
    parts = [
        pd.DataFrame({"sampler": name, "nodes": sizes, "seconds": once / sizes + each})
        for name, once, each in medians.itertuples()
    ]
    return pd.concat(parts, ignore_index=True)
