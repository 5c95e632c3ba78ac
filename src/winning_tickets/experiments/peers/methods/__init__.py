"""Peers by name.

A new peer is a file beside this one and one line here (docs/add-a-peer.md has a worked example).
"""

from .base import Examples, Fold, Peer, Rows
from .lines import KernelRidge, Linear
from .networks import PrunedNetwork, TrainedNetwork
from .nystroem import Landmarks, SameKernel
from .random_features import GreedyRandomFeatures, RandomFeatures
from .swim import Swim
from .tickets import GreedyOptimized, Optimized, Prior
from .uniform import Uniform

PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Prior(),
        Uniform(),
        Optimized(),
        GreedyOptimized(),
        RandomFeatures(),
        GreedyRandomFeatures(),
        Landmarks(),
        SameKernel(),
        Swim(),
        TrainedNetwork(),
        PrunedNetwork(),
    )
}
"""Every peer with N nodes, by its name; the order of tables and figures."""

LINES: dict[str, Peer] = {peer.name: peer for peer in (Linear(), KernelRidge())}
"""What has no N."""

__all__ = ["LINES", "PEERS", "Examples", "Fold", "Peer", "Rows"]
