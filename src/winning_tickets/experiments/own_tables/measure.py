"""Fit tickets with a smooth prior, and a straight line, to a table and measure their risks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...families.table import split_rows
from ...risk import relative_risk
from ...seeds import seed

if TYPE_CHECKING:
    import pandas as pd

    Rows = tuple[pd.DataFrame, np.ndarray]
    Prediction = Callable[[pd.DataFrame], np.ndarray]

COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "sampler",
    "replicate",
    "nodes",
    "points",
    "relative_risk",
    "test_risk",
    "unique_nodes",
    "status",
    "reason",
)
"""Columns of the table, one row per way, replicate and size; as far as they go those of risks."""

METHODS = {"smooth": "draw", "smooth_greedy": "greedy"}
"""Ways to make a ticket with the smooth prior, and what `TicketRegressor` calls them."""

SAMPLERS = ("ancestral",)
"""What the tickets are drawn by."""

LINE = "line"
"""The name of linear ridge regression, which has no nodes: the same at every N."""


@dataclass(frozen=True)
class Settings:
    """What is asked of one table.

    Attributes
    ----------
    seed : int
        Of the study.
    family, path, target : str
        Name of the table's family, its file, the column to be learnt.
    modulus : int
        P.
    mapping, missing : str
        As `TicketRegressor` takes them.
    train : float
        Share of the rows to learn from.
    nodes : tuple of int
        Ticket sizes N.
    replicates : int
        Random splits.
    """

    seed: int
    family: str
    path: str
    target: str
    modulus: int
    mapping: str
    missing: str
    train: float
    nodes: tuple[int, ...]
    replicates: int


def measure(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the rows of one table.

    Parameters
    ----------
    settings : Settings
        The table.

    Yields
    ------
    dict
        With keys of `COLUMNS`. Risks are relative to the targets as the family gives them: numbers
        standardised on the training rows, labels -1 and 1.
    """
    # Only this question needs scikit-learn, which is slow to import.
    from ...estimators import TicketRegressor

    for replicate in range(settings.replicates):
        own = seed(settings.seed, "own_tables", settings.family, settings.target, replicate)
        seen, held_back = split_rows(
            settings.path, settings.target, settings.train, np.random.default_rng(own)
        )
        common = {
            "family": settings.family,
            "target": settings.target,
            "modulus": settings.modulus,
            "replicate": replicate,
            "points": len(seen[1]),
            "status": "ok",
        }
        line = _fit_line(seen)
        for nodes in settings.nodes:
            yield common | {"sampler": LINE, "nodes": nodes} | _risks(line, seen, held_back)
            for name, method in METHODS.items():
                ticket = TicketRegressor(
                    nodes,
                    modulus=settings.modulus,
                    mapping=settings.mapping,
                    missing=settings.missing,
                    method=method,
                    random_state=own % 2**32,
                ).fit(*seen)
                yield common | {
                    "sampler": name,
                    "nodes": nodes,
                    "dimension": ticket.columns_.dimension,
                    "unique_nodes": ticket.n_nodes_,
                    **_risks(ticket.predict, seen, held_back),
                }


def _risks(predict: Prediction, seen: Rows, held_back: Rows) -> dict[str, float]:
    """Return the relative risks on both parts."""
    parts = {"relative_risk": seen, "test_risk": held_back}
    return {name: relative_risk(wanted, predict(rows)) for name, (rows, wanted) in parts.items()}


def _fit_line(seen: Rows) -> Prediction:
    """Fit linear ridge regression: numbers standardised, categories one by one."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, RidgeCV(np.logspace(-3, 3, 13))).fit(*seen).predict
