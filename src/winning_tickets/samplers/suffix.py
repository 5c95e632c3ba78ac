"""The suffix kernels of `ancestral` and the steps of its walk, in NumPy.

With a_1..a_(j-1) drawn, the score of a_j = c is q_j(c) z_c* T_j z_c, where z holds the weights
alpha with the phases of the prefix and T_j the product of what the later coordinates contribute.
Points with equal residues in column j share what depends on c, so all P scores come from the sums

    A_d = sum over pairs with x_mj - x_lj = d of conj(z_m) T_j[m, l] z_l,  d >= 0.

`suffix_numba` has the same steps, compiled. Arrays over nodes have the nodes last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..kernel import TINY
from .base import choose_columns


@dataclass(frozen=True)
class Groups:
    """Points by their residue in one column.

    Attributes
    ----------
    order : numpy.ndarray of int64, shape (M,)
        Points in ascending order of their residue.
    starts : numpy.ndarray of int64, shape (G + 1,)
        Group g is order[starts[g]:starts[g + 1]].
    residues : numpy.ndarray of int64, shape (G,)
        The residue of each group, ascending.
    """

    order: np.ndarray
    starts: np.ndarray
    residues: np.ndarray


def group_points(column: np.ndarray) -> Groups:
    """Group points by their residue in a column of shape (M,)."""
    order = np.argsort(column, kind="stable")
    values = column[order].astype(np.int64)
    first = np.concatenate([[True], values[1:] != values[:-1]])
    starts = np.flatnonzero(first)
    return Groups(order, np.append(starts, len(column)), values[starts])


def suffix_stride(dimension: int) -> int:
    """Return how many coordinates lie between two kernels that are kept, sqrt(D) rounded up."""
    return math.isqrt(dimension - 1) + 1


def suffix_kernels(
    columns: np.ndarray, tables: np.ndarray, multiply: Callable[..., None]
) -> Iterator[np.ndarray]:
    """Yield T_1, ..., T_D with T_j[m, l] = prod_(i > j) table_i[x_mi - x_li].

    Parameters
    ----------
    columns : numpy.ndarray of unsigned int, shape (D, M)
        The coordinates of the points.
    tables : numpy.ndarray of float64, shape (1, P) or (D, P)
        One symmetric table for all coordinates, or one a coordinate.
    multiply : callable
        Takes T_i, column i, its table and where to put T_(i-1).

    Yields
    ------
    numpy.ndarray of float64, shape (M, M)
        Of which only the triangle from the diagonal down need be right; overwritten later.

    Notes
    -----
    They are needed from the first to the last and arise from the last to the first. So one pass
    keeps every sqrt(D)-th, and the block before each is built again when its turn comes: memory
    for 2 sqrt(D) kernels, and twice the products.
    """
    dimension, size = columns.shape
    stride = suffix_stride(dimension)
    ends = np.append(np.arange(stride, dimension, stride), dimension) - 1
    kept = np.empty((len(ends), size, size))
    block = np.empty((stride, size, size))

    def rebuild(place: int) -> int:
        """Fill the block that ends at a kept kernel; return its first coordinate."""
        first = place * stride
        block[ends[place] - first] = kept[place]
        for i in range(ends[place], first, -1):
            multiply(block[i - first], columns[i], _row(tables, i), block[i - first - 1])
        return first

    kept[-1] = 1.0
    for place in range(len(ends) - 1, 0, -1):
        first = rebuild(place)
        multiply(block[0], columns[first], _row(tables, first), kept[place - 1])
    for place in range(len(ends)):
        rebuild(place)
        yield from block[: ends[place] - place * stride + 1]


def _row(rows: np.ndarray, coordinate: int) -> np.ndarray:
    return rows[min(coordinate, len(rows) - 1)]


def multiply(kernel: np.ndarray, column: np.ndarray, table: np.ndarray, out: np.ndarray) -> None:
    """Put kernel[m, l] table[x_m - x_l] into ``out``; what is next to underflow becomes 0."""
    modulus = len(table)
    values = column.astype(np.int64)
    if modulus > len(values):
        factors = table[(values[:, None] - values) % modulus]
    else:
        factors = table[(np.arange(modulus)[:, None] - values) % modulus][values]
    np.multiply(kernel, factors, out=out)
    out[np.abs(out) < TINY] = 0.0


def arrange(kernel: np.ndarray, groups: Groups, out: np.ndarray) -> None:
    """Put a kernel in the order of the groups of points.

    Parameters
    ----------
    kernel : numpy.ndarray of float64, shape (M, M)
        T_j, of which the triangle from the diagonal down is read.
    groups : Groups
        The points by their residue in column j.
    out : numpy.ndarray of float64, shape (M, M)
        Overwritten; each row need be right up to the end of its group only.
    """
    order = groups.order
    out[:] = kernel[np.maximum.outer(order, order), np.minimum.outer(order, order)]


def correlate(kernel: np.ndarray, groups: Groups, z: np.ndarray, sums: np.ndarray) -> None:
    """Fill in A_d.

    Parameters
    ----------
    kernel : numpy.ndarray of float64, shape (M, M)
        T_j as `arrange` leaves it.
    groups : Groups
        The points by their residue in column j.
    z : numpy.ndarray of float64, shape (M, 2, n)
        Real and imaginary parts of z.
    sums : numpy.ndarray of float64, shape (R, 2, n)
        Real and imaginary parts of A_d for d = 0..R-1; overwritten.
    """
    starts, residues, parts = groups.starts, groups.residues, z[groups.order]
    sums[:] = 0.0
    for group, residue in enumerate(residues):
        low, high = starts[group], starts[group + 1]
        rest = parts[low:]
        product = kernel[low:, low:high] @ parts[low:high].reshape(high - low, -1)
        product = product.reshape(rest.shape)
        real = rest[:, 0] * product[:, 0] + rest[:, 1] * product[:, 1]
        imaginary = rest[:, 0] * product[:, 1] - rest[:, 1] * product[:, 0]
        gaps = residues[group:] - residue
        sums[gaps, 0] += np.add.reduceat(real, starts[group:-1] - low)
        sums[gaps, 1] += np.add.reduceat(imaginary, starts[group:-1] - low)


def choose(scores: np.ndarray, chances: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Draw c of each node.

    Parameters
    ----------
    scores : numpy.ndarray of float64, shape (P, n)
        z_c* T_j z_c; what rounding leaves below 0 counts as 0. May be overwritten.
    chances : numpy.ndarray of float64, shape (P,)
        q_j.
    uniforms : numpy.ndarray of float64, shape (n,)
        In [0, 1).

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        c with probability proportional to q_j(c) times its score.
    """
    return choose_columns(np.maximum(scores, 0.0) * chances[:, None], uniforms)


def advance(
    groups: Groups,
    steps: np.ndarray,
    phases: np.ndarray,
    weights: np.ndarray,
    running: np.ndarray,
    z: np.ndarray,
) -> None:
    """Move on by one drawn coordinate.

    Parameters
    ----------
    groups : Groups
        The points by their residue in the column.
    steps : numpy.ndarray of int64, shape (n,)
        v c mod P of each node.
    phases : numpy.ndarray of float64, shape (2, P)
        Real and imaginary parts of omega^(-s).
    weights : numpy.ndarray of float64, shape (M, n)
        alpha at the points, of the output of each node.
    running : numpy.ndarray of int32, shape (M, n)
        v a.x_m mod P over the coordinates drawn; updated.
    z : numpy.ndarray of float64, shape (M, 2, n)
        alpha_m omega^(-running); overwritten.
    """
    modulus = phases.shape[1]
    sizes = np.diff(groups.starts)
    moved = np.multiply.outer(groups.residues, steps) % modulus
    running[groups.order] += np.repeat(moved.astype(np.int32), sizes, axis=0)
    running[running >= modulus] -= modulus
    np.multiply(weights, phases[0][running], out=z[:, 0])
    np.multiply(weights, phases[1][running], out=z[:, 1])
