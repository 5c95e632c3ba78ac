"""The strongest conventional sampler: the whole power spectrum by one D-dimensional FFT."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from ..field import digits_to_index, index_to_digits, inverses, smallest_unsigned
from ..kernel import frequency_shares
from ..problem import Problem
from .base import (
    FIXED_BYTES,
    Nodes,
    ProblemSize,
    Sampler,
    check_some_energy,
    choose_index,
    choose_shifts,
    prior_rows,
)

# Nodes drawn at a time, and P times those whose shifts are drawn at a time.
_BATCH = 1 << 14
_TILE_ENTRIES = 1 << 16

# Powers up to this share of the largest possible are rounding of the transform.
_ROUNDING_POWER = 1e-28


class FFTSampler(Sampler):
    """Draw k from the power spectrum of h, v from that of g, set a = k / v, then draw b.

    Parameters
    ----------
    problem : Problem
        A problem with one output whose spectrum fits in memory (see `memory_required`).

    Notes
    -----
    O(D P^D log P) operations once and O(D P) a node. The Fourier slice theorem makes a mixture of
    k / v (docs/method.md, section 3). h is real, so half of its spectrum holds everything: both
    k and -k are drawn through it because v and -v are equally likely. u(a, .) is read off the
    same spectrum at the multiples of a, which costs no pass over the points. With a prior the
    frequencies of a are weighed by q(a), so a is drawn from a table of its own marginal.
    """

    name = "fft"
    role = "conventional"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        modulus, dimension = problem.modulus, problem.dimension
        grid = np.zeros(modulus**dimension)
        grid[digits_to_index(problem.support_points, modulus)] = problem.support_weights[:, 0]
        grid = grid.reshape((modulus,) * dimension)
        self._spectrum = scipy.fft.rfftn(grid, overwrite_x=True)
        del grid
        self._ridgelet = ActivationSpectrum(problem.activation)
        self._inverses = inverses(modulus)
        self._cumulative = self._frequencies() if problem.prior is None else self._marginal()
        check_some_energy(self._cumulative)
        self.report.array_entries = modulus**dimension

    def _frequencies(self) -> np.ndarray:
        """Return the cumulative power spectrum of h, of the half that is kept."""
        problem = self.problem
        # In place: at this size memory that is touched for the first time costs more than the sums.
        power = np.square(self._spectrum.real)
        power += np.square(self._spectrum.imag)
        power[..., 1:] *= 2
        # M' ||h||^2 is the largest that there can be.
        power[power <= _ROUNDING_POWER * problem.support_size * problem.norm_squared] = 0.0
        flat = power.reshape(-1)
        return np.cumsum(flat, out=flat)

    def _marginal(self) -> np.ndarray:
        """Return the cumulative marginal of a under a prior.

        It is proportional to q(a) sum_v |g^(v)|^2 |alpha^(v a)|^2 (docs/method.md, section 7).
        """
        problem = self.problem
        marginal = problem.prior.all_squared()
        shares = frequency_shares(problem.activation)
        rounding = _ROUNDING_POWER * problem.support_size * problem.weights_squared
        step = max(1, _TILE_ENTRIES // problem.modulus)
        for start in range(0, len(marginal), step):
            index = np.arange(start, min(start + step, len(marginal)))
            a = index_to_digits(index, problem.modulus, problem.dimension)
            power = np.abs(self._multiples(a.astype(np.int64))) ** 2
            power[power <= rounding] = 0.0
            marginal[index] *= shares @ power
        return np.cumsum(marginal, out=marginal)

    @classmethod
    def expected_seconds(cls, size: ProblemSize, nodes: int) -> tuple[float, float]:
        """Return what transforming P^D entries takes; drawing is free beside it."""
        return 4e-4 + 4.2e-8 * size.modulus**size.dimension, 3e-4

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the grid, of half its spectrum, and of the cumulative powers.

        For small grids, of the last two and of one batch of nodes.
        """
        modulus, dimension = problem.modulus, problem.dimension
        full = modulus**dimension
        half = full // modulus * (modulus // 2 + 1)
        tables = 8 * full + 16 * half + 2 * 8 * half
        batch = _BATCH * (96 + 24 * dimension) + shifts_memory(modulus, 8 * dimension)
        if prior_rows(problem):
            return 16 * full + 16 * half + batch + 16 * problem.support_size
        return max(tables + 128 * modulus, 24 * half + batch) + 16 * problem.support_size

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return _BATCH

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        problem = self.problem
        modulus = problem.modulus
        index = choose_index(self._cumulative, rng.random(count))
        if problem.prior is None:
            v = self._ridgelet.draw(rng.random(count))
            a = self._inverses[v][:, None] * self._frequency(index) % modulus
        else:
            a = index_to_digits(index, modulus, problem.dimension).astype(np.int64)
        b = self._ridgelet.draw_shifts(
            lambda nodes: self._multiples(a[nodes]), problem.negligible, rng.random(count)
        )
        self.report.proposals += count
        return Nodes(a.astype(smallest_unsigned(modulus)), b)

    def _frequency(self, index: np.ndarray) -> np.ndarray:
        """Return the frequencies k at places of the half spectrum, shape (n, D)."""
        modulus, last = self.problem.modulus, self.problem.modulus // 2 + 1
        k = np.empty((len(index), self.problem.dimension), dtype=np.int64)
        k[:, :-1] = index_to_digits(index // last, modulus, self.problem.dimension - 1)
        k[:, -1] = index % last
        return k

    def _multiples(self, a: np.ndarray) -> np.ndarray:
        """Return the spectrum of h at v a for v = 1..(P-1)/2, shape ((P-1)/2, n)."""
        modulus = self.problem.modulus
        k = np.arange(1, modulus // 2 + 1)[:, None, None] * a % modulus
        mirrored = k[..., -1] > modulus // 2
        k[mirrored] = -k[mirrored] % modulus
        values = self._spectrum[tuple(np.moveaxis(k, -1, 0))]
        return np.conjugate(values, out=values, where=mirrored)


def shifts_memory(modulus: int, entry: int) -> int:
    """Return the bytes that `ActivationSpectrum.draw_shifts` takes at most.

    Parameters
    ----------
    modulus : int
        P.
    entry : int
        Bytes taken to find the multiples of nodes, for each of the P entries of a node.

    Returns
    -------
    int
        The bytes, those that hold whatever P is included.
    """
    return FIXED_BYTES + (64 + entry) * max(_TILE_ENTRIES, modulus) + 128 * modulus


class ActivationSpectrum:
    """The Fourier side of an activation: draws of v, and u(a, .) from a spectrum of h.

    Parameters
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.
    """

    def __init__(self, activation: np.ndarray) -> None:
        self.modulus = len(activation)
        self._transform = np.fft.fft(activation)
        power = np.abs(self._transform) ** 2
        power[0] = 0.0
        # v and -v are equally likely; rounding must not say otherwise.
        power = power + power[-np.arange(self.modulus)]
        power[power <= _ROUNDING_POWER * power.max()] = 0.0
        self._cumulative = np.cumsum(power)

    def draw(self, uniforms: np.ndarray) -> np.ndarray:
        """Draw v in 1..P-1 with probability proportional to |g^(v)|^2.

        Parameters
        ----------
        uniforms : numpy.ndarray of float64, shape (n,)
            In [0, 1).

        Returns
        -------
        numpy.ndarray of int64, shape (n,)
            The values v.
        """
        return choose_index(self._cumulative, uniforms)

    def correlate(self, histograms: np.ndarray) -> np.ndarray:
        """Return u(a, b) for all b from histograms of a.x.

        Parameters
        ----------
        histograms : numpy.ndarray of float64, shape (n, P)
            H[n, t], the sum of h over the points with a_n.x = t.

        Returns
        -------
        numpy.ndarray of float64, shape (P, n)
            u(a_n, b) = sum_t H[n, t] g(t - b).
        """
        return self.scaled_weights(scipy.fft.rfft(histograms, axis=1)[:, 1:].T)

    def draw_shifts(
        self,
        multiples: Callable[[slice], np.ndarray],
        negligible: float,
        uniforms: np.ndarray,
    ) -> np.ndarray:
        """Draw b with probability proportional to u(a, b)^2, for so many nodes at a time as fit.

        Parameters
        ----------
        multiples : callable
            Takes a slice of nodes and returns h^(v a_n) of those, as `scaled_weights` wants it.
        negligible : float
            Magnitudes of u up to this are rounding and count as zero.
        uniforms : numpy.ndarray of float64, shape (n,)
            In [0, 1).

        Returns
        -------
        numpy.ndarray of unsigned int, shape (n,)
            The shifts.
        """
        b = np.empty(len(uniforms), dtype=smallest_unsigned(self.modulus))
        # Transforms are computed several at a time; their number must not decide how they round.
        step = max(1, _TILE_ENTRIES // self.modulus // 16 * 16)
        for start in range(0, len(b), step):
            nodes = slice(start, start + step)
            scaled = self.scaled_weights(multiples(nodes))
            b[nodes] = choose_shifts(scaled, negligible, uniforms[nodes])
        return b

    def scaled_weights(self, multiples: np.ndarray) -> np.ndarray:
        """Return u(a, b) for all b by the Fourier slice theorem.

        Parameters
        ----------
        multiples : numpy.ndarray of complex128, shape ((P-1)/2, n)
            h^(v a_n) for v = 1..(P-1)/2.

        Returns
        -------
        numpy.ndarray of float64, shape (P, n)
            u(a_n, b), the inverse transform over v of h^(v a) conj(g^(v)).
        """
        half = self.modulus // 2
        spectrum = np.zeros((half + 1, multiples.shape[1]), dtype=complex)
        spectrum[1:] = multiples * self._transform[1 : half + 1, None].conj()
        return scipy.fft.irfft(spectrum, n=self.modulus, axis=0)
