"""The conventional sampler: enumerate every hidden node, then draw from the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import scipy

from ..backends import known_backend, use_numba
from ..field import InnerProducts, index_to_digits, inverses, smallest_unsigned
from ..problem import Problem
from ..quantities import quantity
from .base import (
    MAX_TABLE_MODULUS,
    Nodes,
    ProblemSize,
    Sampler,
    activation_shifts,
    check_some_energy,
    choose_index,
    choose_place,
    prior_rows,
)
from .fft import ActivationSpectrum

# Inner products, or numbers of the table, held at a time while it is filled; they stay in cache.
_CHUNK_ENTRIES = 1 << 17
# Nodes drawn from one pass over the energies that are not kept.
_STREAMED_NODES = 1 << 17
# Energies summed at a time where a node is looked for.
_RUN = 128


class EnumerationSampler(Sampler):
    """Compute all P^(D+1) optimal weights once, then make categorical draws.

    Parameters
    ----------
    problem : Problem
        A problem with one output whose table fits in memory (see `memory_required`).
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who fills the histograms; "auto" takes Numba where it is installed.
    streamed : bool, default False
        Whether to keep no table: each call then goes through all energies once, in O(M' D) memory,
        and finds its nodes on the way.

    Raises
    ------
    ValueError
        If ``streamed`` is asked for where there is a prior.

    Notes
    -----
    Preparation takes O(M' D P^(D-1) + P^(D+2)) operations and P^(D+1) numbers. All b of one a come
    from one histogram of the inner products: u(a, .) is its cyclic correlation with g. The
    histograms of the multiples of a are the same numbers in another order, so only one vector on
    each line through 0 is multiplied with the points (docs/method.md, section 3).

    Streamed, the total P^D ||h||^2 is known before any energy is, so the uniform numbers come first
    and are met in increasing order. Nodes are returned in the order of the numbers that chose them:
    a shorter call with the same seed gives the first of them. Both ways draw from p*, by other
    cumulative sums, so a seed gives other nodes.
    """

    name = "enumeration"
    role = "conventional"

    def __init__(self, problem: Problem, backend: str = "auto", *, streamed: bool = False) -> None:
        if streamed and problem.prior is not None:
            raise ValueError("prior: enumeration streams none; leave out streamed")
        super().__init__(problem, streamed_memory(problem) if streamed else None)
        self._backend = backend
        self._cumulative = None
        self.report.array_entries = problem.modulus ** (problem.dimension + 1)
        if not streamed:
            energies = self._weigh(enumerate_energies(problem, backend))
            self._cumulative = np.cumsum(energies, out=energies)
            check_some_energy(self._cumulative)
            self._count_evaluations()

    def _weigh(self, energies: np.ndarray) -> np.ndarray:
        """Return what nodes are drawn in proportion to, made of all energies in their place."""
        return energies

    def _count_evaluations(self) -> None:
        """Count those of one pass over all energies."""
        problem = self.problem
        lines = line_count(problem.modulus, problem.dimension)
        self.report.weight_evaluations += lines * problem.support_size

    @classmethod
    def expected_seconds(cls, size: ProblemSize, nodes: int) -> tuple[float, float]:
        """Return what filling the table takes: one histogram a line, then P^(D+1) entries."""
        lines = line_count(size.modulus, size.dimension)
        entries = size.modulus ** (size.dimension + 1)
        return 4e-4 + 3.2e-9 * lines * size.support_size + 4e-9 * entries, 3e-4

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the table of energies, summed in place, and of what fills it."""
        modulus, size, dimension = problem.modulus, problem.support_size, problem.dimension
        points = InnerProducts.memory_required(modulus, dimension, size, 1)
        entries = modulus ** (dimension + 1)
        if prior_rows(problem):
            entries += 2 * modulus**dimension
        if modulus > MAX_TABLE_MODULUS:
            return points + 8 * (entries + 16 * max(_CHUNK_ENTRIES, size, modulus))
        entries += 3 * modulus ** (dimension - dimension // 2 + 1)
        return points + 8 * (entries + 8 * max(_CHUNK_ENTRIES, size, modulus**2))

    @classmethod
    def refusal(cls, size: ProblemSize, budget: Mapping[str, int]) -> str:
        """Return why its table cannot be filled; ``table_evaluations`` bounds M' P^D / (P - 1)."""
        return super().refusal(size, budget) or cls.work_refusal(size, budget)

    @classmethod
    def work_refusal(cls, size: ProblemSize, budget: Mapping[str, int]) -> str:
        """Return why going through all energies takes too long, whether or not they are kept."""
        evaluations = line_count(size.modulus, size.dimension) * size.support_size
        allowed = budget["table_evaluations"]
        if evaluations <= allowed:
            return ""
        return (
            f"needs {quantity(evaluations)} weight evaluations for its table; "
            f"budget.table_evaluations is {quantity(allowed)}"
        )

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time; one random number serves each, so this changes no draw."""
        return 1 << 15 if self._cumulative is not None else _STREAMED_NODES

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        modulus = self.problem.modulus
        if self._cumulative is not None:
            node = choose_index(self._cumulative, rng.random(count))
        else:
            node = choose_streamed(self.problem, rng.random(count), self._backend)
            self._count_evaluations()
        self.report.proposals += count
        return Nodes(
            index_to_digits(node // modulus, modulus, self.problem.dimension),
            (node % modulus).astype(smallest_unsigned(modulus)),
        )


def enumerate_energies(problem: Problem, backend: str = "auto") -> np.ndarray:
    """Return u(a, b)^2 for every hidden node, with a prior q(a) u(a, b)^2.

    Parameters
    ----------
    problem : Problem
        A problem with one output; its P^(D+1) energies must fit in memory.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who fills the histograms; both give the same numbers, bit for bit.

    Returns
    -------
    numpy.ndarray of float64, shape (P^(D+1),)
        Nodes in lexicographic order of a, then b; the sum is P^D ||h||^2, with a prior
        ``problem.norm_squared``.
    """
    modulus = problem.modulus
    energies = np.empty((modulus**problem.dimension, modulus))
    for places, block in _blocks(problem, backend):
        energies[places] = block
    if problem.prior is not None:
        energies *= problem.prior.all_squared()[:, None]
    return energies.reshape(-1)


def choose_streamed(problem: Problem, uniforms: np.ndarray, backend: str = "auto") -> np.ndarray:
    """Choose nodes with probability proportional to u(a, b)^2 without holding all energies.

    Parameters
    ----------
    problem : Problem
        A problem with one output and no prior.
    uniforms : numpy.ndarray of float64, shape (n,)
        In [0, 1).
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who fills the histograms.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        The place of each node in lexicographic order of a, then b, in the order of ``uniforms``.
    """
    modulus = problem.modulus
    order = np.argsort(uniforms, kind="stable")
    goals = uniforms[order] * (float(modulus**problem.dimension) * problem.norm_squared)
    chosen = np.empty(len(goals), dtype=np.int64)
    passed, found = 0.0, 0
    for places, energies in _blocks(problem, backend):
        flat = energies.reshape(-1)
        inside = flat.sum()
        stop = int(np.searchsorted(goals, passed + inside))
        if stop > found:
            here = choose_in_runs(flat, goals[found:stop] - passed)
            chosen[found:stop] = places[here // modulus] * modulus + here % modulus
            found = stop
        if inside > 0:
            last = places, flat
        passed += inside
    # The energies may add up to less than their known sum, by rounding: then the last is meant.
    if found < len(goals):
        places, flat = last
        here = np.flatnonzero(flat)[-1]
        chosen[found:] = places[here // modulus] * modulus + here % modulus
    nodes = np.empty_like(chosen)
    nodes[order] = chosen
    return nodes


def choose_in_runs(weights: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """Return where the cumulative sum of weights first exceeds each goal, by runs of weights.

    Sums of runs come first, then the cumulative sum of the runs that are met: few goals among many
    weights cost a sum and not a cumulative sum, which takes twenty times as long.

    Parameters
    ----------
    weights : numpy.ndarray of float64, shape (K,)
        Non-negative, with a positive sum.
    goals : numpy.ndarray of float64, shape (n,)
        Not negative; at least one.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Indices 0..K-1 of positive weights.
    """
    sums = np.add.reduceat(weights, np.arange(0, len(weights), _RUN))
    ends = np.cumsum(sums)
    run = choose_place(ends, goals)
    met, place = np.unique(run, return_inverse=True)
    inside = (met[:, None] * _RUN + np.arange(_RUN)).reshape(-1)
    inside = inside[inside < len(weights)]
    before, before_met = np.append(0.0, ends), np.append(0.0, np.cumsum(sums[met]))
    rest = goals - before[run] + before_met[place]
    return inside[choose_place(np.cumsum(weights[inside]), rest)]


def streamed_memory(problem: Problem | ProblemSize) -> int:
    """Return the bytes of a sampler that keeps no table: of a chunk of lines, and of its nodes."""
    modulus, size, dimension = problem.modulus, problem.support_size, problem.dimension
    block = 16 * max(_CHUNK_ENTRIES, size, modulus if modulus > MAX_TABLE_MODULUS else modulus**2)
    halves = 0 if modulus > MAX_TABLE_MODULUS else 3 * modulus ** (dimension - dimension // 2 + 1)
    points = InnerProducts.memory_required(modulus, dimension, size, 1)
    return points + 8 * (block + halves) + (64 + 2 * dimension) * _STREAMED_NODES


def _blocks(problem: Problem, backend: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield places of vectors a in lexicographic order, and u(a, b)^2 there, (n,) and (n, P).

    Together all vectors, each once; every block may be overwritten. The prior is not in it.
    """
    modulus, size = problem.modulus, problem.support_size
    count_weights = _compiled_histogram() if use_numba(backend) else histogram
    vectors = max(1, _CHUNK_ENTRIES // size)
    products = InnerProducts(problem.support_points, modulus, known_backend(backend), vectors)
    weights = problem.support_weights[:, 0]
    kind = _Lines if modulus <= MAX_TABLE_MODULUS else _LongLines
    lines = kind(problem.activation, problem.dimension)
    for index in lines.chunks(size):
        residues = products.residues(index_to_digits(index, modulus, problem.dimension))
        counts = count_weights(residues, weights, modulus)
        pieces = lines.scaled_weights(index, counts)
        if index[0] == 0:  # alone in its chunk, and all its multiples are itself
            pieces = [tuple(part[:1] for part in next(pieces))]
        for places, scaled in pieces:
            scaled[np.abs(scaled) <= problem.negligible] = 0.0
            yield places, np.square(scaled, out=scaled)


def line_count(modulus: int, dimension: int) -> int:
    """Return how many histograms fill the table: one a line through 0 in Z_P^D, and that of 0."""
    return (modulus**dimension - 1) // (modulus - 1) + 1


class _Lines:
    """Z_P^D as lines through 0: the multiples of each vector whose first nonzero entry is 1.

    Parameters
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.
    dimension : int
        The dimension D.
    """

    def __init__(self, activation: np.ndarray, dimension: int) -> None:
        self._modulus, self._dimension = len(activation), dimension
        self._prepare(activation)

    def _prepare(self, activation: np.ndarray) -> None:
        modulus, dimension = self._modulus, self._dimension
        # t / v for v = 1..P-1 and every residue t.
        self._quotients = np.outer(inverses(modulus)[1:], np.arange(modulus)) % modulus
        self._shifts = activation_shifts(activation).T
        # Two halves of the digits: tables of their multiples stay small.
        self._low = modulus ** (dimension // 2)
        self._high_table = self._multiples_of(dimension - dimension // 2) * self._low
        self._low_table = self._multiples_of(dimension // 2)

    def _multiples_of(self, count: int) -> np.ndarray:
        """Return the index of v times every vector of ``count`` entries, shape (P - 1, P^count)."""
        modulus = self._modulus
        digits = index_to_digits(np.arange(modulus**count), modulus, count).astype(np.int64)
        factors = np.arange(1, modulus)[:, None, None]
        return factors * digits % modulus @ modulus ** np.arange(count - 1, -1, -1)

    def chunks(self, size: int) -> Iterator[np.ndarray]:
        """Yield the first vectors of all lines by index, few enough for ``size`` points each."""
        modulus = self._modulus
        step = max(1, _CHUNK_ENTRIES // max(size, modulus**2))
        starts = [modulus**place for place in range(self._dimension)]
        for start, stop in [(0, 1), *((start, 2 * start) for start in starts)]:
            for first in range(start, stop, step):
                yield np.arange(first, min(first + step, stop))

    def multiples(self, index: np.ndarray) -> np.ndarray:
        """Return the indices of v a, v = 1..P-1, for each a, in one row after another."""
        high, low = np.divmod(index, self._low)
        return (self._high_table[:, high] + self._low_table[:, low]).T.reshape(-1)

    def scaled_weights(
        self, index: np.ndarray, counts: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield indices of multiples of vectors and u(a, b) there, (n,) and (n, P).

        ``counts`` are the histograms of the vectors' inner products with the points.
        """
        # The histogram of v a at v t is that of a at t.
        yield (
            self.multiples(index),
            counts[:, self._quotients].reshape(-1, self._modulus) @ self._shifts,
        )


class _LongLines(_Lines):
    """The same without tables of P x P numbers: a few multiples at a time, by transforms."""

    def _prepare(self, activation: np.ndarray) -> None:
        self._ridgelet = ActivationSpectrum(activation)

    def scaled_weights(
        self, index: np.ndarray, counts: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield indices of multiples of vectors and u(a, b) there, (n,) and (n, P)."""
        modulus, dimension = self._modulus, self._dimension
        powers = modulus ** np.arange(dimension - 1, -1, -1)
        w = np.arange(1, modulus // 2 + 1)[:, None]
        step = max(1, _CHUNK_ENTRIES // modulus)
        for digits, count in zip(index_to_digits(index, modulus, dimension), counts, strict=True):
            spectrum = scipy.fft.fft(count)
            for start in range(1, modulus, step):
                v = np.arange(start, min(start + step, modulus))
                # The transform of the histogram of v a at w is that of a at v w.
                scaled = self._ridgelet.scaled_weights(spectrum[w * v % modulus])
                yield v[:, None] * digits % modulus @ powers, scaled.T


def histogram(residues: np.ndarray, weights: np.ndarray, modulus: int) -> np.ndarray:
    """Sum the weights of the points with each residue.

    Parameters
    ----------
    residues : numpy.ndarray of unsigned int, shape (M, n)
        x_m.a_n mod P.
    weights : numpy.ndarray of float64, shape (M,)
        One weight a point.
    modulus : int
        The modulus P.

    Returns
    -------
    numpy.ndarray of float64, shape (n, P)
        H[n, t] = sum of weights[m] over points with residue t.
    """
    count = residues.shape[1]
    places = residues + np.arange(0, count * modulus, modulus)
    sums = np.bincount(
        places.reshape(-1), weights=np.repeat(weights, count), minlength=count * modulus
    )
    return sums.reshape(count, modulus)


def _compiled_histogram() -> Callable[..., np.ndarray]:
    from . import enumeration_numba  # loading the compiler is worth it only here

    return enumeration_numba.histogram
