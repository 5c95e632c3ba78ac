"""What jobs write to the standard error stream of a run, line by line."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

STREAM = 2
"""Number of the standard error stream, which jobs inherit."""

PATIENCE = 1.0
"""Seconds to wait at the end for what jobs have written."""


class Overheard:
    """Takes the place of the standard error stream for jobs, so that lines may be left out.

    Jobs that a key interrupts all print how; and what they print would tear bars apart.

    Parameters
    ----------
    say : callable
        Takes each line; it must write elsewhere than to the stream's number.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._own: int | None = None
        self._reader: threading.Thread | None = None

    def begin(self) -> None:
        """Listen from now on."""
        ear, mouth = os.pipe()
        self._own = os.dup(STREAM)
        os.dup2(mouth, STREAM)
        os.close(mouth)
        self._reader = threading.Thread(target=self._listen, args=(ear,), daemon=True)
        self._reader.start()

    def end(self) -> None:
        """Give the stream back, once all that was written has been said."""
        if self._own is not None:
            os.dup2(self._own, STREAM)
            os.close(self._own)
            self._own = None
            self._reader.join(PATIENCE)

    def _listen(self, ear: int) -> None:
        with open(ear, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self._say(line.rstrip("\n"))
