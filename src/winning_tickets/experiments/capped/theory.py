"""What `capped` draws and takes, exactly, from the energies of all nodes (docs/capped.md)."""

from __future__ import annotations

import math

import numpy as np

from ...problem import Problem

# Halvings of an interval of caps: beyond 60 its ends are neighbours in float64.
_HALVINGS = 60


class CappedLaw:
    """The law min(u^2, B mean u^2) over its sum, at any cap B.

    Parameters
    ----------
    energies : numpy.ndarray of float64, shape (P^(D+1),)
        u^2 of all nodes, in any order.

    Notes
    -----
    Energies are sorted once; sums over those above a cap are then looked up. With e = `excess`, a
    node above B / (1 - e) times the mean loses probability, and all others gain, so the total
    variation is what those lose.
    """

    def __init__(self, energies: np.ndarray) -> None:
        self._scaled = np.sort(energies / energies.mean())
        # Sums of the largest 0, 1, 2, ... energies.
        self._largest_sums = np.concatenate([[0.0], np.cumsum(self._scaled[::-1])])

    @property
    def largest(self) -> float:
        """The largest energy over the mean: the smallest cap at which it is exact."""
        return float(self._scaled[-1])

    def excess(self, cap: float) -> float:
        """Return the share of the energy above the cap."""
        above = len(self._scaled) - int(np.searchsorted(self._scaled, cap, side="right"))
        return max(0.0, self._largest_sums[above] - above * cap) / len(self._scaled)

    def proposals(self, cap: float) -> float:
        """Return the expected number of proposals a node, B / (1 - e)."""
        return cap / (1 - self.excess(cap))

    def distance(self, cap: float) -> float:
        """Return the total variation between the nodes drawn and p*."""
        return self.excess(self.proposals(cap))

    def enough(self, tolerance: float) -> float:
        """Return the smallest cap at which the total variation is at most ``tolerance``."""
        low, high = 0.0, self.largest
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.distance(middle) > tolerance:
                low = middle
            else:
                high = middle
        return high

    def uniform_distance(self) -> float:
        """Return the total variation between uniform nodes and p*."""
        return self.excess(1.0)


def certain_cap(problem: Problem) -> float:
    """Return the cap that no node exceeds whatever the targets are: `capped` is then exact.

    Parameters
    ----------
    problem : Problem
        A problem without a prior.

    Returns
    -------
    float
        P M' max g^2. By Cauchy and Schwarz u^2 is at most M' sum_m h_m^2 g(a.x_m - b)^2, so at most
        M' ||h||^2 max g^2, and the mean of u^2 is ||h||^2 / P. `rejection` takes M' proposals.
    """
    return problem.modulus * problem.support_size * float(np.max(problem.activation**2))


def gaussian_distance(cap: float) -> float:
    """Return the total variation from p* where u is Gaussian.

    Parameters
    ----------
    cap : float
        B > 0.

    Returns
    -------
    float
        E[(z^2 - B / (1 - e))_+] for a normal z, with e = E[(z^2 - B)_+].
    """
    return _gaussian_excess(cap / (1 - _gaussian_excess(cap)))


def _gaussian_excess(cap: float) -> float:
    root = math.sqrt(cap)
    density = math.exp(-cap / 2) / math.sqrt(2 * math.pi)
    return 2 * root * density + (1 - cap) * math.erfc(root / math.sqrt(2))
