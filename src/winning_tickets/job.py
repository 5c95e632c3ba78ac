"""How a step of the pipeline reports: a log file, and one line for what went wrong."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def logged(path: str | Path) -> Iterator[None]:
    """Send warnings to a log file and end with one line if the input cannot be used.

    Parameters
    ----------
    path : str or Path
        The log file; written anew.

    Raises
    ------
    SystemExit
        In place of a ValueError, TypeError, MemoryError or OSError, with its message.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as log:
        try:
            with contextlib.redirect_stderr(log):
                yield
        except (ValueError, TypeError, MemoryError, OSError) as error:
            line = str(error) or type(error).__name__
            log.write(line + "\n")
            sys.exit(line)
