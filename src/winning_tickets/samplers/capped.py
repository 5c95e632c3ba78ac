"""A trivial rival: uniform proposals, accepted by their energy up to a cap."""

from __future__ import annotations

import math

import numpy as np

from ..field import index_to_digits, smallest_unsigned, uniform_residues
from ..inputs import Seed, check_count, is_real, to_float
from ..problem import Problem
from .base import Nodes, ProblemSize, Sampler
from .rejection import RejectionSampler

LARGEST_WORK = 1e11
"""Expected weight evaluations up to which a call draws: minutes on one core."""

PROBES = 4_096
"""Uniform nodes that the acceptance rate is estimated from beforehand."""

MOST_ENUMERATED = 1 << 24
"""Nodes P^(D+1) up to which `distance` writes all of them out."""


class CappedSampler(RejectionSampler):
    """Propose uniform nodes and accept with probability min(1, u^2 / (B mean u^2)).

    Parameters
    ----------
    problem : Problem
        A problem without a prior; u^2 is summed over its outputs.
    cap : float, default 20
        B > 0, the energy over its mean from which on every proposal is accepted.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who evaluates the proposals; "auto" takes Numba where it is installed.

    Attributes
    ----------
    cap : float
        B.
    rate : float
        The acceptance rate as estimated from `PROBES` uniform nodes; the report counts the true
        one.

    Notes
    -----
    Nodes follow min(u^2, B mean u^2) over its sum: p* but for the energies above the cap. With e
    the share of the energy above it the acceptance rate is (1 - e) / B and the total variation from
    p* at most e (docs/method.md, section 3). On random sparse data u is nearly Gaussian, so e is
    about 1.5e-5 at B = 20 whatever M is; on full grids with few modes nearly all energy lies above
    any moderate cap. No energy lies above B = P M' max g^2, with which the nodes follow p* exactly.
    """

    name = "capped"
    role = "ours"
    exact = False
    claimed = False
    several_outputs = True
    takes_tables = False
    prior_refusal = "its proposals are uniform"

    def __init__(self, problem: Problem, cap: float = 20.0, backend: str = "auto") -> None:
        super().__init__(problem, backend)
        self.cap = check_cap(cap)
        self._columns = np.ascontiguousarray(problem.support_weights.T)
        self._ceiling = self.cap * problem.norm_squared / problem.modulus
        self.rate = self._estimated_rate()

    @classmethod
    def ticket_evaluations(cls, size: ProblemSize, nodes: int) -> int:
        """Return N B M' at the default cap: each of N nodes takes B proposals or more."""
        return 20 * nodes * size.support_size

    def sample(self, n: int, rng: Seed = None) -> Nodes:
        """Draw independent hidden nodes; see `Sampler.sample`.

        Raises
        ------
        ValueError
            If ``n`` is not a whole number of at least 1, a seed is negative, or so many nodes are
            expected to take more than `LARGEST_WORK` weight evaluations.
        """
        n = check_count(n, "n", 1)
        affordable = LARGEST_WORK * self.rate / self.problem.support_size
        if n > affordable:
            raise ValueError(
                f"capped: about {self.rate:.1e} of uniform nodes are accepted at cap {self.cap:g} "
                f"on this problem; {LARGEST_WORK:.0e} weight evaluations, the most it may take, "
                f"yield {int(affordable)} nodes and not {n}; use spectral"
            )
        return Sampler.sample(self, n, rng)

    def distance(self) -> float:
        """Return the total variation between the nodes drawn and p*, all nodes written out.

        Returns
        -------
        float
            In [0, 1); 0 where no node lies above the cap.

        Raises
        ------
        ValueError
            If there are more than `MOST_ENUMERATED` nodes.
        """
        problem = self.problem
        if problem.modulus ** (problem.dimension + 1) > MOST_ENUMERATED:
            raise ValueError(
                f"distance: {problem.modulus}^{problem.dimension + 1} nodes are too many to write "
                f"out; the most are {MOST_ENUMERATED:,}"
            )
        energies = all_energies(problem)
        capped = np.minimum(energies, self._ceiling)
        return float(0.5 * np.abs(energies / energies.sum() - capped / capped.sum()).sum())

    def _expected_proposals(self, count: int) -> int:
        return math.ceil(count / self.rate)

    def _propose(self, count: int, rng: np.random.Generator) -> tuple[Nodes, np.ndarray]:
        """Make ``count`` proposals; see `RejectionSampler._propose`."""
        nodes, energies = self._uniform_nodes(count, rng)
        accepted = np.flatnonzero(rng.random(count) * self._ceiling < energies)
        self.report.weight_evaluations += count * self.problem.support_size
        return nodes[accepted], accepted + 1

    def _uniform_nodes(self, count: int, rng: np.random.Generator) -> tuple[Nodes, np.ndarray]:
        """Return uniform nodes with their energies u^2, summed over outputs."""
        problem = self.problem
        modulus = problem.modulus
        a = uniform_residues(rng, (count, problem.dimension), modulus)
        b = rng.integers(0, modulus, size=count, dtype=np.int64)
        residues = self._products.residues(a)
        energies = np.zeros(count)
        for weights in self._columns:
            total, _ = self._query(residues, b, weights, problem.activation)
            energies += np.where(np.abs(total) <= problem.negligible, 0.0, total) ** 2
        return Nodes(a, b.astype(smallest_unsigned(modulus))), energies

    def _estimated_rate(self) -> float:
        """Return the mean acceptance probability of some uniform nodes, 0 if none has any."""
        rng = np.random.default_rng(0)
        step = self._proposal_batch
        chances = [
            np.minimum(self._uniform_nodes(min(step, PROBES - start), rng)[1] / self._ceiling, 1.0)
            for start in range(0, PROBES, step)
        ]
        self.report.weight_evaluations += PROBES * self.problem.support_size
        return float(np.concatenate(chances).mean())


def check_cap(cap: float) -> float:
    """Return a cap as a float, or say what is wrong with it."""
    if not is_real(cap):
        raise TypeError(f"cap: {cap!r} is not a number; give one above 0")
    if not 0 < (number := to_float(cap)) < math.inf:
        raise ValueError(f"cap: {number} must be a finite number above 0")
    return number


def all_energies(problem: Problem) -> np.ndarray:
    """Return u^2, summed over outputs, of all nodes in lexicographic order, shape (P^(D+1),)."""
    count = problem.modulus ** (problem.dimension + 1)
    energies = np.empty(count)
    for start in range(0, count, 1 << 18):
        index = np.arange(start, min(start + (1 << 18), count))
        nodes = index_to_digits(index, problem.modulus, problem.dimension + 1)
        energies[index] = problem.node_energy(nodes[:, :-1], nodes[:, -1])
    return energies
