"""Whether a study can run where its checkout lies; needs no package, so it can be asked first.

As a script it ends with one line if not: ``python3 src/winning_tickets/records/checkout.py``.
"""

from __future__ import annotations

import importlib.util
import os
import sys

OLDEST = (3, 11)
"""Oldest Python that the locked packages support."""

UNUSABLE = {
    "{": "Snakemake takes it for a wildcard",
    "}": "Snakemake takes it for a wildcard",
    ":": "it ends a folder in PATH",
    '"': "scripts of the environment cannot be started",
    "$": "scripts of the environment cannot be started",
    "`": "scripts of the environment cannot be started",
    "\\": "scripts of the environment cannot be started",
    "\n": "scripts of the environment cannot be started",
}
"""Characters in the path of a checkout with which a study cannot run, and why."""


def path_fault(path: str) -> str:
    """Return why a study cannot run in a folder, or an empty text.

    Parameters
    ----------
    path : str
        The folder, from the root.

    Returns
    -------
    str
        One line that names the path and the character.
    """
    for character in path:
        if character in UNUSABLE:
            return (
                f"the path of this checkout, {path!r}, holds the character {character!r}: "
                f"{UNUSABLE[character]}; move the checkout to a path without it"
            )
    return ""


def permission_fault(path: str) -> str:
    """Return why a study cannot be kept in a folder, or an empty text.

    Parameters
    ----------
    path : str
        The folder, from the root.

    Returns
    -------
    str
        One line that names the folder. Snakemake's own is asked first: it may be there already.
    """
    own = os.path.join(path, ".snakemake")
    asked = own if os.path.exists(own) else path
    if os.access(asked, os.W_OK):
        return ""
    return f"{asked}: permission denied; a study writes its results and records below its folder"


def python_fault() -> str:
    """Return why this Python cannot make the environment, or an empty text."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        return (
            f"Python 3.11 or newer is needed and {sys.executable} is {version}; "
            "choose another: make PYTHON=python3.12"
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        return (
            f"{sys.executable} cannot make an environment; on Debian and Ubuntu install the "
            f"package that does: apt install {package}"
        )
    return ""


if __name__ == "__main__":
    here = os.getcwd()
    sys.exit(path_fault(here) or permission_fault(here) or python_fault() or 0)
