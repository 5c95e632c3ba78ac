"""The quantum-inspired sampler: rejection with sample-and-query access to the data."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..backends import known_backend, use_numba
from ..field import InnerProducts, smallest_unsigned, uniform_residues
from ..inputs import Seed, check_count
from ..problem import Problem
from .base import (
    FIXED_BYTES,
    Nodes,
    ProblemSize,
    Sampler,
    choose_index,
    empty_nodes,
)

LARGEST_WORK = 1e11
"""Expected weight evaluations up to which a call draws under a prior: minutes on one core."""

# Inner products of one batch of proposals, and coordinates of their vectors.
_BATCH_ENTRIES = 1 << 20
# Points times proposals of one pass, so that temporaries stay in cache.
_TILE_ENTRIES = 1 << 16


class RejectionSampler(Sampler):
    """Propose from a mixture of the points' own ridgelet transforms, accept with rate 1/M'.

    Parameters
    ----------
    problem : Problem
        A problem with one output.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who evaluates the proposals; "auto" takes Numba where it is installed.
    tables : bool, default True
        Whether inner products may be sums in bytes (docs/performance.md), which is faster. As plain
        matrix products every term counted is one multiplication, so seconds follow the counts.

    Attributes
    ----------
    rate : float
        The expected share of proposals accepted (`expected_rate`).

    Notes
    -----
    w* is a combination of the M' orthonormal functions R[delta_x], each easy to sample and to
    query: propose m by h_m^2, a uniform, t by g(t)^2 and b = a.x_m - t, then accept with
    probability (sum_m h_m u_m)^2 / (M' sum_m h_m^2 u_m^2), u_m = g(a.x_m - b). The expected
    acceptance rate is exactly 1/M', so a node costs M' proposals of O(M' D)
    (docs/method.md, section 3). The inner products of a batch are one matrix product.

    Nodes are returned in the order of acceptance. What one batch of proposals yields too many of
    serves the same call, however few nodes a batch yields on average; what is left at the end of a
    call is dropped, so that a seed gives the same nodes whatever was drawn before.

    With a prior a is proposed from q, and h is alpha. The rate is known before drawing then too,
    but may be small, so a call that expects more than `LARGEST_WORK` weight evaluations is refused.
    """

    name = "rejection"
    role = "quantum-inspired"
    takes_tables = True
    work_varies = True

    def __init__(self, problem: Problem, backend: str = "auto", tables: bool = True) -> None:
        super().__init__(problem)
        self._query = _compiled_query() if use_numba(backend) else query
        self._products = InnerProducts(
            problem.support_points,
            problem.modulus,
            backend=known_backend(backend),
            vectors=self._proposal_batch,
            tables=tables,
        )
        self._weights = problem.support_weights[:, 0]
        self._point_cumulative = np.cumsum(self._weights**2)
        self._shift_cumulative = np.cumsum(problem.activation**2)
        self.rate = expected_rate(problem)

    @classmethod
    def ticket_evaluations(cls, size: ProblemSize, nodes: int) -> int:
        """Return N M'^2: each of N nodes takes M' proposals of M' evaluations."""
        return nodes * size.support_size**2

    @classmethod
    def expected_seconds(cls, size: ProblemSize, nodes: int) -> tuple[float, float]:
        """Return what each expected evaluation takes, the inner product of D terms included."""
        evaluations = cls.ticket_evaluations(size, nodes)
        return 0.0, 3e-4 + evaluations * (2.6e-9 + 2.1e-11 * size.dimension)

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the centred points and of one batch of proposals; O(M' D + P)."""
        modulus, size, dimension = problem.modulus, problem.support_size, problem.dimension
        batch = _proposal_batch(size, dimension)
        return (
            FIXED_BYTES
            + InnerProducts.memory_required(modulus, dimension, size, batch)
            # The vectors a, and those accepted, which may be all.
            + 2 * smallest_unsigned(modulus).itemsize * dimension * batch
            + 64 * max(_TILE_ENTRIES, size)
            + 128 * batch
            + 32 * (size + modulus)
        )

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time: all of a call, from as many batches of proposals as that takes."""
        return 1 << 30

    @property
    def _proposal_batch(self) -> int:
        return _proposal_batch(self.problem.support_size, self.problem.dimension)

    def sample(self, n: int, rng: Seed = None) -> Nodes:
        """Draw independent hidden nodes; see `Sampler.sample`.

        Raises
        ------
        ValueError
            If ``n`` is not a whole number of at least 1, a seed is negative, or with a prior so
            many nodes are expected to take more than `LARGEST_WORK` weight evaluations.
        """
        n = check_count(n, "n", 1)
        affordable = LARGEST_WORK * self.rate / self.problem.support_size
        if self.problem.prior is not None and n > affordable:
            raise ValueError(
                f"rejection: {self.rate:.1e} of the proposals are accepted under this prior; "
                f"{LARGEST_WORK:.0e} weight evaluations, the most it may take, yield "
                f"{int(affordable)} nodes and not {n}; use ancestral"
            )
        return super().sample(n, rng)

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        nodes = empty_nodes(self.problem, count)
        filled = 0
        while filled < count:
            expected = self._expected_proposals(count - filled)
            made = min(self._proposal_batch, 32 + expected * 9 // 8)
            found, tried = self._propose(made, rng)
            used = min(len(found), count - filled)
            places = slice(filled, filled + used)
            nodes.a[places], nodes.b[places] = found.a[:used], found.b[:used]
            filled += used
            # Proposals after the last node belong to no node.
            took = made if filled < count else int(tried[used - 1])
            self.report.proposals += took
            self.report.surplus_proposals += made - took
            self.report.surplus_nodes += len(found) - used
        return nodes

    def _expected_proposals(self, count: int) -> int:
        if self.problem.prior is None:
            return count * self.problem.support_size
        return math.ceil(count / self.rate)

    def _propose_a(self, count: int, rng: np.random.Generator) -> np.ndarray:
        if self.problem.prior is None:
            return uniform_residues(rng, (count, self.problem.dimension), self.problem.modulus)
        return self.problem.prior.draw_squared(rng, count)

    def _propose(self, count: int, rng: np.random.Generator) -> tuple[Nodes, np.ndarray]:
        """Make ``count`` proposals.

        Returns
        -------
        Nodes
            Those accepted.
        numpy.ndarray of int64
            How many proposals had been made when each was accepted.
        """
        modulus, size = self.problem.modulus, self.problem.support_size
        point = choose_index(self._point_cumulative, rng.random(count))
        a = self._propose_a(count, rng)
        residues = self._products.residues(a)
        t = choose_index(self._shift_cumulative, rng.random(count))
        own = residues[point, np.arange(count)].astype(np.int64)
        b = (own - t) % modulus
        total, squares = self._query(residues, b, self._weights, self.problem.activation)
        accepted = np.flatnonzero(rng.random(count) * size * squares < total**2)
        self.report.weight_evaluations += count * size
        nodes = Nodes(a[accepted], b[accepted].astype(smallest_unsigned(modulus)))
        return nodes, accepted + 1


def expected_rate(problem: Problem) -> float:
    """Return the share of proposals that `rejection` accepts on average, known before drawing.

    Parameters
    ----------
    problem : Problem
        A problem with one output.

    Returns
    -------
    float
        norm_squared / (M' ||alpha||^2), which is 1/M' without a prior.
    """
    if problem.prior is None:
        return 1.0 / problem.support_size
    return problem.norm_squared / (problem.support_size * problem.weights_squared)


def _proposal_batch(size: int, dimension: int) -> int:
    return min(4096, max(32, _BATCH_ENTRIES // max(size, dimension)))


def query(
    residues: np.ndarray, b: np.ndarray, weights: np.ndarray, activation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Evaluate proposals.

    Parameters
    ----------
    residues : numpy.ndarray of unsigned int, shape (M, n)
        a_n.x_m mod P.
    b : numpy.ndarray of int64, shape (n,)
        The proposed shifts.
    weights : numpy.ndarray of float64, shape (M,)
        h_m.
    activation : numpy.ndarray of float64, shape (P,)
        g.

    Returns
    -------
    total : numpy.ndarray of float64, shape (n,)
        sum_m h_m u_m with u_m = g(a.x_m - b).
    squares : numpy.ndarray of float64, shape (n,)
        sum_m h_m^2 u_m^2.
    """
    size, count = residues.shape
    total, squares = np.empty(count), np.empty(count)
    # a.x + (P - b) lies below 2 P: a table of two periods needs no reduction.
    twice, shifts = np.tile(activation, 2), len(activation) - b
    step = max(1, _TILE_ENTRIES // size)
    for start in range(0, count, step):
        tile = slice(start, start + step)
        responses = twice.take(residues[:, tile] + shifts[tile])
        total[tile] = weights @ responses
        squares[tile] = weights**2 @ np.square(responses, out=responses)
    return total, squares


def _compiled_query() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    from . import rejection_numba  # loading the compiler is worth it only here

    return rejection_numba.query
