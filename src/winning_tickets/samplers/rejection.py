"""The quantum-inspired sampler: rejection with sample-and-query access to the data."""

from __future__ import annotations

import numpy as np

from ..field import InnerProducts, smallest_unsigned, uniform_residues
from ..problem import Problem
from .base import Nodes, Sampler, choose_index

# Inner products of one batch of proposals, and coordinates of their vectors.
_BATCH_ENTRIES = 1 << 20


class RejectionSampler(Sampler):
    """Propose from a mixture of the points' own ridgelet transforms, accept with rate 1/M'.

    Parameters
    ----------
    problem : Problem
        A problem with one output.

    Notes
    -----
    w* is a combination of the M' orthonormal functions R[delta_x], each easy to sample and to
    query: propose m by h_m^2, a uniform, t by g(t)^2 and b = a.x_m - t, then accept with
    probability (sum_m h_m u_m)^2 / (M' sum_m h_m^2 u_m^2), u_m = g(a.x_m - b). The expected
    acceptance rate is exactly 1/M', so a node costs M' proposals of O(M' D)
    (docs/method.md, section 3). The inner products of a batch are one matrix product.
    """

    name = "rejection"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._products = InnerProducts(problem.support_points, problem.modulus)
        self._weights = problem.support_weights[:, 0]
        self._point_cumulative = np.cumsum(self._weights**2)
        self._shift_cumulative = np.cumsum(problem.activation**2)

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the centred points and of one batch of proposals."""
        size, dimension = problem.support_size, problem.dimension
        return 4 * size * (dimension + 1) + 20 * _BATCH_ENTRIES

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time: as many as one batch of proposals yields."""
        return max(1, self._proposal_batch // self.problem.support_size)

    @property
    def _proposal_batch(self) -> int:
        entries = max(self.problem.support_size, self.problem.dimension)
        return min(4096, max(32, _BATCH_ENTRIES // entries))

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        parts: list[Nodes] = []
        missing = count
        while missing > 0:
            expected = missing * self.problem.support_size
            nodes, tried = self._propose(min(self._proposal_batch, 32 + expected * 9 // 8), rng)
            parts.append(nodes[:missing])
            # Proposals after the last node kept belong to no node.
            enough = len(nodes) >= missing
            self.report.proposals += int(tried[missing - 1]) if enough else int(tried[-1])
            missing -= len(parts[-1])
        return Nodes.join(parts)

    def _propose(self, count: int, rng: np.random.Generator) -> tuple[Nodes, np.ndarray]:
        """Make ``count`` proposals.

        Returns
        -------
        Nodes
            Those accepted.
        numpy.ndarray of int64
            How many proposals each took, cumulated, and last the number of all proposals.
        """
        modulus, size = self.problem.modulus, self.problem.support_size
        point = choose_index(self._point_cumulative, rng.random(count))
        a = uniform_residues(rng, (count, self.problem.dimension), modulus)
        residues = self._products.residues(a)
        t = choose_index(self._shift_cumulative, rng.random(count))
        b = (residues[point, np.arange(count)] - t) % modulus
        total, squares = self._query(residues, b)
        accepted = np.flatnonzero(rng.random(count) * size * squares < total**2)
        self.report.weight_evaluations += count * size
        nodes = Nodes(a[accepted], b[accepted].astype(smallest_unsigned(modulus)))
        return nodes, np.append(accepted + 1, count)

    def _query(self, residues: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return sum_m h_m u_m and sum_m h_m^2 u_m^2 at the proposed nodes."""
        shifted = residues - b.astype(np.int32)
        shifted += self.problem.modulus
        doubled = np.concatenate([self.problem.activation] * 2)
        responses = doubled[shifted]
        total = self._weights @ responses
        np.square(responses, out=responses)
        return total, self._weights**2 @ responses
