"""How a step of the pipeline runs: its memory, its log file, one line for what went wrong."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

# Parameters of mallopt in glibc's malloc.h, and bytes; the second may not be larger.
_KEPT = {-1: 1 << 28, -3: 1 << 25}


def keep_freed_memory() -> None:
    """Let the C library keep memory that arrays of a few MB leave, for the next ones.

    By default glibc returns it to the system and asks for it anew, page by page, which can take
    longer than the arithmetic in between. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for parameter, size in _KEPT.items():
            mallopt(parameter, size)


@contextlib.contextmanager
def logged(path: str | Path) -> Iterator[None]:
    """Send warnings to a log file and end with one line if the input cannot be used.

    Also calls `keep_freed_memory`.

    Parameters
    ----------
    path : str or Path
        The log file; written anew.

    Raises
    ------
    SystemExit
        In place of a ValueError, TypeError, MemoryError or OSError, with its message.
    """
    keep_freed_memory()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as log:
        try:
            with contextlib.redirect_stderr(log):
                yield
        except (ValueError, TypeError, MemoryError, OSError) as error:
            line = str(error) or type(error).__name__
            log.write(line + "\n")
            sys.exit(line)
