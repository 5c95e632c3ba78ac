"""Where results come from: code, configuration, inputs, packages and machine, beside each stage."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .files import UNREADABLE, DamagedFileError
from .machine import machine_record

CODE = ("src", "scripts", "workflow", "Snakefile", "config.yaml", "profiles", "envs")
"""What results rest on; figures and README.md are written by the study itself."""

_SOURCE = Path(__file__).parents[2]
# What running and installing leave among the sources.
_GENERATED = ("__pycache__", ".egg-info")
# Of git's own variables only these stay: the others may lead it to another repository.
_GIT_VARIABLES = ("GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")

State = dict[str, str | bool | None]


def code_state(folder: str | Path = ".") -> State:
    """Return the commit of the code and whether the files of `CODE` differ from it.

    Parameters
    ----------
    folder : str or Path
        Root of the checkout.

    Returns
    -------
    dict
        "commit", a hexadecimal name, and "dirty", a bool. Both are None where they cannot be known:
        if ``folder`` is not itself the root of a git checkout (an archive unpacked inside another
        repository is not), if its commit holds no code, and if git is missing or refuses to answer.

    Notes
    -----
    The contents of the files decide, not what git's index says of them: a new file counts whether
    or not git is told to ignore it, and so does an edit of a file that git is told not to look at.
    """
    unknown: State = {"commit": None, "dirty": None}
    try:
        root = _git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")
        if not os.path.samefile(root, folder):
            return unknown
        commit = _git(folder, "rev-parse", "--verify", "HEAD").decode().strip()
        committed = _committed_files(folder, commit)
        if not committed:
            return unknown
        files = _code_files(folder)
        dirty = files != sorted(committed) or _blobs(folder, files) != committed
        return {"commit": commit, "dirty": dirty}
    except (OSError, subprocess.CalledProcessError):
        return unknown


def running_code_state(folder: str | Path = ".") -> State:
    """Return `code_state` if the running library is that of ``folder``, else what is not known.

    A library that was installed from elsewhere says nothing about the files of this folder.
    """
    source = Path(folder, "src")
    if source.is_dir() and source.samefile(_SOURCE):
        return code_state(folder)
    return {"commit": None, "dirty": None}


def _committed_files(folder: str | Path, commit: str) -> dict[bytes, bytes]:
    """Return the names of the contents of the code's files in a commit, by path."""
    listing = _git(folder, "ls-tree", "-r", "-z", commit, "--", *CODE)
    entries = (entry.partition(b"\t") for entry in listing.split(b"\0") if entry)
    return {path: facts.split()[2] for facts, _, path in entries}


def _code_files(folder: str | Path) -> list[bytes]:
    """Return the paths of the files that lie where the code does, sorted."""
    found = []
    for part in CODE:
        path = Path(folder, part)
        files = path.rglob("*") if path.is_dir() else [path]
        found += [file.relative_to(folder) for file in files if file.is_symlink() or file.is_file()]
    return sorted(
        os.fsencode(file)
        for file in found
        if not any(name.endswith(_GENERATED) for name in file.parts)
    )


def _blobs(folder: str | Path, files: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the names that git would give to the contents of files as they are now, by path."""
    names = _git(folder, "hash-object", "--stdin-paths", given=b"\n".join([*files, b""]))
    return dict(zip(files, names.split(), strict=True))


def _git(folder: str | Path, *words: str, given: bytes = b"") -> bytes:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _GIT_VARIABLES
    }
    command = ["git", "--no-replace-objects", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, check=True
    ).stdout


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
    DamagedFileError
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
        raise DamagedFileError(path) from error
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
        **running_code_state(),
        "settings_sha256": settings_digest(settings),
        "settings": settings,
        "inputs": {path: content_digest(path) for path in sorted(inputs)},
        "outputs": {path: content_digest(path) for path in sorted(outputs)},
        "machine": machine_record(),
    }
