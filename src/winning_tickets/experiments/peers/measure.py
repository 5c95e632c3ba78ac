"""Fit every peer on splits of one kind of data, and measure risks and seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from ...risk import relative_risk
from ...seeds import seed
from .data import FIELD_MODULUS, SOURCES, Source

if TYPE_CHECKING:
    from .methods import Examples, Fold, Peer, Rows

COLUMNS = (
    "data",
    "kind",
    "points",
    "test_points",
    "overlap",
    "peer",
    "nodes",
    "kept_nodes",
    "option",
    "penalty",
    "split",
    "test_risk",
    "train_risk",
    "test_risk_plain",
    "train_risk_plain",
    "choose_seconds",
    "fit_seconds",
    "split_seed",
    "status",
    "reason",
)
"""Columns of the table of peers; one row per peer, N and split."""

MODULUS = 61
"""P of tickets on tables."""

FOLDS = 3
"""Parts of the training rows that peers are tuned on."""

_RANK = 1e-9

Row = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What is asked of one kind of data.

    Attributes
    ----------
    seed : int
        Of the study.
    data : str
        One of `SOURCES`.
    nodes : tuple of int
        Numbers of nodes N.
    splits : int
        Random splits into training and test rows.
    """

    seed: int
    data: str
    nodes: tuple[int, ...]
    splits: int


def measure(settings: Settings) -> Iterator[Row]:
    """Yield the rows of one kind of data: every split, peer and N; on one thread."""
    # Imported here: laying out a study must not load scikit-learn.
    from .methods import LINES, PEERS

    plans = [(peer, nodes) for nodes in settings.nodes for peer in PEERS.values()]
    plans = [(peer, 0) for peer in LINES.values()] + plans
    with threadpool_limits(limits=1):
        for split in range(settings.splits):
            yield from _measure_split(settings, split, plans)


def _measure_split(settings: Settings, split: int, plans: list[tuple[Peer, int]]) -> Iterator[Row]:
    source = SOURCES[settings.data]
    names = ("peers", settings.data, split)
    split_seed = seed(settings.seed, *names)
    train, test = split_rows(source, np.random.default_rng(split_seed))
    order = np.random.default_rng(seed(settings.seed, *names, "folds"))
    folds = _folds(train, order)
    common = {
        "data": settings.data,
        "kind": source.kind,
        "points": len(train.values),
        "test_points": len(test.values),
        # Of two training parts of fixed rows; Nadeau and Bengio's correction needs it.
        "overlap": len(test.values) / len(train.values) if source.fixed else 0.0,
        "split": split,
        "split_seed": split_seed,
    }
    for peer, nodes in plans:
        row = common | {"peer": peer.name, "nodes": nodes}
        if peer.needs and find_spec(peer.needs) is None:
            reason = f"the package {peer.needs} is not installed (make extended installs it)"
            yield row | {"status": "skipped", "reason": reason}
            continue
        rng = np.random.default_rng(seed(settings.seed, *names, peer.name, nodes))
        try:
            yield row | _measure_peer(peer, train, test, folds, nodes, rng) | {"status": "ok"}
        except ValueError as error:
            yield row | {"status": "skipped", "reason": str(error)}


def split_rows(source: Source, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Return training and test examples of a kind of data.

    Parameters
    ----------
    source : Source
        The data.
    rng : numpy.random.Generator
        Draws rows, where they are not fixed, and the split.

    Returns
    -------
    Examples, Examples
        Scales, residues and the mean of the targets are those of the training rows.
    """
    from .methods import Examples

    columns, targets = source.make(rng)
    order = rng.permutation(len(columns))
    seen = order[: source.train]
    rows = _views(source, columns, seen)
    values = targets - targets[seen].mean(axis=0)
    parts = (seen, order[source.train :])
    return tuple(Examples(rows[part], values[part]) for part in parts)


def _views(source: Source, columns: np.ndarray, seen: np.ndarray) -> Rows:
    """Return all inputs of all rows, scaled by the training rows."""
    from ...columns import fit_columns
    from .methods import Rows

    field = source.kind == "field"
    modulus = FIELD_MODULUS if field else MODULUS
    mapped = fit_columns(columns[seen], modulus, "residues" if field else "quantile")
    positions = mapped.to_positions(columns)
    angles = 2 * np.pi * np.rint(positions) / modulus
    spread = columns[seen].std(axis=0)
    standard = (columns - columns[seen].mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    circle = np.sqrt(2) * np.hstack([np.cos(angles), np.sin(angles)])
    mapping = "residues" if field else "auto"
    return Rows(columns, standard, circle, positions, modulus, mapping)


def _folds(train: Examples, rng: np.random.Generator) -> list[Fold]:
    from .methods import Examples, Fold

    fold = rng.permutation(np.arange(len(train.values)) % FOLDS)
    parts = [(np.flatnonzero(fold != part), np.flatnonzero(fold == part)) for part in range(FOLDS)]
    return [
        Fold(*(Examples(train.rows[rows], train.values[rows]) for rows in both)) for both in parts
    ]


def _measure_peer(
    peer: Peer,
    train: Examples,
    test: Examples,
    folds: list[Fold],
    nodes: int,
    rng: np.random.Generator,
) -> Row:
    """Return the risks of one peer with the tuned and the plain readout, and its seconds."""
    from ...estimators.readout import Readout

    parts = [train, *(fold.seen for fold in folds)]
    for part in parts:
        part.owed = 0.0
    started = perf_counter()
    hidden = peer.fit(train, folds, nodes, rng)
    chosen = perf_counter()
    columns = hidden.features(train.rows)
    readout = Readout(columns, train.values, np.ones(len(columns)))
    coefficients, constants = readout.solve(hidden.penalty)
    fitted = perf_counter()
    others = hidden.features(test.rows)
    found = {
        "kept_nodes": columns.shape[1],
        "option": hidden.option,
        "penalty": hidden.penalty,
        "choose_seconds": chosen - started + sum(part.owed for part in parts),
        "fit_seconds": fitted - chosen,
        "train_risk": relative_risk(train.values, columns @ coefficients + constants),
        "test_risk": relative_risk(test.values, others @ coefficients + constants),
    }
    # The limit of no penalty: least squares of smallest norm, with a constant.
    columns, others = (np.hstack([part, np.ones((len(part), 1))]) for part in (columns, others))
    plain = np.linalg.lstsq(columns, train.values, rcond=_RANK)[0]
    found["train_risk_plain"] = relative_risk(train.values, columns @ plain)
    found["test_risk_plain"] = relative_risk(test.values, others @ plain)
    return found
