"""From a sampler's name to a sampler."""

from __future__ import annotations

import difflib
import math
from typing import Any

from ..backends import use_numba
from ..inputs import is_real, to_float
from ..oracle import OracleProblem
from ..problem import Problem
from .base import Sampler
from .mixture import OutputMixture, SoftThreshold


def make_sampler(
    name: str,
    problem: Problem | OracleProblem,
    *,
    soft_threshold: float | None = None,
    **options: Any,
) -> Sampler:
    """Prepare a sampler of hidden nodes for a problem.

    Parameters
    ----------
    name : str
        One of `SAMPLERS`, or of `ORACLE_SAMPLERS` for an OracleProblem.
    problem : Problem or OracleProblem
        The problem.
    soft_threshold : float or None, default None
        kappa_Delta = Delta / mean(w*^2) > 0 of the softened distribution
        w*^2 / (w*^2 + Delta); None is Delta = infinity, p* itself.
    **options
        Further keywords of the sampler's class.

    Returns
    -------
    Sampler
        Its ``sample(n, rng)`` draws nodes; its ``report`` says what that took.

    Raises
    ------
    ValueError
        For an unknown name or one for the other kind of problem, or a soft threshold that is not
        positive or does not apply.
    TypeError
        If the name is no text, or the soft threshold no real number.
    MemoryError
        If the sampler's tables cannot fit in this machine's memory.

    Examples
    --------
    >>> import winning_tickets as wt
    >>> problem = wt.Problem([[0, 1], [2, 2], [1, 0]], [1.0, -2.0, 0.5], modulus=3)
    >>> nodes = wt.make_sampler("spectral", problem).sample(5, rng=0)
    >>> nodes.a.shape, nodes.b.shape
    ((5, 2), (5,))
    """
    sampler_class = _find(name, problem)
    if soft_threshold is not None:
        _check_soft_threshold(soft_threshold, sampler_class)
    if problem.outputs == 1 or sampler_class.several_outputs or not sampler_class.exact:
        sampler = sampler_class(problem, **options)
    else:
        sampler = OutputMixture(problem, sampler_class, **options)
    if soft_threshold is None:
        return sampler
    return SoftThreshold(sampler, problem, to_float(soft_threshold))


def compile_kernels() -> None:
    """Compile the kernels of all samplers for P up to 255, into the cache that Numba keeps.

    Otherwise the first draws would: every process that starts before they end compiles for itself.
    So does every process where no cache can be written.
    Without Numba there is nothing to compile.

    Examples
    --------
    >>> from winning_tickets.samplers import compile_kernels
    >>> compile_kernels()
    """
    from . import SAMPLERS

    problem = Problem([[0, 1], [1, 2], [2, 2]], [1.0, -1.0, 2.0], modulus=3)
    if use_numba("auto"):
        from ..field_numba import ByteProducts  # so few points are multiplied in floats

        ByteProducts(problem.points, problem.modulus, 2).residues(problem.points)
    for name in SAMPLERS:
        sampler = make_sampler(name, problem)
        # One tile of nodes and a part of several differ in memory order, so in compiled code.
        for count in (1, 100):
            sampler.sample(count, rng=0)


def _find(name: str, problem: Problem | OracleProblem) -> type[Sampler]:
    from . import ORACLE_SAMPLERS, SAMPLERS

    oracle = isinstance(problem, OracleProblem)
    known, others = (ORACLE_SAMPLERS, SAMPLERS) if oracle else (SAMPLERS, ORACLE_SAMPLERS)
    if not isinstance(name, str):
        raise TypeError(f"sampler: {name!r} is not a name; known are {', '.join(known)}")
    if name in others:
        kind = "a Problem, a table of examples" if oracle else "an OracleProblem"
        raise ValueError(f"sampler: {name!r} needs {kind}")
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known)
        raise ValueError(f"sampler: {name!r} is not known; {hint}")
    return known[name]


def _check_soft_threshold(value: float, sampler_class: type[Sampler]) -> None:
    if not is_real(value):
        raise TypeError(f"soft_threshold: {value!r} is not a number; give one above 0, or None")
    if not 0 < (number := to_float(value)) < math.inf:
        raise ValueError(f"soft_threshold: {number} must be a finite number above 0, or None")
    if not sampler_class.exact:
        raise ValueError(f"soft_threshold: does not apply to the {sampler_class.name} sampler")
