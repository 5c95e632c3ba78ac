"""Arithmetic of the finite field Z_P: residues, inverses and exact inner products."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .backends import use_numba
from .inputs import is_whole

if TYPE_CHECKING:
    from .field_numba import ByteProducts

MAX_MODULUS = 65_521
"""Largest modulus: the largest prime whose residues fit in two bytes."""

# Integers up to these magnitudes are exact in the floating-point type; of float64 three bits are
# kept for the compiled reduction, whose quotients are off by less than 1 / (2 P) below 2^50.
_EXACT_FLOAT32 = 2**24
_EXACT_FLOAT64 = 2**50
# Below this block length the reductions between float32 blocks cost more than float64 products.
_MIN_FLOAT32_BLOCK = 1024
# Entries of the points centred at a time: few enough to stay in cache.
_CENTRED_ENTRIES = 1 << 14
# Floats reduced at a time, for the same reason.
_REDUCED_ENTRIES = 1 << 15
# Answers of nodes to points looked up at a time, for the same reason.
_RESPONSE_ENTRIES = 1 << 17
# Multiplications whose saving makes up for loading Numba: half a second of a product and more.
_WORTH_LOADING = 3 * 10**10
# What `field_numba` works by: vectors in a tile at most, their step, and groups added at a time.
_TILE, _TILE_STEP, _TILE_ROWS = 512, 64, 8
TABLES_BYTES = (256 + 4 * 5) * _TILE_ROWS * _TILE
"""What a tile's tables and coordinates take at most, whatever P and k."""

# Coordinates of the points grouped at a time.
_GROUPED_ENTRIES = 1 << 16
# Random bytes handled at a time: few enough to stay in cache.
_RANDOM_CHUNK = 1 << 17


def check_modulus(modulus: int) -> int:
    """Return ``modulus`` as an int, or say what is wrong with it.

    Parameters
    ----------
    modulus : int
        The size P of the field.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is not an odd prime between 3 and `MAX_MODULUS`.
    """
    if not is_whole(modulus):
        raise TypeError(f"modulus: {modulus!r} is not an integer; an odd prime is needed")
    number = int(modulus)
    if not 3 <= number <= MAX_MODULUS or any(
        number % divisor == 0 for divisor in range(2, math.isqrt(number) + 1)
    ):
        raise ValueError(f"modulus: {number} is not an odd prime from 3 to {MAX_MODULUS}")
    return number


def smallest_unsigned(modulus: int) -> np.dtype:
    """Return the smallest unsigned integer type that holds 0..modulus-1."""
    return np.min_scalar_type(modulus - 1)


def inverses(modulus: int) -> np.ndarray:
    """Return the table of multiplicative inverses.

    Parameters
    ----------
    modulus : int
        An odd prime P.

    Returns
    -------
    numpy.ndarray of int64, shape (P,)
        Entry v is the w with v w = 1 mod P; entry 0 is 0.
    """
    return np.array([0] + [pow(v, -1, modulus) for v in range(1, modulus)], dtype=np.int64)


def row_keys(rows: np.ndarray) -> np.ndarray:
    """Return one opaque value a row, equal for equal rows.

    Parameters
    ----------
    rows : numpy.ndarray of int, shape (n, D)
        C-contiguous.

    Returns
    -------
    numpy.ndarray of void, shape (n,)
        A view; it compares by bytes, far faster than row by row and field by field.
    """
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]


def index_to_digits(index: np.ndarray, modulus: int, dimension: int) -> np.ndarray:
    """Return base-P digits, most significant first.

    Parameters
    ----------
    index : numpy.ndarray of int, shape (n,)
        Numbers from 0 to P^D - 1.
    modulus, dimension : int
        The base P and the number of digits D.

    Returns
    -------
    numpy.ndarray, shape (n, D)
        Points of Z_P^D in lexicographic order of their index, in the smallest unsigned type.
    """
    rest = np.asarray(index, dtype=np.int64)
    digits = np.empty((len(rest), dimension), dtype=smallest_unsigned(modulus))
    for column in range(dimension - 1, -1, -1):
        rest, digits[:, column] = np.divmod(rest, modulus)
    return digits


def digits_to_index(digits: np.ndarray, modulus: int) -> np.ndarray:
    """Return the numbers whose base-P digits are given, most significant first.

    Parameters
    ----------
    digits : numpy.ndarray of unsigned int, shape (n, D)
        Residues 0..P-1; P^D must fit in 63 bits.
    modulus : int
        The base P.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Numbers from 0 to P^D - 1.
    """
    index = np.zeros(len(digits), dtype=np.int64)
    for column in digits.T:
        index *= modulus
        index += column
    return index


