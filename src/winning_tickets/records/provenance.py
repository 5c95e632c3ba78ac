"""Where results come from: code, configuration, inputs, packages and machine, beside each stage."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from .files import UNREADABLE, damage
from .machine import machine_record

CODE = ("src", "scripts", "workflow", "Snakefile", "config.yaml", "profiles", "envs")
"""What results rest on; figures and README.md are written by the study itself."""


def code_state(folder: str | Path = ".") -> dict[str, Any]:
    """Return the commit of the code and whether the files of `CODE` differ from it.

    Parameters
    ----------
    folder : str or Path
        Root of the checkout.

    Returns
    -------
    dict
        "commit", a hexadecimal name, and "dirty", a bool; both None outside a git checkout.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", *CODE)
    return {"commit": commit, "dirty": None if changes is None else bool(changes)}


def _git(folder: str | Path, *words: str) -> str | None:
    try:
        answer = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def settings_digest(settings: Any) -> str:
    """Return the SHA-256 sum of plain settings, in hexadecimal."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def content_digest(path: str | Path) -> str:
    """Return a SHA-256 sum of what a file holds.

    Parameters
    ----------
    path : str or Path
        Of an .npz file the names, types, shapes and values of the arrays count, not how they are
        packed; of any other file its bytes.

    Returns
    -------
    str
        The sum in hexadecimal.

    Raises
    ------
    ValueError
        If an .npz file is damaged; the message names it and how to make it again.
    """
    path = Path(path)
    if path.suffix != ".npz":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    try:
        with np.load(path, allow_pickle=False) as archive:
            for name in sorted(archive):
                array = np.ascontiguousarray(archive[name])
                digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
                digest.update(array.tobytes())
    except (*UNREADABLE, zipfile.BadZipFile) as error:
        raise ValueError(damage(path)) from error
    return digest.hexdigest()


def stage_record(
    stage: str, inputs: Iterable[str], outputs: Iterable[str], settings: Any
) -> dict[str, Any]:
    """Return what the results of a stage can be traced by.

    Parameters
    ----------
    stage : str
        Its name.
    inputs, outputs : iterable of str
        Files read and written.
    settings : plain values
        All that the stage depends on in the configuration, the study's seed among them.

    Returns
    -------
    dict
        Stage, commit and dirty flag, settings and their SHA-256 sum, content digests of inputs and
        outputs by path, and the machine with its package versions.
    """
    return {
        "stage": stage,
        **code_state(),
        "settings_sha256": settings_digest(settings),
        "settings": settings,
        "inputs": {path: content_digest(path) for path in sorted(inputs)},
        "outputs": {path: content_digest(path) for path in sorted(outputs)},
        "machine": machine_record(),
    }
