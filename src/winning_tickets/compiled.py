"""How kernels are compiled and cached: by Numba, and so that no state of its cache is an error.

A module of kernels writes ``@compiled`` above each. Its kernels may call each other but none of
another file: Numba compiles anew what has changed, and does not notice edits elsewhere.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

_SEAL_BYTES = hashlib.sha256().digest_size


def compiled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel at its first call, or take it from the cache that Numba keeps.

    Parameters
    ----------
    kernel : callable
        A function of arrays and numbers in the part of Python that Numba knows.

    Returns
    -------
    callable
        The same function, compiled for each new set of types; it releases the interpreter's lock,
        divides like NumPy and checks no bounds.

    Notes
    -----
    Where no cache can be written, every process compiles for itself and says so on standard error,
    once. A damaged cache, with files emptied or cut for example, is made anew.
    """
    dispatcher = numba.njit(nogil=True, error_model="numpy", boundscheck=False)(kernel)
    try:
        # What njit(cache=True) sets, with a cache that forgives.
        dispatcher._cache = _KernelCache(kernel)
    except (RuntimeError, OSError):
        _say_uncached()
    return dispatcher


class _KernelCache(FunctionCache):
    """Numba's cache of one function; whatever it cannot read or write is compiled instead."""

    def __init__(self, kernel: Callable[..., Any]) -> None:
        super().__init__(kernel)
        self._cache_file = _SealedFile(
            self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp()
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # Damaged bytes may raise anything where they are unpickled.
            self._renew()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:
            _say_uncached()

    def _renew(self) -> None:
        try:
            self.flush()
        except OSError:
            _say_uncached()
        else:
            _say("a damaged cache of compiled kernels is made anew")


class _SealedFile(IndexDataCacheFile):
    """Numba's files with a checksum: damaged machine code must never be run."""

    def _dump(self, obj: Any) -> bytes:
        content = super()._dump(obj)
        return content + hashlib.sha256(content).digest()

    def _load_data(self, name: str) -> Any:
        sealed = Path(self._data_path(name)).read_bytes()
        content, seal = sealed[:-_SEAL_BYTES], sealed[-_SEAL_BYTES:]
        if hashlib.sha256(content).digest() != seal:
            raise ValueError(f"{name} is damaged")
        # What follows the content it needs is not read.
        return super()._load_data(name)


def _say_uncached() -> None:
    _say(
        "no cache of compiled kernels can be written, so each process compiles its own for some "
        "seconds; name a folder that can be written in NUMBA_CACHE_DIR"
    )


@functools.cache
def _say(line: str) -> None:
    """Write a line to standard error, the first time only."""
    print(f"winning_tickets: {line}", file=sys.stderr)
