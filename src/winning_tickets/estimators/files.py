"""A fitted ticket as one file: arrays and a JSON text in an .npz, without pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..columns import Columns
from ..records.files import UNREADABLE, save_arrays
from .hidden import HiddenLayer

if TYPE_CHECKING:
    from .base import TicketEstimator

FORMAT = 1
"""What changes when files of before can no longer be read."""

_NUMBERS = ("coefficients_", "intercepts_")


def save(ticket: TicketEstimator, path: str | Path) -> None:
    """Write a fitted ticket; see `TicketEstimator.save`."""
    parameters = ticket.get_params()
    # A source of randomness is no part of what was fitted.
    if not isinstance(parameters["random_state"], (int, np.integer, type(None))):
        parameters["random_state"] = None
    about = {
        "format": FORMAT,
        "kind": type(ticket).__name__,
        "parameters": {name: _plain(value) for name, value in parameters.items()},
        "columns": ticket.columns_.to_dict(),
        "penalty": ticket.penalty_,
        "features": ticket.n_features_in_,
        "names": _plain(getattr(ticket, "feature_names_in_", None)),
        "prior": _plain(ticket.prior_),
        "state": ticket._plain_state(),
    }
    arrays = {name: getattr(ticket, name) for name in _NUMBERS}
    save_arrays(
        path,
        a=ticket.hidden_.a,
        b=ticket.hidden_.b,
        about=np.array(json.dumps(about, allow_nan=False)),
        **arrays,
    )


def load(kind: type[TicketEstimator], path: str | Path) -> TicketEstimator:
    """Read a fitted ticket; see `TicketEstimator.load`."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in ("a", "b", *_NUMBERS)}
            about = json.loads(str(archive["about"]))
        if about["format"] != FORMAT:
            raise ValueError("another format")
        if about["kind"] != kind.__name__:
            raise _OtherKindError(about["kind"])
        ticket = kind(**about["parameters"])
        ticket.columns_ = Columns.from_dict(about["columns"])
        ticket.hidden_ = HiddenLayer(arrays["a"], arrays["b"], ticket.columns_.modulus)
        ticket.coefficients_, ticket.intercepts_ = (arrays[name] for name in _NUMBERS)
        ticket.penalty_, ticket.n_features_in_ = about["penalty"], about["features"]
        ticket.prior_ = None if about["prior"] is None else np.array(about["prior"])
        ticket.n_nodes_ = len(ticket.hidden_.b)
        if about["names"] is not None:
            ticket.feature_names_in_ = np.array(about["names"], dtype=object)
        ticket._set_plain_state(about["state"])
    except FileNotFoundError:
        raise
    except _OtherKindError as error:
        raise ValueError(f"{path}: a {error}; load it as one") from None
    except (*UNREADABLE, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: no ticket that this version wrote, or a damaged one") from error
    return ticket


class _OtherKindError(Exception):
    """A ticket, but one of the other estimator."""


def _plain(value: Any) -> Any:
    """Return an array or NumPy number as lists or a number of Python's."""
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
