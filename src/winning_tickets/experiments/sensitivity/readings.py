"""Readings of "an optimized distribution": how nodes are drawn, and with what probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...problem import Problem
from ...samplers import SAMPLERS, Sampler, make_sampler
from ...samplers.base import Nodes
from ...samplers.enumeration import EnumerationSampler
from ...samplers.mixture import AcceptedProposals, draw_from
from ...samplers.uniform import UniformSampler
from ...wide_network import all_nodes


@dataclass(frozen=True)
class Reading:
    """What nodes are drawn in proportion to.

    Attributes
    ----------
    absolute : bool
        Whether to |w*|, in the place of w*^2.
    soft_threshold : float or None
        kappa_Delta, for w*^2 / (w*^2 + Delta).
    harmonic : int or None
        v, for the square of R[h] with the ridgelet function that has this one frequency
        (`single_harmonic`), in the place of the activation itself.
    """

    absolute: bool = False
    soft_threshold: float | None = None
    harmonic: int | None = None

    @property
    def plain(self) -> bool:
        """Whether nodes are drawn in proportion to the squares of ridgelet weights."""
        return not self.absolute and self.soft_threshold is None

    def sampler(self, name: str, problem: Problem, **options: Any) -> Sampler:
        """Make a sampler of the nodes; uniform ones are the same in every reading.

        Parameters
        ----------
        name : str
            One of `SAMPLERS`.
        problem : Problem
            A problem with one output and no prior.
        **options
            As `winning_tickets.make_sampler` takes them.

        Returns
        -------
        Sampler
            Exact where the one named is.
        """
        if not SAMPLERS[name].exact:
            return make_sampler(name, problem)
        if self.absolute and name == EnumerationSampler.name:
            return AbsoluteTable(problem)
        if self.absolute:
            return AbsoluteWeights(make_sampler(name, problem), problem)
        own = options | {"soft_threshold": self.soft_threshold}
        return make_sampler(name, self.ridgelet_problem(problem), **own)

    def ridgelet_problem(self, problem: Problem) -> Problem:
        """Return the problem whose closed-form weights are R[h], up to a factor."""
        if self.harmonic is None:
            return problem
        return Problem(
            problem.points,
            problem.values,
            modulus=problem.modulus,
            activation=single_harmonic(problem.activation, self.harmonic),
            ridge=problem.ridge,
            sample_weight=problem.shares,
        )

    def weights(self, problem: Problem) -> np.ndarray:
        """Return R[h] of all nodes, in the order of `winning_tickets.wide_network.all_nodes`."""
        nodes = all_nodes(problem)
        found = self.ridgelet_problem(problem).optimal_weights(nodes.a, nodes.b)
        if self.harmonic is None:
            return found
        # The library makes the norm of a ridgelet function 1.
        return found * np.linalg.norm(single_harmonic(problem.activation, self.harmonic))

    def probabilities(self, problem: Problem) -> np.ndarray:
        """Return the probabilities of all nodes, in the same order."""
        energies = np.square(self.weights(problem))
        if self.absolute:
            energies = np.sqrt(energies)
        if self.soft_threshold is not None:
            energies /= energies + self.soft_threshold * energies.mean()
        return energies / energies.sum()


def single_harmonic(activation: np.ndarray, frequency: int) -> np.ndarray:
    """Return the admissible ridgelet function of one frequency that is nearest to an activation.

    Parameters
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.
    frequency : int
        v, from 1 to (P - 1)/2, with a share of the activation's power.

    Returns
    -------
    numpy.ndarray of float64, shape (P,)
        r, the part of g at v and -v, scaled so that sum_t g(t) r(t) = 1.

    Notes
    -----
    Since g has zero mean, S R_r[h] = (sum_t g(t) r(t)) h for every ridgelet function r
    (docs/sensitivity.md). So any r with that sum 1 reconstructs h; g itself is the one whose
    weights have the smallest norm.
    """
    spectrum = np.fft.rfft(activation)
    spectrum[np.arange(len(spectrum)) != frequency] = 0.0
    part = np.fft.irfft(spectrum, len(activation))
    return part / (part @ activation)


class AbsoluteTable(EnumerationSampler):
    """Draw from |w*| by a table of all nodes."""

    def _weigh(self, energies: np.ndarray) -> np.ndarray:
        return np.sqrt(energies, out=energies)


class AbsoluteWeights(AcceptedProposals):
    """Draw from |w*| without a table, by any sampler of p*.

    Parameters
    ----------
    sampler : Sampler
        A sampler of p*.
    problem : Problem
        A problem with one output and no prior.

    Notes
    -----
    With c the root mean square of u, |u| is at most (u^2 / c + c) / 2. That bound is what half of
    the proposals from p* and half uniform ones are drawn in proportion to, so a proposal is
    accepted with the chance 2 c |u| / (u^2 + c^2), and the mean rate is E|u| / c: sqrt(2 / pi) for
    weights that look Gaussian, whatever the number of points.
    """

    _hopeless = (
        "weights: next to none of the proposals is accepted on this problem; the table of all "
        "nodes draws from |w*| where it fits"
    )

    def __init__(self, sampler: Sampler, problem: Problem) -> None:
        super().__init__(sampler, problem, [sampler, UniformSampler(problem)])
        self._scale = np.sqrt(problem.norm_squared / problem.modulus)

    def _propose(self, count: int, rng: np.random.Generator) -> Nodes:
        chosen = rng.integers(2, size=count)
        return draw_from(self._proposers, chosen, self.problem, rng)

    def _chance(self, nodes: Nodes) -> np.ndarray:
        energy = self.problem.node_energy(nodes.a, nodes.b) / self._scale**2
        return 2 * np.sqrt(energy) / (energy + 1)
