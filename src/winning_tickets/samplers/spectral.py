"""The exact, rejection-free sampler: ancestral sampling of the power spectrum of sparse data."""

from __future__ import annotations

from threading import Lock
from time import perf_counter

import numpy as np

from ..backends import for_each, known_backend
from ..field import (
    InnerProducts,
    inverses,
    reduce_modulo,
    smallest_unsigned,
    uniform_residues,
)
from ..inputs import check_count
from ..problem import Problem
from .base import FIXED_BYTES, Nodes, ProblemSize, Sampler, empty_nodes
from .fft import ActivationSpectrum
from .trie import build_levels, choose_directions, trie_memory, walk_operations
from .walk import make_walk, walk_memory

# Entries of a batch's vectors or of its inner products. The batch fixes which random number
# serves which node, so it depends on the problem alone and never on the machine.
_BATCH_ENTRIES = 1 << 22
_BATCH_LIMITS = (64, 1024)
# Nodes times coordinates changed at a time where all coordinates are.
_UPDATE_ENTRIES = 1 << 16
_STEPS = ("draw a", "matrix product", "trie walk", "update a")


class SpectralSampler(Sampler):
    """Draw exact winning-ticket nodes without rejection; O(M' D + M' P) a node.

    Parameters
    ----------
    problem : Problem
        A problem with one output.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who walks the trie; the draws are the same. "auto" takes Numba where it is installed.
        Beyond P = `base.MAX_TABLE_MODULUS` transforms of length P are most of the work for either.
    threads : int, default 1
        Among how many threads batches are shared out, and those left over within themselves; the
        draws are the same. Matrix products, where they are faster than tables, go by the setting
        of BLAS besides.
    tables : bool, default True
        Whether inner products may be sums in bytes (docs/performance.md), which is faster. As plain
        matrix products every term counted is one multiplication, so seconds follow the counts.

    Attributes
    ----------
    step_seconds : dict of str to float
        Seconds spent drawing a, in the matrix product, in the walk, and updating a, summed over
        threads.

    Notes
    -----
    By the Fourier slice theorem a = k / v with v drawn from |g^(v)|^2 and k from |h^(k)|^2. The
    points are told apart by few linear functionals z = L x (coordinates, or random ones). With
    k = k0 + L^T c, k0 uniform, c is drawn one entry after another from the exact marginals, which
    a walk over the suffix trie of the z_m gives (docs/method.md, section 3). Everything up to the
    choice of c and b is one integer matrix product.
    """

    name = "spectral"
    takes_tables = True
    prior_refusal = "cross terms of different points average to zero only if all nodes are alike"

    def __init__(
        self, problem: Problem, backend: str = "auto", threads: int = 1, tables: bool = True
    ) -> None:
        threads = check_count(threads, "threads", 1)
        super().__init__(problem)
        self._threads = threads
        # Every further thread has a batch of its own.
        self.report.memory_bytes += (threads - 1) * _thread_memory(problem)
        modulus = problem.modulus
        self._directions = choose_directions(problem.support_points, modulus)
        values = self._directions.values
        order = np.lexsort(values[::-1]) if len(values) else np.arange(problem.support_size)
        # take, as an index would leave the rows of its result apart in memory
        levels = build_levels(values.take(order, axis=1))
        self._walk = make_walk(problem, problem.support_weights[order, 0], levels, backend)
        self._products = InnerProducts(
            problem.support_points[order],
            modulus,
            backend=known_backend(backend),
            vectors=self.batch_size,
            tables=tables,
        )
        self._ridgelet = ActivationSpectrum(problem.activation)
        self._inverses = inverses(modulus)
        self.report.levels = len(levels)
        self._walk_operations = walk_operations(levels, problem.support_size, problem.modulus)
        self.step_seconds = dict.fromkeys(_STEPS, 0.0)

    @classmethod
    def expected_seconds(cls, size: ProblemSize, nodes: int) -> tuple[float, float]:
        """Return what the products and the walk take; both grow with N M'."""
        each = 2.2e-8 + 5.5e-11 * size.dimension
        return 4e-4, 6e-4 + each * nodes * size.support_size

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the centred points, of one batch, of the trie and of its walk.

        O(M' D + P) beside one batch of vectors and their products with the points.
        """
        modulus, size, dimension = problem.modulus, problem.support_size, problem.dimension
        batch = _batch_size(problem)
        # The points in the order of the trie, and the vectors a.
        residues = smallest_unsigned(modulus).itemsize * dimension * (size + batch)
        return (
            FIXED_BYTES
            + InnerProducts.memory_required(modulus, dimension, size, batch)
            + residues
            + trie_memory(modulus, dimension, size)
            + walk_memory(modulus, size)
            + 32 * _UPDATE_ENTRIES
            + 512 * batch
            + 128 * modulus
        )

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return _batch_size(self.problem)

    def _draw_in_batches(self, count: int, rng: np.random.Generator) -> Nodes:
        return self._draw(count, rng)

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        nodes = empty_nodes(self.problem, count)
        batches = [slice(n, n + self.batch_size) for n in range(0, count, self.batch_size)]
        clocks: list[_Clock] = []
        # Random numbers are drawn in the order of the batches, whichever thread has its turn.
        pending, turn = iter(batches), Lock()

        def draw_next(threads: int) -> None:
            with turn:
                batch, clock = nodes[next(pending)], _Clock()
                uniforms = self._draw_numbers(batch.a, rng)
                clock.step("draw a")
            self._complete(batch, uniforms, clock, threads)
            clocks.append(clock)

        # Every thread has as many whole batches as any other; the rest is shared out within.
        whole = len(batches) // self._threads * self._threads
        for_each(lambda _: draw_next(1), batches[:whole], self._threads)
        for _ in batches[whole:]:
            draw_next(self._threads)
        for name in _STEPS:
            self.step_seconds[name] += sum(clock.seconds[name] for clock in clocks)
        self.report.proposals += count
        self.report.weight_evaluations += count * self.problem.support_size
        self.report.walk_operations += count * self._walk_operations
        return nodes

    def _draw_numbers(self, a: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Set ``a`` to uniform residues and return the uniforms that v, c and b are chosen by."""
        uniform_residues(rng, a.shape, self.problem.modulus, out=a)
        return rng.random((len(self._directions.values) + 2, len(a)))

    def _complete(self, nodes: Nodes, uniforms: np.ndarray, clock: _Clock, threads: int) -> None:
        """Choose v, c and b of a batch whose a is uniform, and change its nodes accordingly."""
        v = self._ridgelet.draw(uniforms[0])
        residues = self._products.residues(nodes.a, threads)
        clock.step("matrix product")
        c, nodes.b[:] = self._walk(residues, v, uniforms[1:], threads)
        clock.step("trie walk")
        self._add_directions(nodes.a, c * self._inverses[v] % self.problem.modulus)
        clock.step("update a")

    def _add_directions(self, a: np.ndarray, c: np.ndarray) -> None:
        """Add L^T c to a in place, modulo P; ``c`` has shape (r, n)."""
        modulus = self.problem.modulus
        columns, matrix = self._directions.columns, self._directions.matrix
        if columns is not None:
            a[:, columns] = (a[:, columns] + c.T) % modulus
        elif matrix is not None:
            steps = c.T.astype(np.float64)
            width = max(1, _UPDATE_ENTRIES // len(a))
            for start in range(0, a.shape[1], width):
                part = slice(start, start + width)
                change = steps @ matrix[:, part].astype(np.float64) + a[:, part]
                a[:, part] = reduce_modulo(change, modulus)


class _Clock:
    """Adds the time since its last call to a named step of one batch."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(_STEPS, 0.0)
        self._last = perf_counter()

    def step(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] += now - self._last
        self._last = now


def _thread_memory(problem: Problem) -> int:
    """Return the bytes of one more batch, its products and its walk; its points are the same."""
    modulus, size, batch = problem.modulus, problem.support_size, _batch_size(problem)
    return (
        InnerProducts.memory_required(modulus, problem.dimension, size, batch)
        + walk_memory(modulus, size)
        + 32 * _UPDATE_ENTRIES
        + 512 * batch
    )


def _batch_size(problem: Problem) -> int:
    low, high = _BATCH_LIMITS
    entries = max(problem.support_size, problem.dimension)
    return min(high, max(low, _BATCH_ENTRIES // entries))
