"""Samplers made of samplers: several outputs, and the soft threshold."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..field import InnerProducts
from ..problem import Problem, chunks
from .base import (
    FIXED_BYTES,
    Nodes,
    Sampler,
    SamplerReport,
    check_memory,
    choose_index,
    empty_nodes,
)
from .prior_nodes import PriorSampler
from .uniform import UniformSampler

# Fewer accepted proposals than this share would mean waiting for ever.
_MINIMUM_ACCEPTANCE = 1e-6


def draw_from(
    samplers: Sequence[Sampler], chosen: np.ndarray, problem: Problem, rng: np.random.Generator
) -> Nodes:
    """Draw each node from a sampler of its own.

    Parameters
    ----------
    samplers : sequence of Sampler
        The samplers, of nodes of one modulus and dimension.
    chosen : numpy.ndarray of int, shape (n,)
        The place of the sampler of each node.
    problem : Problem
        A problem that has nodes like theirs.
    rng : numpy.random.Generator
        The source of randomness; samplers draw one after another, each all its nodes.

    Returns
    -------
    Nodes
        The nodes, in the order of ``chosen``.
    """
    nodes = empty_nodes(problem, len(chosen))
    for number, sampler in enumerate(samplers):
        places = np.flatnonzero(chosen == number)
        if len(places):
            part = sampler.sample(len(places), rng)
            nodes.a[places], nodes.b[places] = part.a, part.b
    return nodes


class OutputMixture(Sampler):
    """Draw from p* of a problem with several outputs, a mixture over the outputs.

    Parameters
    ----------
    problem : Problem
        The whole problem, C > 1.
    sampler_class : type of Sampler
        The class of the samplers of the parts of ``problem.single_outputs()``.
    **options
        Further keywords of that class.

    Raises
    ------
    MemoryError
        If the samplers of all parts together need more memory than this process can get.

    Notes
    -----
    p*(a, b) = sum_c w_c^2 / sum_c ||h_c||^2 is the mixture of the outputs' own optimized
    distributions with shares ||h_c||^2 / ||h||^2; with a prior the mean energies of their scaled
    weights u take the place of these norms.
    """

    def __init__(self, problem: Problem, sampler_class: type[Sampler], **options: Any) -> None:
        self.name = sampler_class.name
        self.problem = problem
        parts = problem.single_outputs()
        check_memory(self.name, sum(sampler_class.memory_required(part) for part in parts))
        self._samplers = [sampler_class(part, **options) for part in parts]
        self._cumulative = np.cumsum([part.norm_squared for part in parts])

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return 0: the parts state their own memory."""
        return 0

    @property
    def report(self) -> SamplerReport:
        """The parts' reports, added up (levels: the most)."""
        reports = [sampler.report for sampler in self._samplers]
        return SamplerReport(
            nodes=sum(r.nodes for r in reports),
            proposals=sum(r.proposals for r in reports),
            surplus_proposals=sum(r.surplus_proposals for r in reports),
            surplus_nodes=sum(r.surplus_nodes for r in reports),
            weight_evaluations=sum(r.weight_evaluations for r in reports),
            levels=max(r.levels for r in reports),
            walk_operations=sum(r.walk_operations for r in reports),
            array_entries=sum(r.array_entries for r in reports),
            memory_bytes=sum(r.memory_bytes for r in reports),
        )

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 30

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        output = choose_index(self._cumulative, rng.random(count))
        return draw_from(self._samplers, output, self.problem, rng)


