"""Winning lottery tickets of wide networks on Z_P^D, sampled by the discrete ridgelet transform.

The public names follow the flow of the study: a `Problem`, a sampler of hidden nodes, a ticket
fitted to them. docs/method.md has the mathematics. `TicketRegressor` and `TicketClassifier` make
tickets for tables. Each name is loaded when it is first asked for: the study starts hundreds of
processes that need few of them, and scikit-learn takes longer to load than all else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .activations import ACTIVATIONS, make_activation
    from .estimators import TicketClassifier, TicketRegressor
    from .oracle import OracleProblem
    from .problem import Problem
    from .samplers import SAMPLERS, Nodes, make_sampler
    from .subnetwork import Subnetwork, fit_subnetwork, untrained_subnetwork

    __version__: str

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

# Where each name is defined, as above.
_MODULES = {
    "activations": ("ACTIVATIONS", "make_activation"),
    "estimators": ("TicketClassifier", "TicketRegressor"),
    "oracle": ("OracleProblem",),
    "problem": ("Problem",),
    "samplers": ("SAMPLERS", "Nodes", "make_sampler"),
    "subnetwork": ("Subnetwork", "fit_subnetwork", "untrained_subnetwork"),
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _version()
    elif name in _MODULES:
        value = import_module(f".{name}", __name__)
    else:
        module = next((module for module, names in _MODULES.items() if name in names), None)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value  # asked for once only
    return value


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # takes longer than the lookup

    try:
        return version("winning-tickets")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
