"""Seeds that depend on names alone, never on the order of the work."""

from __future__ import annotations

import hashlib
import json

# Seeds below 2^53 survive a column of floating-point numbers, as CSV readers make of gaps.
_BITS = 53


def seed(study_seed: int, *names: str | int) -> int:
    """Return the seed of one named piece of the study.

    Parameters
    ----------
    study_seed : int
        The seed of the whole study.
    *names : str or int
        What the piece is called, for instance family, dimension, target and replicate.

    Returns
    -------
    int
        A number from 0 to 2^53 - 1: the first bits of the SHA-256 sum of all names.

    Examples
    --------
    >>> seed(1, "random", 8) == seed(1, "random", 8), seed(1, "random", 8) == seed(1, "random", 9)
    (True, False)
    """
    text = json.dumps([study_seed, *names])
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _BITS)
