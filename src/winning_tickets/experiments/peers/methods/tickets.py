"""Tickets: of the paper's distribution, greedy, and with the smooth prior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ....estimators import TicketRegressor
from .base import Examples, Features, Fold, Hidden, Peer, Rows

LANDMARKS = 300
"""Examples that stand for all in the wide network's problem."""


class Ticket(Peer):
    """A `TicketRegressor`, which chooses everything by itself; only its nodes are kept."""

    prior: ClassVar[str] = "smooth"
    method: ClassVar[str] = "draw"

    def fit(
        self, data: Examples, folds: Sequence[Fold], nodes: int, rng: np.random.Generator
    ) -> Hidden:
        """Fit the estimator; the prior, which no N changes, is chosen once."""
        seed = int(rng.integers(2**31))
        prior, mapping = self.prior, data.rows.mapping
        if prior == "smooth":
            prior, mapping = smooth_choice(data)
        ticket = self._estimator(data, nodes, prior, mapping, seed)
        memorises = self.prior == "uniform"

        def features(rows: Rows) -> np.ndarray:
            positions = ticket.columns_.to_positions(rows.raw)
            return ticket.hidden_.features(np.rint(positions) if memorises else positions)

        return Hidden(features, ticket.penalty_, ticket.columns_.mapping)

    def choose(self, data: Examples, option: str, nodes: int, rng: np.random.Generator) -> Features:
        """Return the features of a fit."""
        return self.fit(data, (), nodes, rng).features

    def _estimator(
        self, data: Examples, nodes: int, prior: object, mapping: str, seed: int
    ) -> TicketRegressor:
        ticket = TicketRegressor(
            nodes,
            prior=prior,
            modulus=data.rows.modulus,
            mapping=mapping,
            landmarks=LANDMARKS,
            method=self.method,
            random_state=seed,
        )
        return ticket.fit(data.rows.raw, data.values)


def smooth_choice(data: Examples) -> tuple[np.ndarray, str]:
    """Return the prior and the mapping of least leave-one-out error on some examples."""

    def choose() -> tuple[np.ndarray, str]:
        rows = data.rows
        settings = {"modulus": rows.modulus, "mapping": rows.mapping, "landmarks": LANDMARKS}
        ticket = TicketRegressor(2, random_state=0, **settings).fit(rows.raw, data.values)
        return ticket.prior_, ticket.columns_.mapping

    return data.once("smooth prior", choose)


class Optimized(Ticket):
    """The paper's distribution p*."""

    name = "optimized"
    label = "p* (paper)"
    prior = "uniform"


class GreedyOptimized(Ticket):
    """A greedy choice among four times as many draws from p*."""

    name = "greedy"
    label = "p*, greedy"
    prior = "uniform"
    method = "greedy"


class Prior(Ticket):
    """The smooth prior, which is ours."""

    name = "prior"
    label = "ticket with prior (ours)"