class AcceptedProposals(Sampler):
    """Draw nodes by accepting proposals, each with a chance of its own.

    A subclass says in ``_chance`` how likely each proposed node is kept, and in ``_hopeless`` what
    to do where nearly none is.

    Parameters
    ----------
    sampler : Sampler
        A sampler of p*.
    problem : Problem
        The problem.
    proposers : sequence of Sampler
        Where proposals come from.
    """

    _hopeless: ClassVar[str]

    def __init__(self, sampler: Sampler, problem: Problem, proposers: Sequence[Sampler]) -> None:
        self.name = sampler.name
        self.problem = problem
        self.exclude_constant = sampler.exclude_constant
        self._inner, self._proposers = sampler, proposers
        self._nodes = self._proposals = 0

    @abstractmethod
    def _propose(self, count: int, rng: np.random.Generator) -> Nodes:
        """Return proposals."""

    @abstractmethod
    def _chance(self, nodes: Nodes) -> np.ndarray:
        """Return how likely each proposal is accepted."""

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of judging proposals; the proposing sampler states its own memory.

        The proposals of a call, twice the nodes that are still missing, and 8 bytes for each and
        output come on top, like the nodes themselves.
        """
        modulus, size, dimension = problem.modulus, problem.support_size, problem.dimension
        # As many proposals as `Problem.node_energy` handles at a time.
        rows = next(chunks(1 << 62, max(size, dimension))).stop
        products = InnerProducts.memory_required(modulus, dimension, size, rows)
        return products + 8 * rows * size + FIXED_BYTES

    @property
    def report(self) -> SamplerReport:
        """The work of both steps; ``proposals`` are those that the nodes returned took, no others.

        Where the proposing sampler rejects as well, each of its nodes counts with its mean cost.
        """
        reports = [proposer.report for proposer in self._proposers]
        proposed = sum(report.nodes for report in reports)
        each = sum(report.proposals for report in reports) / max(1, proposed)
        evaluated = sum(report.weight_evaluations for report in reports)
        return SamplerReport(
            nodes=self._nodes,
            proposals=round(self._proposals * each),
            weight_evaluations=evaluated + proposed * self.problem.support_size,
            levels=max(report.levels for report in reports),
            walk_operations=sum(report.walk_operations for report in reports),
            array_entries=self._inner.report.array_entries,
            memory_bytes=self._inner.report.memory_bytes + self.memory_required(self.problem),
        )

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 30

    def sample(self, n: int, rng: int | np.random.Generator | None = None) -> Nodes:
        """Draw independent hidden nodes; see `Sampler.sample`.

        Raises
        ------
        RuntimeError
            If fewer than one proposal in a million is accepted: on structured full grids the
            rate falls like a power of P^-D.
        """
        nodes = super().sample(n, rng)
        self._nodes += n
        return nodes

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        parts: list[Nodes] = []
        missing, tried = count, 0
        while missing > 0:
            nodes = self._propose(max(64, 2 * missing), rng)
            chance = self._chance(nodes)
            if self.exclude_constant:
                chance[~nodes.a.any(axis=1)] = 0.0
            accepted = np.flatnonzero(rng.random(len(nodes)) < chance)
            kept = accepted[:missing]
            tried += len(nodes)
            self._proposals += int(kept[-1]) + 1 if len(accepted) >= missing else len(nodes)
            parts.append(nodes[kept])
            missing -= len(kept)
            if tried * _MINIMUM_ACCEPTANCE > count:
                raise RuntimeError(self._hopeless)
        return Nodes.join(parts)


class SoftThreshold(AcceptedProposals):
    """Draw from p*_Delta, proportional to w*^2 / (w*^2 + Delta).

    Parameters
    ----------
    sampler : Sampler
        A sampler of p*.
    problem : Problem
        The problem.
    soft_threshold : float
        kappa_Delta = Delta / mean(w*^2) > 0; with a prior Delta over the mean of u^2 over a from q
        and b uniform.

    Notes
    -----
    Two exact proposals: p* accepted with Delta / (w*^2 + Delta), or uniform nodes accepted with
    w*^2 / (w*^2 + Delta). The first rate is kappa_Delta times the second, so the better one is
    known beforehand (docs/method.md, section 3). With a prior "uniform nodes" are a from q and b
    uniform, and p*_Delta is proportional to q(a) u^2 / (u^2 + Delta) (section 7).
    """

    _hopeless = (
        f"soft_threshold: fewer than {_MINIMUM_ACCEPTANCE:g} of the proposals are accepted on this "
        "problem; use None, which samples p* directly"
    )

    def __init__(self, sampler: Sampler, problem: Problem, soft_threshold: float) -> None:
        self._from_optimized = soft_threshold >= 1
        base = UniformSampler if problem.prior is None else PriorSampler
        super().__init__(sampler, problem, [sampler if self._from_optimized else base(problem)])
        # Energies are 0 or above 1e-24 ||h||^2, so the floor changes nothing but avoids overflow.
        self._threshold = max(soft_threshold, 1e-60) * problem.norm_squared / problem.modulus

    def _propose(self, count: int, rng: np.random.Generator) -> Nodes:
        return self._proposers[0].sample(count, rng)

    def _chance(self, nodes: Nodes) -> np.ndarray:
        energy = self.problem.node_energy(nodes.a, nodes.b)
        # Written so that even an infinite threshold has a chance of acceptance: 1.
        chance = 1.0 / (1.0 + energy / self._threshold)
        return chance if self._from_optimized else 1.0 - chance
