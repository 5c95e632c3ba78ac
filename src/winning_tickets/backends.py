"""Whether compiled kernels are used, and by how many threads."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence


def use_numba(backend: str) -> bool:
    """Return whether a compiled kernel is wanted and there.

    Parameters
    ----------
    backend : {"auto", "numba", "numpy"}
        "auto" means Numba where it is installed.

    Raises
    ------
    ValueError
        For another name.
    """
    if backend not in ("auto", "numba", "numpy"):
        raise ValueError(f"backend: {backend!r} is not known; known are auto, numba, numpy")
    return backend == "numba" or (
        backend == "auto" and importlib.util.find_spec("numba") is not None
    )


def known_backend(backend: str) -> str:
    """Return "numba" or "numpy": what a sampler that loads the compiler anyway takes."""
    return "numba" if use_numba(backend) else "numpy"


def for_each(work: Callable[[slice], None], parts: Sequence[slice], threads: int) -> None:
    """Do some work for every part, by several threads at a time.

    Parameters
    ----------
    work : callable
        Handles one part; kernels release the interpreter's lock, so threads gain.
    parts : sequence of slice
        Parts that may be handled in any order.
    threads : int
        How many parts are handled at a time.
    """
    if threads == 1 or len(parts) < 2:
        for part in parts:
            work(part)
        return
    from concurrent.futures import ThreadPoolExecutor  # most processes never need it

    with ThreadPoolExecutor(threads) as pool:
        # A list, so that an error of any part is raised.
        list(pool.map(work, parts))
