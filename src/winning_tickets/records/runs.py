"""Runs of Snakemake and their locks: whose lock is left over from a run that was killed.

Snakemake's lock does not say who holds it. So a run that begins writes down which locks are its
own, and which process it is: by its id and start, the boot, the host and the machine.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from .files import save_json

LOCKS, RUNS = Path(".snakemake/locks"), Path(".snakemake/runs")
"""Folders of Snakemake's locks, and of the runs that hold them."""

UNLOCK = "if no other run is going on, type: snakemake --unlock"

CLOCKS_DIFFER = 60.0
"""Seconds by which the clocks of two machines may differ."""

Record = dict[str, Any]


def record_run() -> None:
    """Write down that this process runs the study; to be called when it holds its locks."""
    taken = {lock for record in _records().values() for lock in record["locks"]}
    locks = {name: stamp for name, stamp in _locks().items() if name not in taken}
    save_json(RUNS / f"{os.getpid()}.json", {**_process(os.getpid()), "locks": locks})


def forget_run() -> None:
    """Take back what `record_run` wrote; to be called at the end of a run."""
    (RUNS / f"{os.getpid()}.json").unlink(missing_ok=True)


def clear_dead_locks() -> str:
    """Remove the locks of runs that are dead, and of no others.

    Returns
    -------
    str
        What was done, or why a lock stays, in one line; empty if there is no lock.

    Notes
    -----
    A run is dead if it was recorded on this host and machine and its process is gone: no process
    has its id, or one that started at another time, or the machine was booted since. Age counts for
    nothing. Of a run on another host, or one that left no record, nothing is known: its lock stays.
    """
    locks = _locks()
    dead, alive = [], []
    for path, record in _records().items():
        known = {name for name, stamp in record["locks"].items() if locks.get(name) == stamp}
        state = _is_dead(record)
        if state:
            path.unlink(missing_ok=True)
            for name in known:
                (LOCKS / name).unlink(missing_ok=True)
                del locks[name]
            dead += [record["pid"]] if known else []
        elif known:
            alive.append(record)
    if alive:
        first = alive[0]
        return f"a run is going on in this folder: process {first['pid']} on {first['host']}"
    if locks:
        return f"a lock is left here by a run of which nothing is known; {UNLOCK}"
    return f"cleared the lock of a run that is dead (process {dead[0]})" if dead else ""


def files_of_the_future(folder: str | Path) -> str:
    """Say which files are dated in the future, as after a clock that was set back.

    Parameters
    ----------
    folder : str or Path
        Of the results of a study.

    Returns
    -------
    str
        One line, empty if there is none. Whatever is edited before that date looks older than
        what rests on it, so that Snakemake would not notice the edit.
    """
    latest = time.time() + CLOCKS_DIFFER
    late = [path for path in Path(folder).rglob("*") if path.lstat().st_mtime > latest]
    if not late:
        return ""
    return (
        f"{min(late)}{f' and {len(late) - 1} more' if len(late) > 1 else ''}: dated in the future "
        "(was the clock set back?), so that edits would not be noticed; "
        f"type: find {shlex.quote(str(folder))} -newermt now -exec touch {{}} +"
    )


def _locks() -> dict[str, list[int]]:
    """Return Snakemake's locks by name, with what tells one from a later one of the same name."""
    if not LOCKS.is_dir():
        return {}
    facts = {path.name: path.stat() for path in LOCKS.iterdir()}
    return {name: [fact.st_ino, fact.st_mtime_ns] for name, fact in facts.items()}


def _records() -> dict[Path, Record]:
    """Return the runs recorded; what is no record is none."""
    return dict(_readable(RUNS.glob("*.json"))) if RUNS.is_dir() else {}


def _readable(paths: Iterator[Path]) -> Iterator[tuple[Path, Record]]:
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(record, dict) and {"pid", "started", "host", "locks"} <= record.keys():
            yield path, record


def _process(pid: int) -> Record:
    """Return what identifies a process of this machine."""
    return {
        "pid": pid,
        "started": psutil.Process(pid).create_time(),
        "boot": _text("/proc/sys/kernel/random/boot_id"),
        "host": socket.gethostname(),
        "machine": _text("/etc/machine-id"),
    }


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _is_dead(record: Record) -> bool:
    """Tell whether a run's process is known to be gone."""
    if record["host"] != socket.gethostname() or record["machine"] != _text("/etc/machine-id"):
        return False
    if record["boot"] != _text("/proc/sys/kernel/random/boot_id"):
        # Without a machine's own name another one of the same host name might be meant.
        return bool(record["machine"] and record["boot"])
    try:
        return psutil.Process(record["pid"]).create_time() != record["started"]
    except psutil.NoSuchProcess:
        return True
