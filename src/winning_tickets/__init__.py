"""Winning lottery tickets of wide networks on Z_P^D, sampled by the discrete ridgelet transform.

The public names follow the flow of the study: a `Problem`, a sampler of hidden nodes, a ticket
fitted to them. docs/method.md has the mathematics. `TicketRegressor` and `TicketClassifier` make
tickets for tables; scikit-learn is loaded when one of them is first asked for.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from .activations import ACTIVATIONS, make_activation
from .oracle import OracleProblem
from .problem import Problem
from .samplers import SAMPLERS, Nodes, make_sampler
from .subnetwork import Subnetwork, fit_subnetwork, untrained_subnetwork

if TYPE_CHECKING:
    from .estimators import TicketClassifier, TicketRegressor

__all__ = [
    "ACTIVATIONS",
    "SAMPLERS",
    "Nodes",
    "OracleProblem",
    "Problem",
    "Subnetwork",
    "TicketClassifier",
    "TicketRegressor",
    "__version__",
    "fit_subnetwork",
    "make_activation",
    "make_sampler",
    "untrained_subnetwork",
]

try:
    __version__ = version("winning-tickets")
except PackageNotFoundError:  # run from a folder that was never installed
    __version__ = "unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name in ("TicketClassifier", "TicketRegressor"):
        return getattr(import_module(".estimators", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
