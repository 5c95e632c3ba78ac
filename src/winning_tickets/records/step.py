"""How a step of the pipeline runs: its memory, its log file, one line for what went wrong."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import re
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from .files import DamagedFileError

INTERRUPTED = 130
"""Exit status of a step that was interrupted from the keyboard, as shells have it."""

# Parameters of mallopt in glibc's malloc.h, and bytes; the second may not be larger.
_KEPT = {-1: 1 << 28, -3: 1 << 25}
KEPT_BYTES = (1 << 31) - 1
"""Freed memory that a process which keeps it wholly keeps at most."""

# No memory from mmap at all.
_KEPT_WHOLLY = {-1: KEPT_BYTES, -4: 0}
# What is wrong with the place where results go, and not with the step.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
# How Python begins a traceback.
_TRACEBACK = "Traceback (most recent call last)"
_SECONDS = re.compile(r"^done in ([0-9.]+) s$", re.MULTILINE)


def keep_freed_memory(*, wholly: bool = False) -> None:
    """Let the C library keep memory that arrays of a few MB leave, for the next ones.

    Parameters
    ----------
    wholly : bool, default False
        Whether arrays of any size leave theirs, as where times are measured.

    Notes
    -----
    By default glibc returns it to the system and asks for it anew, page by page, which can take
    longer than the arithmetic in between. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for parameter, size in (_KEPT_WHOLLY if wholly else _KEPT).items():
            mallopt(parameter, size)


@contextlib.contextmanager
def logged(path: str | Path) -> Iterator[None]:
    """Send warnings and tracebacks to a log file, and end with one line if the step fails.

    Also calls `keep_freed_memory`. A step that succeeds ends its log with the seconds that it took.

    Parameters
    ----------
    path : str or Path
        The log file; written anew. A failure that the step made a row of its table, so that it did
        not end it, may have left its traceback there (``traceback.print_exc``): a line on the
        terminal then names the log.

    Raises
    ------
    SystemExit
        In place of any error; without a word after an interrupt. A damaged file is told as it is,
        one line that names the remedy, and so is a disk that takes no more. The traceback of
        anything else is in the log, which the line names.
    """
    keep_freed_memory()
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as log:
            yield from _told(log)
        if _TRACEBACK in Path(path).read_text(encoding="utf-8"):
            print(f"A part failed: its reason is in the table, its traceback in {path}", flush=True)
    except OSError as error:  # of the log itself: those of the step have been told
        sys.exit(_cannot_be_written(error))


def _told(log: TextIO) -> Iterator[None]:
    """Run a step with its warnings in a log, and turn whatever ends it into one line."""
    began = time.monotonic()
    try:
        with contextlib.redirect_stderr(log):
            yield
        log.write(f"done in {time.monotonic() - began:.2f} s\n")
    except DamagedFileError as error:
        log.write(f"{error}\n")
        sys.exit(str(error))
    except KeyboardInterrupt:
        log.write("interrupted\n")
        sys.exit(INTERRUPTED)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
            log.write(f"{_cannot_be_written(error)}\n")
            sys.exit(_cannot_be_written(error))
        traceback.print_exc(file=log)
        told = traceback.format_exception_only(error)[0].splitlines()[0]
        sys.exit(f"{told} (the traceback is in {log.name})")


def _cannot_be_written(error: OSError) -> str:
    return f"{error.strerror}: results cannot be written; put that right and run again"


def seconds_taken(path: str | Path) -> float | None:
    """Return the seconds that a step took, from its log; None if it did not end well."""
    found = _SECONDS.search(Path(path).read_text(encoding="utf-8"))
    return float(found[1]) if found else None
