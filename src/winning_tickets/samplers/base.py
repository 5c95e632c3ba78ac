"""What all samplers of hidden nodes share: nodes, reports, batches, choices."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..field import row_keys, smallest_unsigned
from ..inputs import Seed, check_count, is_whole, make_generator
from ..problem import Problem
from ..quantities import MIB, memory_limit, quantity

MAX_TABLE_MODULUS = 512
"""Largest P for which tables of P x P numbers are kept, such as those of `activation_shifts`.

Beyond it, transforms of length P take their place: the same draws in O(P) memory.
"""

FIXED_BYTES = 1 << 20
"""What every sampler may hold besides: residues drawn a piece at a time, and its objects."""


@dataclass(frozen=True)
class Nodes:
    """Hidden nodes (a, b).

    Attributes
    ----------
    a : numpy.ndarray of unsigned int, shape (n, D)
        Hidden weights, 0..P-1, in the smallest unsigned type: cast before multiplying.
    b : numpy.ndarray of unsigned int, shape (n,)
        Hidden shifts, 0..P-1.
    """

    a: np.ndarray
    b: np.ndarray

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.b)

    def __getitem__(self, chosen: int | slice | np.ndarray) -> Nodes:
        """Return the nodes at an index (then it is one), a slice or an array of indices."""
        if is_whole(chosen):
            place = range(len(self))[chosen]
            chosen = slice(place, place + 1)
        return Nodes(self.a[chosen], self.b[chosen])

    def __iter__(self) -> Iterator[Nodes]:
        """Return the nodes one at a time, each as one-node `Nodes`."""
        return (self[place] for place in range(len(self)))

    def row_keys(self) -> np.ndarray:
        """Return one opaque value a node, equal for equal nodes."""
        return row_keys(np.ascontiguousarray(np.column_stack([self.a, self.b])))

    @property
    def unique_count(self) -> int:
        """How many of the nodes are distinct."""
        return len(np.unique(self.row_keys()))

    @classmethod
    def join(cls, parts: list[Nodes]) -> Nodes:
        """Return the nodes of all parts, in order."""
        if len(parts) == 1:
            return parts[0]
        return cls(np.concatenate([p.a for p in parts]), np.concatenate([p.b for p in parts]))


@dataclass
class SamplerReport:
    """What a sampler did, summed over its calls.

    Attributes
    ----------
    nodes : int
        Nodes returned.
    proposals : int
        Candidate nodes looked at until the last of them was found; equal to ``nodes`` where nothing
        is rejected.
    surplus_proposals, surplus_nodes : int
        Candidate nodes looked at after that, as batches have a fixed size, and how many of those
        were accepted; no node returned is among them.
    weight_evaluations : int
        Evaluations of one point's term h_m g(a.x_m - b), of an inner product a.x_m, or of a pair's
        term of a quadratic form (`ancestral`).
    levels : int
        Levels of the suffix trie (`spectral`), else 0.
    walk_operations : int
        Operations of the walk over that trie (`trie.walk_operations`), else 0.
    array_entries : int
        Entries of the largest array that grows like P^D, 0 if there is none; where it is gone
        through without being held (streamed `enumeration`), as many.
    memory_bytes : int
        Bytes the sampler keeps or needs at once at most, besides the problem and the nodes.
    """

    nodes: int = 0
    proposals: int = 0
    surplus_proposals: int = 0
    surplus_nodes: int = 0
    weight_evaluations: int = 0
    levels: int = 0
    walk_operations: int = 0
    array_entries: int = 0
    memory_bytes: int = 0

    @property
    def proposals_made(self) -> int:
        """All candidate nodes looked at, those that no node returned is among included."""
        return self.proposals + self.surplus_proposals

    @property
    def acceptance_rate(self) -> float:
        """Accepted share of all proposals made; NaN before the first call.

        Counting to the last node alone would favour acceptance, since that one is accepted for
        certain: the mean of n over the proposals that n nodes take is above the rate, by a factor
        of about 1 + 1/n. The decision to stop is made between batches, so the mean number accepted
        is the rate times the mean number made (Wald's identity).
        """
        accepted = self.nodes + self.surplus_nodes
        return accepted / self.proposals_made if self.proposals_made else float("nan")


@dataclass(frozen=True)
class ProblemSize:
    """What the cost of a sampler depends on; stands in for a Problem before there is data.

    Attributes
    ----------
    modulus, dimension, support_size : int
        P, D and M'.
    """

    modulus: int
    dimension: int
    support_size: int


class Sampler(ABC):
    """A source of hidden nodes for one problem.

    Parameters
    ----------
    problem : Problem
        The problem, with one output.
    memory : int, optional
        Bytes held at once in a mode other than the one that `memory_required` is about.

    Attributes
    ----------
    report : SamplerReport
        What the sampler did so far.
    """

    name: ClassVar[str]
    #: Whether the nodes follow the optimized distribution p* exactly.
    exact: ClassVar[bool] = True
    #: What it stands for in a study: "baseline", "conventional", "quantum-inspired", "quantum",
    #: "oracle" or, where it is none of the paper's, "ours".
    role: ClassVar[str] = "ours"
    #: Whether the study's claims are about it; else checks of all samplers leave it out.
    claimed: ClassVar[bool] = True
    #: Whether it takes a problem with several outputs as a whole.
    several_outputs: ClassVar[bool] = False
    #: Why it cannot draw where there is a prior, or an empty text.
    prior_refusal: ClassVar[str] = ""
    #: Whether it takes ``tables=False``, for inner products that are plain matrix products.
    takes_tables: ClassVar[bool] = False
    #: Whether chance decides how much work a ticket takes.
    work_varies: ClassVar[bool] = False
    #: Whether nodes with a = 0 are left out.
    exclude_constant: bool = False

    def __init__(self, problem: Problem, memory: int | None = None) -> None:
        if self.prior_refusal and problem.prior is not None:
            raise ValueError(f"prior: {self.name} takes none: {self.prior_refusal}; use ancestral")
        self.problem = problem
        needed = self.memory_required(problem) if memory is None else memory
        check_memory(self.name, needed)
        self.report = SamplerReport(memory_bytes=needed)

    @classmethod
    @abstractmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes the sampler will hold at once, known before they are taken.

        Neither the problem nor the nodes returned count; only P, D, M' and whether there is a
        prior are asked of the former.
        """

    @property
    @abstractmethod
    def batch_size(self) -> int:
        """Nodes drawn at a time; a function of the problem alone, so that seeds travel."""

    @abstractmethod
    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        """Return ``count`` independent nodes and add the work to the report."""

    @classmethod
    def refusal(cls, size: ProblemSize, budget: Mapping[str, int]) -> str:
        """Return why it cannot be prepared within a study's budget, or an empty text.

        Parameters
        ----------
        size : ProblemSize
            The modulus, dimension and support of the problem.
        budget : mapping of str to int
            The configuration's ``budget``; ``memory_mib`` bounds `memory_required`.

        Returns
        -------
        str
            The reason in words, with the numbers.
        """
        memory = -(-cls.memory_required(size) // MIB)
        if memory <= budget["memory_mib"]:
            return ""
        return f"needs {quantity(memory)} MiB; budget.memory_mib is {budget['memory_mib']}"

    @classmethod
    def ticket_evaluations(cls, size: ProblemSize, nodes: int) -> int:
        """Return the expected weight evaluations of one ticket where they need a budget, else 0."""
        return 0

    @classmethod
    def expected_seconds(cls, size: ProblemSize, nodes: int) -> tuple[float, float]:
        """Return the seconds that preparing it and drawing one ticket take, roughly.

        They divide the work among jobs and are told before a run; nothing else rests on them. The
        rates of all samplers are those of one core of the machine whose times are committed.

        Parameters
        ----------
        size : ProblemSize
            The modulus, dimension and support of the problem.
        nodes : int
            Hidden nodes of the ticket, N.

        Returns
        -------
        tuple of float
            Seconds to prepare, once a problem, and seconds a ticket.
        """
        return 0.0, 2e-4 + 1.2e-9 * nodes * size.dimension

    def sample(self, n: int, rng: Seed = None) -> Nodes:
        """Draw independent hidden nodes.

        Parameters
        ----------
        n : int
            How many, at least 1.
        rng : int, numpy.random.Generator or None
            A seed or a source of randomness. The same seed gives the same nodes on every machine.

        Returns
        -------
        Nodes
            The nodes, in the order drawn.

        Raises
        ------
        ValueError
            If ``n`` is not a whole number of at least 1, or a seed is negative.
        TypeError
            If ``rng`` is none of the above.
        """
        n = check_count(n, "n", 1)
        rng = make_generator(rng)
        nodes = self._draw_in_batches(n, rng)
        self.report.nodes += len(nodes)
        return nodes

    def _draw_in_batches(self, count: int, rng: np.random.Generator) -> Nodes:
        """Return ``count`` nodes in one array, so that they are not held twice at the end."""
        if count <= self.batch_size:
            return self._draw(count, rng)
        nodes = empty_nodes(self.problem, count)
        for start in range(0, count, self.batch_size):
            places = slice(start, min(start + self.batch_size, count))
            batch = self._draw(places.stop - start, rng)
            nodes.a[places], nodes.b[places] = batch.a, batch.b
        return nodes


def prior_rows(problem: Problem | ProblemSize) -> int:
    """Return how many rows the prior of a problem has: 0 without one, as in every study's size."""
    prior = getattr(problem, "prior", None)
    return 0 if prior is None else len(prior.rows)


def empty_nodes(problem: Problem, count: int) -> Nodes:
    """Return nodes of a problem whose numbers are still to be set, in the smallest type."""
    unsigned = smallest_unsigned(problem.modulus)
    return Nodes(np.empty((count, problem.dimension), unsigned), np.empty(count, unsigned))


def check_memory(name: str, needed: int) -> None:
    """Raise MemoryError if a sampler needs more bytes than this process can get."""
    limit = memory_limit()
    if needed > limit:
        # A power of ten, because P^D may be longer than a float or a printed integer can be.
        raise MemoryError(
            f"sampler: {name} needs 10^{math.log10(needed):.1f} bytes of memory and this "
            f"process can get 10^{math.log10(limit):.1f}"
        )


def choose_columns(weights: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Choose one row index for each column, with probability proportional to the entries.

    Parameters
    ----------
    weights : numpy.ndarray of float64, shape (K, n)
        Non-negative, not all zero in any column.
    uniforms : numpy.ndarray of float64, shape (n,)
        In [0, 1).

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Indices 0..K-1 of positive weight.
    """
    cumulative = np.cumsum(weights, axis=0)
    chosen = np.count_nonzero(cumulative <= uniforms * cumulative[-1], axis=0)
    # u times the total can round up to the total itself: then the last positive entry is meant.
    return np.minimum(chosen, np.argmax(cumulative == cumulative[-1], axis=0))


def choose_index(cumulative: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Choose indices with probabilities given by one cumulative table.

    Parameters
    ----------
    cumulative : numpy.ndarray of float64, shape (K,)
        Cumulative sums of non-negative weights.
    uniforms : numpy.ndarray of float64, shape (n,)
        In [0, 1).

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Indices 0..K-1 of positive weight.
    """
    return choose_place(cumulative, uniforms * cumulative[-1])


def choose_place(cumulative: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """Return where cumulative weights first exceed given values, a place of positive weight.

    Parameters
    ----------
    cumulative : numpy.ndarray of float64, shape (K,)
        Cumulative sums of non-negative weights.
    goals : numpy.ndarray of float64, shape (n,)
        Not negative; the last place of positive weight answers those that are not exceeded.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Indices 0..K-1.
    """
    chosen = np.searchsorted(cumulative, goals, side="right")
    return np.minimum(chosen, np.searchsorted(cumulative, cumulative[-1]))


def check_some_energy(cumulative: np.ndarray) -> None:
    """Refuse cumulative weights of nodes that are all rounding, as under a prior they may be."""
    if cumulative[-1] == 0:
        raise ValueError("prior: no node it allows has an optimal weight above rounding")


def activation_shifts(activation: np.ndarray) -> np.ndarray:
    """Return the (P, P) table whose entry [b, t] is g(t - b)."""
    residues = np.arange(len(activation))
    return activation[(residues[None, :] - residues[:, None]) % len(activation)]


def choose_shifts(scaled: np.ndarray, negligible: float, uniforms: np.ndarray) -> np.ndarray:
    """Choose b with probability proportional to u(a, b)^2.

    Parameters
    ----------
    scaled : numpy.ndarray of float64, shape (P, n)
        u(a_n, b) for every b.
    negligible : float
        Magnitudes up to this are rounding and count as zero.
    uniforms : numpy.ndarray of float64, shape (n,)
        In [0, 1).

    Returns
    -------
    numpy.ndarray of unsigned int, shape (n,)
        The shifts.
    """
    energies = np.where(np.abs(scaled) <= negligible, 0.0, scaled) ** 2
    return choose_columns(energies, uniforms).astype(smallest_unsigned(len(scaled)))
