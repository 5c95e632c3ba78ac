"""The exact sampler for any prior: one coordinate of a after another, by the chain rule."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import scipy

from ..backends import use_numba
from ..field import smallest_unsigned
from ..kernel import LEAST_SHARE, frequency_shares
from ..problem import Problem
from . import suffix
from .base import (
    FIXED_BYTES,
    MAX_TABLE_MODULUS,
    Nodes,
    Sampler,
    choose_index,
    empty_nodes,
    prior_rows,
)
from .fft import ActivationSpectrum, shifts_memory
from .suffix import group_points, suffix_kernels, suffix_stride

# Entries of a batch's points or coordinates, and its nodes. The batch fixes which random number
# serves which node, so it depends on the problem alone and never on the machine.
_BATCH_ENTRIES = 1 << 22
_BATCH_LIMITS = (64, 1024)
# Points times nodes of one step, so that temporaries stay in cache.
_TILE_ENTRIES = 1 << 15
_TILE_LIMITS = (64, 256)
# Residues times nodes of one step.
_SCORE_ENTRIES = 1 << 18
# What the sums of `kernel.energies` take.
_BLOCK_BYTES = 1 << 23


class AncestralSampler(Sampler):
    """Draw exact nodes for any prior, or none; O(D M'^2) a node, and as much for every frequency.

    Parameters
    ----------
    problem : Problem
        A problem with any number of outputs.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Who takes the steps; the draws are the same. "auto" takes Numba where it is installed.
    exclude_constant : bool, default False
        Draw from p* given a != 0, exactly: a node with a = 0 is a constant function.

    Attributes
    ----------
    constant_share : float
        The probability of a = 0 under p*, in [0, 1].

    Raises
    ------
    ValueError
        If ``backend`` is not known, if p* has (next to) no node but a = 0 and those are excluded,
        or if the weights alpha cancel to rounding (`Problem.energies`).

    Notes
    -----
    p* is a mixture over v of q(a) |alpha^(v a)|^2, and given v the scores of one coordinate after
    another follow from the kernels of the later coordinates (docs/method.md, section 7). Nodes of
    one v share these kernels, of which 2 sqrt(D) are held at a time. Several outputs are a
    mixture as well, with weights proportional to the energies of u, and share them too.
    """

    name = "ancestral"
    claimed = False
    several_outputs = True

    def __init__(
        self, problem: Problem, backend: str = "auto", exclude_constant: bool = False
    ) -> None:
        super().__init__(problem)
        if not isinstance(exclude_constant, (bool, np.bool_)):
            raise TypeError(f"exclude_constant: {exclude_constant!r} is not True or False")
        self.exclude_constant = bool(exclude_constant)
        self._steps = _compiled_steps() if use_numba(backend) else suffix
        self._prior = problem.node_prior
        self._columns = np.ascontiguousarray(problem.support_points.T)
        self._weights = problem.support_weights
        self._sums = self._weights.sum(axis=0) ** 2
        at_zero = np.broadcast_to(self._prior.squared_rows[:, 0], problem.dimension)
        #: prod_(i > j) q_i(0), and first that of all i
        self._zero_suffixes = np.append(np.cumprod(at_zero[::-1])[::-1], 1.0)
        self._cumulative = np.cumsum(self._components())
        self._ridgelet = ActivationSpectrum(problem.activation)
        angles = 2 * np.pi * np.arange(problem.modulus) / problem.modulus
        self._phases = np.stack([np.cos(angles), -np.sin(angles)])

    def _components(self) -> np.ndarray:
        """Return the weights of the mixture over frequencies and outputs, ((P-1)/2, C)."""
        problem = self.problem
        constant = frequency_shares(problem.activation)[:, None] * self._sums
        constant = np.minimum(constant * self._zero_suffixes[0], problem.energies)
        self.constant_share = float(constant.sum() / problem.energies.sum())
        if not self.exclude_constant:
            return problem.energies
        rest = problem.energies - constant
        rest[rest <= LEAST_SHARE * problem.energies] = 0.0
        if not rest.any():
            raise ValueError("exclude_constant: the optimized distribution has no node but a = 0")
        return rest

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the kernels kept, of a batch, of a step and of the tables."""
        size, dimension, modulus = problem.support_size, problem.dimension, problem.modulus
        batch, tile = _batch_size(problem), _tile_size(problem)
        kernels = 8 * size**2 * (2 * suffix_stride(dimension) + 5)
        nodes = batch * (48 * size + 20 * (dimension + 2))
        scores = 8 * tile * (12 * modulus + 8 * size)
        tables = 24 * modulus * prior_rows(problem) + 256 * modulus
        if modulus <= MAX_TABLE_MODULUS:
            tables += 48 * modulus**2
        return (
            FIXED_BYTES
            + kernels
            + nodes
            + max(scores, shifts_memory(modulus, 40))
            + tables
            + 2 * size * dimension
            + _BLOCK_BYTES
        )

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return _batch_size(self.problem)

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        problem = self.problem
        uniforms = rng.random((problem.dimension + 2, count))
        component = choose_index(self._cumulative, uniforms[0])
        frequency, output = np.divmod(component, problem.outputs)
        found = empty_nodes(problem, count)
        # One pass a frequency: its nodes share the kernels.
        for present in np.unique(frequency):
            nodes = np.flatnonzero(frequency == present)
            v, weights = int(present) + 1, self._weights[:, output[nodes]]
            found.a[nodes], products = self._draw_a(v, weights, uniforms[1:-1, nodes])
            found.b[nodes] = self._draw_b(v, weights, products, uniforms[-1, nodes])
        self.report.proposals += count
        self.report.weight_evaluations += count * problem.dimension * problem.support_size**2
        return found

    def _draw_a(
        self, v: int, weights: np.ndarray, uniforms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw a given v.

        Parameters
        ----------
        v : int
            The frequency.
        weights : numpy.ndarray of float64, shape (M', n)
            alpha of the output of each node.
        uniforms : numpy.ndarray of float64, shape (D, n)
            In [0, 1).

        Returns
        -------
        a : numpy.ndarray of int64, shape (n, D)
            Hidden weights.
        products : numpy.ndarray of int32, shape (M', n)
            v a.x_m mod P.
        """
        problem, prior = self.problem, self._prior
        modulus, dimension = problem.modulus, problem.dimension
        a = np.empty((weights.shape[1], dimension), dtype=smallest_unsigned(modulus))
        tiles = _cut(weights, _tile_size(problem))
        scores = _Scores(modulus, v)
        turn = v * np.arange(modulus) % modulus
        tables = np.ascontiguousarray(prior.squared_transforms[:, turn])
        kernels = suffix_kernels(self._columns, tables, self._steps.multiply)
        arranged = np.empty((problem.support_size, problem.support_size))
        for coordinate, kernel in enumerate(kernels):
            groups = group_points(self._columns[coordinate])
            self._steps.arrange(kernel, groups, arranged)
            chances = prior.squared_rows[min(coordinate, len(prior.squared_rows) - 1)]
            for tile in tiles:
                sums = np.empty((groups.residues[-1] - groups.residues[0] + 1, *tile.z.shape[1:]))
                self._steps.correlate(arranged, groups, tile.z, sums)
                marginal = scores(sums)
                if self.exclude_constant:
                    self._exclude(tile, coordinate, marginal)
                c = self._steps.choose(marginal, chances, uniforms[coordinate, tile.nodes])
                a[tile.nodes, coordinate] = c
                np.logical_and(tile.zero, c == 0, out=tile.zero)
                self._steps.advance(
                    groups, v * c % modulus, self._phases, tile.weights, tile.running, tile.z
                )
        return a, np.concatenate([tile.running for tile in tiles], axis=1)

    def _exclude(self, tile: _Tile, coordinate: int, marginal: np.ndarray) -> None:
        """Take a = 0 out of the scores of c = 0 of the nodes that have only zeros so far."""
        if coordinate == self.problem.dimension - 1:
            marginal[0, tile.zero] = 0.0
        else:
            rest = self._zero_suffixes[coordinate + 1]
            marginal[0, tile.zero] -= rest * tile.weights[:, tile.zero].sum(axis=0) ** 2

    def _draw_b(
        self, v: int, weights: np.ndarray, products: np.ndarray, uniforms: np.ndarray
    ) -> np.ndarray:
        """Draw b from u(a, b)^2, u(a, .) being the correlation of the points' histogram with g."""
        modulus = self.problem.modulus
        turn = v * np.arange(modulus) % modulus

        def multiples(nodes: slice) -> np.ndarray:
            part = products[:, nodes]
            places = part + np.arange(part.shape[1]) * modulus
            sums = np.bincount(
                places.reshape(-1), weights[:, nodes].reshape(-1), part.shape[1] * modulus
            )
            # The products are v a.x, so the histogram of a.x is read at v t.
            histograms = sums.reshape(-1, modulus)[:, turn]
            return scipy.fft.rfft(histograms, axis=1)[:, 1:].T

        return self._ridgelet.draw_shifts(multiples, self.problem.negligible, uniforms)


@dataclass(frozen=True)
class _Tile:
    """Nodes that take each step together.

    Attributes
    ----------
    nodes : slice
        Which of the nodes of the frequency.
    weights : numpy.ndarray of float64, shape (M', n)
        alpha of their outputs.
    running : numpy.ndarray of int32, shape (M', n)
        v a.x_m mod P over the coordinates drawn.
    z : numpy.ndarray of float64, shape (M', 2, n)
        Real and imaginary parts of alpha_m omega^(-running).
    zero : numpy.ndarray of bool, shape (n,)
        Whether all coordinates drawn are 0.
    """

    nodes: slice
    weights: np.ndarray
    running: np.ndarray
    z: np.ndarray
    zero: np.ndarray


def _cut(weights: np.ndarray, size: int) -> list[_Tile]:
    """Return the tiles of nodes before the first coordinate."""
    tiles = []
    for start in range(0, weights.shape[1], size):
        nodes = slice(start, start + size)
        part = np.ascontiguousarray(weights[:, nodes])
        z = np.stack([part, np.zeros_like(part)], axis=1)
        running = np.zeros(part.shape, dtype=np.int32)
        tiles.append(_Tile(nodes, part, running, z, np.ones(part.shape[1], dtype=bool)))
    return tiles


class _Scores:
    """z_c* T z_c for every c, from the sums of `suffix.correlate`: a Fourier series in v c."""

    def __init__(self, modulus: int, v: int) -> None:
        self._modulus = modulus
        residues = np.arange(modulus)
        self._turn = v * residues % modulus
        self._table = None
        if modulus <= MAX_TABLE_MODULUS:
            angles = 2 * np.pi / modulus * (np.outer(self._turn, residues) % modulus)
            self._table = 2 * np.stack([np.cos(angles), -np.sin(angles)], axis=2)
            self._table[:, 0] /= 2

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the scores, shape (P, n), from sums of shape (R, 2, n)."""
        gaps, _, nodes = sums.shape
        if self._table is not None:
            table = self._table[:, :gaps].reshape(self._modulus, -1)
            return table @ sums.reshape(-1, nodes)
        half = self._modulus // 2 + 1
        series = np.zeros((half, nodes), dtype=complex)
        series[: min(gaps, half)] = sums[:half, 0] + 1j * sums[:half, 1]
        # A gap d beyond P / 2 turns like P - d backwards.
        beyond = sums[half:][::-1]
        last = self._modulus - gaps + 1
        series[last : last + len(beyond)] += beyond[:, 0] - 1j * beyond[:, 1]
        return self._modulus * scipy.fft.irfft(series, n=self._modulus, axis=0)[self._turn]


def _batch_size(problem: Problem) -> int:
    low, high = _BATCH_LIMITS
    entries = max(problem.support_size, problem.dimension)
    return min(high, max(low, _BATCH_ENTRIES // entries))


def _tile_size(problem: Problem) -> int:
    low, high = _TILE_LIMITS
    tile = min(high, max(low, _TILE_ENTRIES // problem.support_size))
    return max(1, min(tile, _SCORE_ENTRIES // problem.modulus))


def _compiled_steps() -> ModuleType:
    from . import suffix_numba  # loading the compiler is worth it only here

    return suffix_numba
