"""The wide network under a prior: its kernel, its ridge solution, the energy of its weights.

docs/method.md, section 7, derives the formulas. Products over coordinates never meet a logarithm:
their factors may be negative or zero, and what underflows is 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy

from .prior import Prior
from .quantities import memory_limit

CUTOFF = 1e-12
"""Directions whose eigenvalue is at most this share of the largest one do not count."""

LEAST_SHARE = 1e3 * np.finfo(float).eps
"""What is left of a sum that cancels to this share of its terms is next to rounding."""

# From this ridge on a Cholesky factor is sure to exist: kernels are scaled to a trace of 1.
_CHOLESKY_RIDGE = 1e-10
# Numbers of a block of a kernel held at a time, so that products stay in cache.
_BLOCK_ENTRIES = 1 << 17
# Products below this are 0: numbers next to underflow would slow every product down.
TINY = 1e-290
_COORDINATES_BETWEEN_FLUSHES = 16


def frequency_shares(activation: np.ndarray) -> np.ndarray:
    """Return |g^(v)|^2 / P of v and -v together, for v = 1..(P-1)/2.

    Parameters
    ----------
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.

    Returns
    -------
    numpy.ndarray of float64, shape ((P-1)/2,)
        Shares of sum 1; what is rounding is 0.
    """
    power = np.abs(np.fft.rfft(activation)[1:]) ** 2
    power[power <= 1e-28 * power.max()] = 0.0
    return power / power.sum()


def product_blocks(
    points: np.ndarray, others: np.ndarray, transforms: np.ndarray, v: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield prod_j transform_j(v (x_mj - y_lj)) for all m, some l at a time.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        The points x.
    others : numpy.ndarray of unsigned int, shape (L, D)
        The points y.
    transforms : numpy.ndarray of float64, shape (1, P) or (D, P)
        One table for all coordinates, or one a coordinate.
    v : int
        The factor of the differences.

    Yields
    ------
    columns : slice
        Which l.
    block : numpy.ndarray of float64, shape (M, columns)
        The products.
    """
    modulus = transforms.shape[1]
    turn = v * np.arange(modulus) % modulus
    step = max(1, _BLOCK_ENTRIES // len(points))
    for start in range(0, len(others), step):
        columns = slice(start, min(start + step, len(others)))
        block = np.ones((len(points), columns.stop - start))
        for coordinate in range(points.shape[1]):
            table = transforms[min(coordinate, len(transforms) - 1)][turn]
            block *= _factors(table, points[:, coordinate], others[columns, coordinate])
            if coordinate % _COORDINATES_BETWEEN_FLUSHES == 0:
                block[np.abs(block) < TINY] = 0.0
        yield columns, block


def _factors(table: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return table[x_m - y_l] for every pair."""
    modulus = len(table)
    if modulus > len(x):
        return table[(x[:, None].astype(np.int64) - y) % modulus]
    # One row a residue, looked up once, then copied for every point that has it.
    return table[(np.arange(modulus)[:, None] - y) % modulus][x]


def wide_kernel(
    points: np.ndarray, others: np.ndarray, prior: Prior, activation: np.ndarray
) -> np.ndarray:
    """Return the kernel of the wide network under a prior.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        The points x.
    others : numpy.ndarray of unsigned int, shape (L, D)
        The points x'.
    prior : Prior
        pi.
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.

    Returns
    -------
    numpy.ndarray of float64, shape (M, L)
        K(x, x') = (1/P) sum_v |g^(v)|^2 prod_j phi_j(v (x_j - x'_j)), between -1 and 1.
    """
    kernel = np.zeros((len(points), len(others)))
    for v, share in _frequencies(activation):
        for columns, block in product_blocks(points, others, prior.transforms, v):
            block *= share
            kernel[:, columns] += block
    return kernel


def energies(
    points: np.ndarray, weights: np.ndarray, prior: Prior, activation: np.ndarray
) -> np.ndarray:
    """Return the energy of the scaled weights u by frequency and output.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        Distinct points.
    weights : numpy.ndarray of float64, shape (M, C)
        alpha.
    prior : Prior
        pi.
    activation : numpy.ndarray of float64, shape (P,)
        An admissible activation g.

    Returns
    -------
    numpy.ndarray of float64, shape ((P-1)/2, C)
        (1/P) |g^(v)|^2 alpha_c^T Phi_v alpha_c of v and -v together; the sum is the mean over a
        from q of sum_b |u(a, b)|^2.
    """
    found = np.zeros((len(activation) // 2, weights.shape[1]))
    for v, share in _frequencies(activation):
        for columns, block in product_blocks(points, points, prior.squared_transforms, v):
            found[v - 1] += np.sum((block.T @ weights) * weights[columns], axis=0)
        found[v - 1] *= share
    return np.maximum(found, 0.0)


def _frequencies(activation: np.ndarray) -> Iterator[tuple[int, float]]:
    """Yield v = 1..(P-1)/2 and its share, where there is any."""
    shares = frequency_shares(activation)
    for v in np.flatnonzero(shares) + 1:
        yield int(v), float(shares[v - 1])


def ridge_solution(
    kernel: np.ndarray, shares: np.ndarray, values: np.ndarray, ridge: float
) -> tuple[np.ndarray, int]:
    """Solve (diag(p) K + lambda I) alpha = diag(p) f.

    Parameters
    ----------
    kernel : numpy.ndarray of float64, shape (M, M)
        K; overwritten.
    shares : numpy.ndarray of float64, shape (M,)
        p.
    values : numpy.ndarray of float64, shape (M, C)
        f.
    ridge : float
        lambda >= 0.

    Returns
    -------
    alpha : numpy.ndarray of float64, shape (M, C)
        The solution; for lambda = 0 its limit from above.
    rank : int
        Directions that count: M but for a tiny lambda and a kernel that is singular numerically.
    """
    root = np.sqrt(shares)[:, None]
    kernel *= root
    kernel *= root.T
    solution, rank = _solve(kernel, root * values, ridge)
    return root * solution, rank


def landmark_solution(
    kernel: np.ndarray, inner: np.ndarray, shares: np.ndarray, values: np.ndarray, ridge: float
) -> tuple[np.ndarray, int]:
    """Solve (K_Lx diag(p) K_xL + lambda K_LL) alpha = K_Lx diag(p) f.

    Parameters
    ----------
    kernel : numpy.ndarray of float64, shape (M, L)
        K_xL; overwritten.
    inner : numpy.ndarray of float64, shape (L, L)
        K_LL.
    shares : numpy.ndarray of float64, shape (M,)
        p.
    values : numpy.ndarray of float64, shape (M, C)
        f.
    ridge : float
        lambda >= 0.

    Returns
    -------
    alpha : numpy.ndarray of float64, shape (L, C)
        The solution in the directions that count.
    rank : int
        How many these are.

    Notes
    -----
    In coordinates in which K_LL is the identity, so that the products do not square its
    condition.
    """
    spectrum, basis = scipy.linalg.eigh(inner, check_finite=False)
    kept = spectrum > CUTOFF * spectrum[-1]
    basis = basis[:, kept] / np.sqrt(spectrum[kept])
    root = np.sqrt(shares)[:, None]
    kernel *= root
    features = kernel @ basis
    solution, rank = _solve(features.T @ features, features.T @ (root * values), ridge)
    return basis @ solution, rank


def _solve(matrix: np.ndarray, right: np.ndarray, ridge: float) -> tuple[np.ndarray, int]:
    """Solve (A + lambda I) z = r for A symmetric and of trace at most 1, and count directions."""
    if ridge >= _CHOLESKY_RIDGE:
        matrix[np.diag_indices_from(matrix)] += ridge
        factor = scipy.linalg.cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        return scipy.linalg.cho_solve(factor, right, check_finite=False), len(matrix)
    spectrum, basis = scipy.linalg.eigh(matrix, overwrite_a=True, check_finite=False)
    kept = spectrum + ridge > CUTOFF * spectrum[-1]
    basis = basis[:, kept]
    parts = basis.T @ right
    if np.linalg.norm(parts) <= CUTOFF * np.linalg.norm(right):
        raise ValueError("prior: nothing of the targets is in reach of the nodes it allows")
    return basis @ (parts / (spectrum[kept] + ridge)[:, None]), int(kept.sum())


def check_kernel_memory(rows: int, columns: int) -> None:
    """Refuse a kernel that cannot fit in the memory that there is, with its solution beside it.

    Raises
    ------
    MemoryError
        Saying how much is needed, and that landmarks need less.
    """
    needed = 8 * (rows * columns + 3 * columns**2)
    limit = memory_limit()
    if needed > limit:
        raise MemoryError(
            f"prior: the kernel of {rows:,} points needs {needed / 2**30:,.1f} GiB of memory and "
            f"this process can get {limit / 2**30:,.1f}; use landmarks, or fewer of them"
        )
