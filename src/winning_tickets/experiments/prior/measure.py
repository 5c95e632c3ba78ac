"""Fit tickets and the wide network itself under priors from uniform to narrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from ...field import uniform_residues
from ...problem import Problem
from ...risk import relative_risk
from ...samplers import make_sampler
from ...seeds import seed
from ..peers.data import SOURCES
from ..peers.measure import split_rows
from .theory import mode_share

if TYPE_CHECKING:
    from ..peers.methods import Examples

COLUMNS = (
    "data",
    "modulus",
    "points",
    "nodes",
    "width",
    "split",
    "ticket_risk",
    "ticket_test_risk",
    "wide_risk",
    "wide_test_risk",
    "ticket_alignment",
    "wide_alignment",
    "mode_share",
    "predicted_mode_share",
    "prior_mode_share",
    "split_seed",
    "status",
    "reason",
)
"""Columns of the table of priors; one row per data, width and split."""

SAMPLERS = ("spectral", "ancestral")
"""Samplers of tickets without and with a prior."""

MODE = "mode"
"""The data on which the share of the target's mode is predicted."""

ACTIVE = 2.0
"""Columns that a node on a table is expected to look at."""

MODE_MODULUS, MODE_DIMENSION, MODE_POINTS, MODE_DRAWS = 11, 4, 300, 2000
"""P, D, M and draws of the data "mode"."""

LANDMARKS = 300
"""Examples that stand for all in the wide network's problem when nodes are drawn."""

_MODE_RIDGE = 0.1
_NEAR_UNIFORM = 1e6

Row = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What is asked on one kind of data.

    Attributes
    ----------
    seed : int
        Of the study.
    data : str
        `MODE`, or a kind of data of the peers.
    widths : tuple of float
        Widths of the prior.
    nodes : int
        N.
    splits : int
        Splits into training and test rows.
    """

    seed: int
    data: str
    widths: tuple[float, ...]
    nodes: int
    splits: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one kind of data: every split, and the uniform prior before the widths."""
    with threadpool_limits(limits=1):
        for split in range(settings.splits):
            split_seed = seed(settings.seed, "prior", settings.data, split)
            rng = np.random.default_rng(split_seed)
            known = {"data": settings.data, "split": split, "split_seed": split_seed}
            known |= {"nodes": settings.nodes, "status": "ok"}
            if settings.data == MODE:
                yield from (known | row for row in _mode_rows(settings, rng))
                continue
            train, test = split_rows(SOURCES[settings.data], rng)
            for width in (None, *settings.widths):
                try:
                    yield known | _fit(settings, train, test, width, split_seed)
                except ValueError as error:  # a prior so narrow that the weights are rounding
                    left_out = {"width": width, "status": "skipped", "reason": str(error)}
                    yield known | left_out


def _fit(
    settings: Settings, train: Examples, test: Examples, width: float | None, split_seed: int
) -> Row:
    """Return the risks of a ticket and of the wide network under one prior."""
    # Imported here: laying out a study must not load scikit-learn.
    from ...estimators import TicketRegressor
    from ...estimators.wide import smooth_prior

    rows, values = train.rows, train.values
    modulus, dimension = rows.modulus, rows.positions.shape[1]
    field = rows.mapping == "residues"
    prior = None
    if width is not None:
        active = None if field else ACTIVE
        prior = smooth_prior(modulus, dimension, active, width)
    ticket = TicketRegressor(
        settings.nodes,
        prior="uniform" if prior is None else prior,
        modulus=modulus,
        mapping="residues" if field else "quantile",
        landmarks=LANDMARKS,
        random_state=split_seed % 2**31,
    ).fit(rows.raw, values[:, 0])
    wide = Problem(
        np.rint(rows.positions).astype(int),
        values,
        modulus=modulus,
        activation="sine",
        ridge=ticket.noise_ / len(values),
        prior=prior,
    )
    found = {"modulus": modulus, "points": len(values), "width": width}
    for name, part in (("risk", train), ("test_risk", test)):
        wanted = part.values[:, 0]
        found[f"ticket_{name}"] = relative_risk(wanted, ticket.predict(part.rows.raw))
        residues = np.rint(part.rows.positions).astype(int)
        found[f"wide_{name}"] = relative_risk(wanted, wide.wide_outputs(residues))
    positions = test.rows.positions
    columns = ticket.hidden_.features(np.rint(positions) if prior is None else positions)
    found["ticket_alignment"] = alignment(columns @ columns.T, test.values[:, 0])
    found["wide_alignment"] = alignment(_kernel(wide, np.rint(positions)), test.values[:, 0])
    return found


def alignment(kernel: np.ndarray, values: np.ndarray) -> float:
    """Return y^T K y / (||K|| ||y||^2) after centring both, the kernel's share on the target."""
    centred = kernel - kernel.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    values = values - values.mean()
    return float(values @ centred @ values / (np.linalg.norm(centred) * (values @ values)))


def _kernel(wide: Problem, positions: np.ndarray) -> np.ndarray:
    from ...kernel import wide_kernel

    residues = positions.astype(wide.points.dtype)
    return wide_kernel(residues, residues, wide.node_prior, wide.activation)


def _mode_rows(settings: Settings, rng: np.random.Generator) -> Iterator[Row]:
    """Yield, for every width, the share of draws on the one mode of a known target."""
    from ...estimators.wide import smooth_prior

    modulus, dimension = MODE_MODULUS, MODE_DIMENSION
    mode = np.zeros(dimension, dtype=np.int64)
    mode[:2] = 1
    points = np.unique(uniform_residues(rng, (MODE_POINTS, dimension), modulus), axis=0)
    values = np.sin(2 * np.pi * (points @ mode) / modulus)
    for width in (None, *settings.widths):
        row = smooth_prior(modulus, dimension, None, width or _NEAR_UNIFORM)
        problem = Problem(
            points,
            values,
            modulus=modulus,
            activation="sine",
            ridge=_MODE_RIDGE / len(points),
            prior=row,
        )
        drawn = make_sampler("ancestral", problem).sample(MODE_DRAWS, rng=rng)
        centred = drawn.a.astype(np.int64)
        hits = [(centred == sign * mode % modulus).all(axis=1).mean() for sign in (1, -1)]
        mass = float(np.prod(row[mode]))
        whole = reduce(np.multiply.outer, [row] * dimension).reshape(-1)
        yield {
            "modulus": modulus,
            "points": len(points),
            "width": width,
            "mode_share": float(sum(hits)),
            "predicted_mode_share": mode_share(len(points), whole, mass, problem.ridge),
            "prior_mode_share": 2 * mass,
        }
