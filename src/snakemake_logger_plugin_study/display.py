"""Where progress is shown: bars on a terminal, lines in a pipe or file."""

from __future__ import annotations

import threading
import time
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

from .progress import Progress
from .words import ahead, clock, running_line, stage_line, state

SILENCE = 30.0
"""Seconds after which a line is due."""

WIDTH = 24
"""Columns of a bar. A line that fills a terminal would be broken in two by the echo of Ctrl-C."""


class Lines:
    """One line a stage, and one at least every half minute."""

    def __init__(self, progress: Progress, stream: TextIO, silence: float = SILENCE) -> None:
        self._progress, self._stream, self._silence = progress, stream, silence
        self._ended = threading.Event()
        self._said = time.monotonic()

    def begin(self) -> None:
        """Say what is ahead, and keep saying where the run is."""
        self.say(ahead(self._progress))
        threading.Thread(target=self._keep_on, daemon=True).start()

    def renew(self, ended: str) -> None:
        """Say that a stage has ended, if one has."""
        if ended:
            self.say(f"{stage_line(self._progress, ended)} ({state(self._progress)})")

    def say(self, text: str) -> None:
        """Write a text on lines of its own."""
        print(text, file=self._stream, flush=True)
        self._said = time.monotonic()

    def end(self) -> None:
        """Say no more by itself."""
        self._ended.set()

    def _keep_on(self) -> None:
        while not self._ended.wait(max(0.0, self._said + self._silence - time.monotonic())):
            if time.monotonic() >= self._said + self._silence:
                self.say(f"{state(self._progress)}{running_line(self._progress)}")


class Bars:
    """A bar for each stage and one for the whole, with the time that is gone and left.

    Of a stage the time that is gone is that of its jobs, one after another.
    """

    def __init__(self, progress: Progress, stream: TextIO) -> None:
        self._progress = progress
        columns = (
            TextColumn("{task.description:<12}"),
            BarColumn(WIDTH),
            TextColumn("{task.fields[words]}"),
        )
        console = Console(file=stream)
        self._bars = RichProgress(*columns, console=console, transient=True)
        self._stages = {
            stage: self._bars.add_task(stage, total=1.0, words="") for stage in progress.stages()
        }
        self._whole = self._bars.add_task("together", total=1.0, words="")
        self._ended = threading.Event()

    def begin(self) -> None:
        """Show the bars, and renew them each second."""
        self._bars.start()
        threading.Thread(target=self._keep_on, daemon=True).start()

    def renew(self, ended: str = "") -> None:
        """Show where the run is."""
        for stage, bar in self._stages.items():
            self._show(bar, stage, self._progress.seconds[stage])
        self._show(self._whole, "", self._progress.gone())

    def _show(self, bar: TaskID, stage: str, gone: float) -> None:
        finished = self._progress.finished
        done = finished[stage] if stage else finished.total()
        jobs = f"{done}/{self._progress.jobs(stage)} jobs"
        words = f"{jobs}, {clock(gone)} gone, {clock(self._progress.left(stage))} left"
        self._bars.update(bar, completed=self._progress.share(stage), words=words)

    def say(self, text: str) -> None:
        """Write a text above the bars."""
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def end(self) -> None:
        """Take the bars away."""
        self._ended.set()
        self._bars.stop()

    def _keep_on(self) -> None:
        while not self._ended.wait(1.0):
            self.renew()
