"""Full-domain data that are only ever queried: M = P^D examples, none of them stored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .activations import make_activation
from .field import check_modulus


class OracleProblem:
    """A regression problem on all of Z_P^D whose function h can be queried at any point.

    Parameters
    ----------
    h : callable
        Takes points, a (n, D) array of int64 in 0..P-1, and returns n real values. It must be a
        function: equal points get equal values, noise included.
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
        if isinstance(dimension, bool) or not isinstance(dimension, (int, np.integer)):
            raise TypeError(f"dimension: {dimension!r} is not an integer of at least 1")
        if dimension < 1:
            raise ValueError(f"dimension: {dimension} must be at least 1")
        self.dimension = int(dimension)
        self.activation = make_activation(activation, self.modulus)
        self.outputs = 1
        self.queries = 0
        self._h = h

    def query(self, points: np.ndarray) -> np.ndarray:
        """Return h at the given points.

        Parameters
        ----------
        points : numpy.ndarray of int, shape (n, D)
            Coordinates 0..P-1.

        Returns
        -------
        numpy.ndarray of float64, shape (n,)
            The values.

        Raises
        ------
        TypeError
            If h returns something else than real numbers.
        ValueError
            If h returns another shape, or values that are not finite.
        """
        # A fresh array of its own: a function that writes into its argument harms nobody.
        values = np.asarray(self._h(np.array(points, dtype=np.int64, order="C")))
        self.queries += len(points)
        if values.shape != (len(points),):
            raise ValueError(
                f"h: one value per point is needed, shape ({len(points)},) for {len(points)} "
                f"points; it returned shape {values.shape}"
            )
        if not (np.issubdtype(values.dtype, np.number) or values.dtype == bool) or np.iscomplexobj(
            values
        ):
            raise TypeError(f"h: real numbers are needed; it returned {values.dtype}")
        values = values.astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError("h: it returned values that are not finite")
        return values
