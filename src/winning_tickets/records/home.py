"""A home that cannot be written: what is kept there goes into the folder of the study."""

from __future__ import annotations

import os
from pathlib import Path

CACHE = ".snakemake/cache"
"""Where a study keeps what is otherwise kept in the home."""


def keep_cache_here() -> None:
    """Let Snakemake and matplotlib keep their caches in this folder if the home is of no use.

    Both ask the environment for it: ``XDG_CACHE_HOME``, and ``MPLCONFIGDIR``, which is set only
    where matplotlib would otherwise warn in every figure.
    """
    named = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not _can_be_written(named):
        os.environ["XDG_CACHE_HOME"] = os.environ["MPLCONFIGDIR"] = str(Path(CACHE).absolute())


def _can_be_written(folder: str) -> bool:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
