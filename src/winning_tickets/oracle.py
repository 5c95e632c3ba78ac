"""Full-domain data that are only ever queried: M = P^D examples, none of them stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .activations import make_activation
from .field import InnerProducts, check_modulus, smallest_unsigned, uniform_residues
from .inputs import (
    Seed,
    check_count,
    check_magnitudes,
    check_not_negative,
    is_whole,
    make_generator,
    plain_array,
)
from .problem import check_points

# Multipliers of the finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


class OracleProblem:
    """A regression problem on all of Z_P^D whose function h can be queried at any point.

    Parameters
    ----------
    h : callable
        Takes points, a (n, D) array of int64 in 0..P-1, and returns n real values of magnitude up
        to 1e125. It must be a function: equal points get equal values, noise included.
    modulus : int
        The modulus P, an odd prime.
    dimension : int
        The number of coordinates D, at least 1.
    activation : str or array_like of float, shape (P,), default "relu"
        A name from `winning_tickets.ACTIVATIONS`, or the P values of the activation.

    Attributes
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        The admissible activation g.
    outputs : int
        1: h has real values.
    queries : int
        Points asked for so far, by whomever.

    Raises
    ------
    TypeError
        If ``h`` is not callable, or ``modulus`` or ``dimension`` is not an integer.
    ValueError
        If ``modulus``, ``dimension`` or ``activation`` is out of range.

    Notes
    -----
    This is another access model than a table of examples: any point may be asked for, also one
    that no table of poly(D) random examples would hold (docs/method.md, section 6).

    Examples
    --------
    >>> import numpy as np, winning_tickets as wt
    >>> oracle = wt.OracleProblem(
    ...     lambda x: np.sin(2 * np.pi * (x[:, 0] + 2 * x[:, 7]) / 5), modulus=5, dimension=30
    ... )
    >>> sampler = wt.make_sampler("heavy", oracle, threshold=0.1, failure_probability=1e-3)
    >>> np.abs(sampler.coefficients.values).round(6)
    array([0.5, 0.5])
    """

    def __init__(
        self,
        h: Callable[[np.ndarray], ArrayLike],
        modulus: int,
        dimension: int,
        activation: str | ArrayLike = "relu",
    ) -> None:
        if not callable(h):
            raise TypeError(f"h: {h!r} is not a function of points (n, D) that returns n values")
        self.modulus = check_modulus(modulus)
        if not is_whole(dimension):
            raise TypeError(f"dimension: {dimension!r} is not an integer of at least 1")
        if dimension < 1:
            raise ValueError(f"dimension: {dimension} must be at least 1")
        self.dimension = int(dimension)
        self.activation = make_activation(activation, self.modulus)
        self.outputs = 1
        self.queries = 0
        self._h = h

    def query(self, points: ArrayLike) -> np.ndarray:
        """Return h at the given points.

        Parameters
        ----------
        points : array_like of int, shape (n, D)
            Coordinates 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,)
            The values.

        Raises
        ------
        TypeError
            If the points are not integers, or if h returns something else than real numbers.
        ValueError
            If a point is out of range, or if h returns another shape, values that are not finite
            or values too large for sums of their squares.
        """
        points = check_points(points, self.modulus, dimension=self.dimension)
        # A fresh array of its own: a function that writes into its argument harms nobody.
        values = plain_array(self._h(points.astype(np.int64)), "h")
        self.queries += len(points)
        if values.shape != (len(points),):
            raise ValueError(
                f"h: one value per point is needed, shape ({len(points)},) for {len(points)} "
                f"points; it returned shape {values.shape}"
            )
        check_magnitudes(values, "h")
        return values


class Coefficients(NamedTuple):
    """Fourier coefficients h~(k) = E_x h(x) omega^(-k.x) of a real function.

    Attributes
    ----------
    frequencies : numpy.ndarray of unsigned int, shape (K, D)
        The k, each together with -k, largest magnitude first.
    values : numpy.ndarray of complex128, shape (K,)
        The h~(k).
    """

    frequencies: np.ndarray
    values: np.ndarray

    @classmethod
    def with_negatives(
        cls, frequencies: np.ndarray, values: np.ndarray, modulus: int
    ) -> Coefficients:
        """Add h~(-k) = conj h~(k) for every k but 0, and sort by falling magnitude."""
        mirrored = frequencies.any(axis=1)
        k = np.concatenate([frequencies, negative(frequencies[mirrored], modulus)])
        every = np.concatenate([values, values[mirrored].conj()])
        order = np.argsort(-np.abs(every), kind="stable")
        return cls(k[order], every[order])


def negative(k: np.ndarray, modulus: int) -> np.ndarray:
    """Return -k mod P in the type of ``k``."""
    return ((modulus - k.astype(np.int64)) % modulus).astype(k.dtype)


def check_modes(modulus: int, dimension: int, modes: int, products: int) -> None:
    """Raise ValueError if Z_P^D has too few frequencies for that many modes and products."""
    if 4 * (modes + 2 * products) > modulus**dimension:
        raise ValueError(
            f"dimension: Z_{modulus}^{dimension} has too few frequencies for {modes} modes and "
            f"{products} products of two"
        )


class NoisyModes:
    """A random sum of sine modes and of products of two, with noise that is a function of x.

    Parameters
    ----------
    modulus, dimension : int
        P and D.
    modes : int, default 7
        Terms A sin(2 pi k.x / P); at least one of these or of the products.
    products : int, default 3
        Terms A sin(2 pi k.x / P) sin(2 pi l.x / P): four coefficients of magnitude A / 4 each.
    noise : float, default 0.5
        Power of the noise over that of the signal, at least 0.
    rng : int, numpy.random.Generator or None
        Chooses the frequencies, the amplitudes A uniformly from 0.5 to 1, and the noise.

    Attributes
    ----------
    coefficients : Coefficients
        Of the signal, without the noise.
    mean_square : float
        E_x h^2, noise included.

    Raises
    ------
    TypeError
        If ``modulus`` is not an integer, ``noise`` no number or ``rng`` none of the above.
    ValueError
        If Z_P^D has too few frequencies for all of them to differ, or a number is out of range.

    Notes
    -----
    All frequencies differ, also up to sign. The noise is uniform, a hash of x: equal points get
    equal noise, and its own Fourier coefficients are as small as those of white noise.
    """

    def __init__(
        self,
        modulus: int,
        dimension: int,
        *,
        modes: int = 7,
        products: int = 3,
        noise: float = 0.5,
        rng: Seed = None,
    ) -> None:
        rng = make_generator(rng)
        self.modulus = check_modulus(modulus)
        noise = check_not_negative(noise, "noise")
        for name, count in (("dimension", dimension), ("modes", modes), ("products", products)):
            check_count(count, name, 1 if name == "dimension" else 0)
        check_count(modes + products, "modes + products", 1)
        check_modes(modulus, dimension, modes, products)
        self._draw_terms(dimension, modes, products, rng)
        power = float(np.sum(np.abs(self.coefficients.values) ** 2))
        self.mean_square = power * (1 + noise)
        # A uniform number between 0 and 1 has variance 1/12.
        self._noise_width = np.sqrt(12 * noise * power)
        self._multipliers = rng.integers(0, 2**64, size=dimension, dtype=np.uint64) | np.uint64(1)

    def _draw_terms(
        self, dimension: int, modes: int, products: int, rng: np.random.Generator
    ) -> None:
        modulus = self.modulus
        terms: list[tuple[np.ndarray, complex]] = []
        taken: set[tuple[int, ...]] = set()
        # First of all, so that a seed gives the same amplitudes at every dimension.
        sizes = rng.uniform(0.5, 1.0, modes + products)
        for number, size in enumerate(sizes):
            while True:
                k, other = uniform_residues(rng, (2, dimension), modulus).astype(np.int64)
                term = [(k - other, size / 4), (k + other, -size / 4)]
                if number < modes:
                    term = [(k, size / 2j)]
                keys = {tuple(sign * key % modulus) for key, _ in term for sign in (1, -1)}
                if len(keys) == 2 * len(term) and not keys & taken:
                    break
            taken |= keys
            terms += term
        self._frequencies = np.array([k % modulus for k, _ in terms], smallest_unsigned(modulus))
        values = np.array([value for _, value in terms])
        self.coefficients = Coefficients.with_negatives(self._frequencies, values, modulus)
        roots = np.exp(2j * np.pi * np.arange(modulus) / modulus)
        # What k and -k add for each residue of k.x.
        self._waves = 2 * (values[:, None] * roots).real

    def signal(self, points: np.ndarray) -> np.ndarray:
        """Return the sum of the modes alone at points (n, D), shape (n,)."""
        residues = InnerProducts(self._frequencies, self.modulus).residues(points)
        return np.sum(np.take_along_axis(self._waves, residues, axis=1), axis=0)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the signal plus the noise at points (n, D), shape (n,)."""
        word = (np.asarray(points).astype(np.uint64) + np.uint64(1)) @ self._multipliers
        for shift, factor in zip((30, 27), _MIX, strict=True):
            word = (word ^ (word >> np.uint64(shift))) * factor
        word ^= word >> np.uint64(31)
        uniform = (word >> np.uint64(11)) * 2.0**-53
        return self.signal(points) + self._noise_width * (uniform - 0.5)
