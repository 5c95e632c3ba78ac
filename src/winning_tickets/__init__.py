"""Winning lottery tickets of wide networks on Z_P^D, sampled by the discrete ridgelet transform.

The public names follow the flow of the study: a `Problem`, a sampler of hidden nodes, a ticket
fitted to them. docs/method.md has the mathematics.
"""

from .activations import ACTIVATIONS, make_activation
from .oracle import OracleProblem
from .problem import Problem
from .samplers import SAMPLERS, Nodes, make_sampler
from .subnetwork import Subnetwork, fit_subnetwork, untrained_subnetwork

__all__ = [
    "ACTIVATIONS",
    "SAMPLERS",
    "Nodes",
    "OracleProblem",
    "Problem",
    "Subnetwork",
    "fit_subnetwork",
    "make_activation",
    "make_sampler",
    "untrained_subnetwork",
]