def uniform_residues(
    rng: np.random.Generator,
    shape: tuple[int, int],
    modulus: int,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Draw independent uniform residues, several times faster than ``Generator.integers``.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    shape : tuple of int
        Rows and columns.
    modulus : int
        The residues are 0..P-1.
    out : numpy.ndarray, optional
        Where they go: C-contiguous, of that shape and the smallest unsigned type.

    Returns
    -------
    numpy.ndarray
        ``out``, or a new array of the given shape in the smallest unsigned type.

    Notes
    -----
    Exactly uniform: a random byte r gives (r P) div 256, and is drawn anew where (r P) mod 256 is
    below 256 mod P (D. Lemire, *Fast random integer generation in an interval*, ACM TOMACS 29,
    2019). The bytes come from 64-bit words in little-endian order on every machine.
    """
    if out is None:
        out = np.empty(shape, dtype=smallest_unsigned(modulus))
    if modulus > 256:
        out[:] = rng.integers(0, modulus, size=shape, dtype=out.dtype)
        return out
    flat = out.reshape(-1)
    low_bound = 256 % modulus
    for start in range(0, flat.size, _RANDOM_CHUNK):
        part = flat[start : start + _RANDOM_CHUNK]
        words = rng.integers(0, 2**64, size=-(-part.size // 8), dtype=np.uint64)
        wide = words.astype("<u8", copy=False).view(np.uint8)[: part.size].astype(np.uint16)
        wide *= np.uint16(modulus)
        np.right_shift(wide, 8, out=part, casting="unsafe")
        again = np.flatnonzero(wide.astype(np.uint8) < low_bound)
        part[again] = rng.integers(0, modulus, size=again.size, dtype=np.uint8)
    return out


def _product_type(modulus: int, dimension: int) -> tuple[type[np.floating], int]:
    """Return the type of exact inner products, and how many terms of a sum it holds."""
    half = (modulus - 1) // 2
    block = (_EXACT_FLOAT32 - modulus) // half**2
    if block < min(dimension + 1, _MIN_FLOAT32_BLOCK):
        return np.float64, max(1, (_EXACT_FLOAT64 - modulus) // half**2)
    return np.float32, max(1, block)


class InnerProducts:
    """Exact inner products of many vectors with a fixed set of points, modulo P.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        The fixed points, residues 0..P-1.
    modulus : int
        The modulus P.
    backend : {"auto", "numba", "numpy"}, default "auto"
        Whether compiled kernels may serve; the results are the same. "numba" takes them wherever
        they are faster, "auto" only where that makes up for loading the compiler.
    vectors : int, default 512
        About how many moving vectors there will be at a time, for "auto" in all.
    tables : bool, default True
        Whether tables of partial sums may serve; False is for matrix products only.

    Notes
    -----
    Small fields are served by tables of partial sums in bytes (`field_numba.ByteProducts`) where
    `table_width` finds them faster, all others by matrix products (`FloatProducts`).
    """

    def __init__(
        self,
        points: np.ndarray,
        modulus: int,
        backend: str = "auto",
        vectors: int = 512,
        tables: bool = True,
    ) -> None:
        self.modulus = modulus
        self.count, self.dimension = points.shape
        work = self.count * self.dimension * vectors
        compiled = use_numba(backend) and (backend == "numba" or work >= _WORTH_LOADING)
        size = (self.dimension, self.count, vectors)
        width = table_width(modulus, *size) if compiled and tables else 0
        self._products: FloatProducts | ByteProducts
        if width:
            from .field_numba import ByteProducts  # loading the compiler is worth it only here

            self._products = ByteProducts(points, modulus, width)
        else:
            self._products = FloatProducts(points, modulus, compiled)

    @staticmethod
    def memory_required(modulus: int, dimension: int, points: int, vectors: int) -> int:
        """Return the bytes that inner products of that many points and vectors take at most.

        Parameters
        ----------
        modulus, dimension : int
            P and D.
        points, vectors : int
            M, and how many vectors are handed over at a time.

        Returns
        -------
        int
            An upper bound, whichever way they are computed.
        """
        floats = FloatProducts.memory_required(modulus, dimension, points, vectors)
        if not table_width(modulus, dimension, points, vectors):
            return floats
        return max(floats, table_memory(dimension, points, vectors))

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the points as they are kept."""
        return self._products.memory_bytes

    def residues(self, a: np.ndarray, threads: int = 1) -> np.ndarray:
        """Return x.a mod P.

        Parameters
        ----------
        a : numpy.ndarray of unsigned int, shape (n, D)
            The moving vectors, residues 0..P-1.
        threads : int, default 1
            Among how many threads bytes are shared out; matrix products go by the setting of BLAS.

        Returns
        -------
        numpy.ndarray, shape (M, n)
            Values 0..P-1 in the smallest unsigned type.
        """
        return self._products.residues(a, threads)

    def responses(self, activation: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return what hidden nodes answer to the points, g((x.a - b) mod P).

        Parameters
        ----------
        activation : numpy.ndarray of float64, shape (P,)
            The values of g.
        a : numpy.ndarray of unsigned int, shape (n, D)
            Hidden weights, residues 0..P-1.
        b : numpy.ndarray of unsigned int, shape (n,)
            Hidden shifts, residues 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (M, n)
            Values of g.
        """
        residues = self.residues(a)
        # x.a + (P - b) lies below 2 P: a table of two periods needs no reduction.
        twice = np.tile(activation, 2)
        shifts = self.modulus - b.astype(np.intp)
        found = np.empty(residues.shape)
        step = max(1, _RESPONSE_ENTRIES // max(1, len(a)))
        for start in range(0, self.count, step):
            places = residues[start : start + step] + shifts
            # All places are in range; "clip" spares the check for negative ones.
            np.take(twice, places, out=found[start : start + step], mode="clip")
        return found


def table_width(modulus: int, dimension: int, points: int, vectors: int) -> int:
    """Return how many coordinates tables of partial sums group where they are fastest, else 0.

    Parameters
    ----------
    modulus, dimension : int
        P and D.
    points, vectors : int
        M, and how many vectors are multiplied at a time.

    Returns
    -------
    int
        k with P^k of at most 256, or 0 where a float32 product and its reduction take less.

    Notes
    -----
    In units of one multiplication of the product (docs/performance.md): a node and a point take
    D, and 40 for the reduction; or 1.2 and more in narrow tiles for each of D / k groups, and each
    entry of a table 2.5 times as much, shared by the M points.
    """
    tile = min(_TILE, -(-max(1, vectors) // _TILE_STEP) * _TILE_STEP)
    idle = tile / max(1, min(vectors, tile))
    best, cost = 0, float(points * (dimension + 40))
    for width in range(2, int(math.log(256.5, modulus)) + 1):
        groups = -(-dimension // (width * _TILE_ROWS)) * _TILE_ROWS
        own = (1.2 + 150 / tile) * idle * groups * (points + 2.5 * modulus**width)
        if own < cost:
            best, cost = width, own
    return best


def table_memory(dimension: int, points: int, vectors: int) -> int:
    """Return the bytes that inner products by tables take at most, whatever P and k."""
    grouped = points * (dimension // 2 + 3 * _TILE_ROWS)
    results = points * (2 * vectors + _TILE_STEP) + vectors * dimension
    grouping = 12 * _GROUPED_ENTRIES + 6 * (dimension + 8 * _TILE_ROWS)
    return grouped + results + grouping + TABLES_BYTES


class FloatProducts:
    """Exact inner products with fixed points modulo P, as products of floating-point matrices.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        The fixed points, residues 0..P-1.
    modulus : int
        The modulus P.
    compiled : bool, default False
        Whether the reduction is compiled by Numba.

    Notes
    -----
    Residues are centred on zero, so a product of D terms stays below D ((P-1)/2)^2 in magnitude.
    While that fits in 24 bits, float32 matrix products are exact whatever the order of summation;
    longer vectors are cut into blocks that fit, or multiplied in float64 when blocks would be
    short. One extra column undoes the shift that centres the moving vectors.
    """

    def __init__(self, points: np.ndarray, modulus: int, compiled: bool = False) -> None:
        self.modulus = modulus
        self.count, self.dimension = points.shape
        half = (modulus - 1) // 2
        self.dtype, self.block = _product_type(modulus, self.dimension)
        self._half = half
        self._reduce = _compiled_reduction() if compiled else reduce_floats
        self._points = np.empty((self.count, self.dimension + 1), dtype=self.dtype)
        residues = np.arange(modulus)
        centred = np.where(residues > half, residues - modulus, residues).astype(self.dtype)
        step = max(1, _CENTRED_ENTRIES // (self.dimension + 1))
        for start in range(0, self.count, step):
            part = slice(start, start + step)
            self._points[part, :-1] = np.take(centred, points[part], mode="clip")
            sums = points[part].sum(axis=1, dtype=np.int64)
            self._points[part, -1] = centred[half * sums % modulus]

    @staticmethod
    def memory_required(modulus: int, dimension: int, points: int, vectors: int) -> int:
        """Return the bytes taken at most: of both centred matrices, their product and residues."""
        kind, block = _product_type(modulus, dimension)
        item = np.dtype(kind).itemsize
        # Adding up blocks takes the sum, the new block, its quotients and a correction.
        sums = item if dimension + 1 <= block else 4 * item + 1
        sums += smallest_unsigned(modulus).itemsize
        centring = 24 * (max(_CENTRED_ENTRIES, dimension + 1) + modulus)
        reducing = 3 * item * max(_REDUCED_ENTRIES, vectors)
        matrices = item * (points + vectors) * (dimension + 1)
        return matrices + sums * points * vectors + centring + reducing

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the centred copy of the points."""
        return self._points.nbytes

    def centred(self, a: np.ndarray) -> np.ndarray:
        """Return the moving vectors shifted by -(P-1)/2, with a last column of ones."""
        vectors = np.empty((len(a), self.dimension + 1), dtype=self.dtype)
        np.subtract(
            a, self.dtype(self._half), out=vectors[:, :-1], dtype=self.dtype, casting="unsafe"
        )
        vectors[:, -1] = 1
        return vectors

    def unreduced(self, a: np.ndarray) -> np.ndarray:
        """Return floats congruent to x.a modulo P.

        Parameters
        ----------
        a : numpy.ndarray of unsigned int, shape (n, D)
            The moving vectors, residues 0..P-1.

        Returns
        -------
        numpy.ndarray, shape (M, n)
            Whole numbers in `dtype`, of magnitude below 2^24 (float32) or 2^50 (float64).
        """
        vectors = self.centred(a)
        if self.dimension + 1 <= self.block:
            return self._points @ vectors.T
        total = np.zeros((self.count, len(a)), dtype=self.dtype)
        for start in range(0, self.dimension + 1, self.block):
            columns = slice(start, start + self.block)
            total += reduce_modulo(self._points[:, columns] @ vectors[:, columns].T, self.modulus)
        return reduce_modulo(total, self.modulus)

    def residues(self, a: np.ndarray, threads: int = 1) -> np.ndarray:
        """Return x.a mod P in the smallest unsigned type, shape (M, n); BLAS sets the threads."""
        found = np.empty((self.count, len(a)), dtype=smallest_unsigned(self.modulus))
        self._reduce(self.unreduced(a), self.modulus, found)
        return found


def reduce_floats(values: np.ndarray, modulus: int, found: np.ndarray) -> None:
    """Reduce whole floating-point numbers modulo P into unsigned integers, shape (M, n) both."""
    step = max(1, _REDUCED_ENTRIES // max(1, values.shape[1]))
    for start in range(0, len(values), step):
        found[start : start + step] = reduce_modulo(values[start : start + step], modulus)


def _compiled_reduction() -> Callable[[np.ndarray, int, np.ndarray], None]:
    from . import field_numba  # loading the compiler is worth it only here

    return field_numba.reduce_floats


def reduce_modulo(values: np.ndarray, modulus: int) -> np.ndarray:
    """Reduce whole floating-point numbers modulo P, in place.

    Parameters
    ----------
    values : numpy.ndarray of float32 or float64
        Whole numbers of magnitude below 2^24 or 2^53; overwritten.
    modulus : int
        The modulus P.

    Returns
    -------
    numpy.ndarray
        ``values``, now in 0..P-1.
    """
    quotient = np.multiply(values, values.dtype.type(1.0 / modulus))
    np.rint(quotient, out=quotient)
    quotient *= modulus
    values -= quotient
    # The rounded quotient is off by at most one, so one step up or down is enough.
    step = values.dtype.type(modulus)
    values += step * (values < 0)
    values -= step * (values >= modulus)
    return values


def inner_products(a: np.ndarray, points: np.ndarray, modulus: int) -> np.ndarray:
    """Return a.x mod P for every pair, exactly.

    Parameters
    ----------
    a : numpy.ndarray of int, shape (n, D)
        Residues 0..P-1.
    points : numpy.ndarray of int, shape (M, D)
        Residues 0..P-1.
    modulus : int
        The modulus P.

    Returns
    -------
    numpy.ndarray of int32, shape (n, M)
        Values 0..P-1.
    """
    return InnerProducts(points, modulus, vectors=len(a)).residues(a).T.astype(np.int32)
