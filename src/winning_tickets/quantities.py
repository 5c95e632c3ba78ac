"""Numbers for people: whole numbers of any size, and memory."""

from __future__ import annotations

import importlib
import math

import psutil

MIB = 1 << 20
"""Bytes of a MiB."""


def quantity(number: int) -> str:
    """Write a whole number of any size.

    Parameters
    ----------
    number : int
        At least 0; it may have more digits than a float can hold.

    Returns
    -------
    str
        All digits below a million, two beyond.

    Examples
    --------
    >>> quantity(12_345), quantity(5**20)
    ('12,345', '9.5e13')
    """
    if number < 10**6:
        return f"{number:,}"
    exponent = math.floor(math.log10(number))
    return f"{number / 10**exponent:.1f}e{exponent}"


def memory_limit() -> int:
    """Return the bytes that this process can get.

    Returns
    -------
    int
        Those of the machine, or its limit on addresses (``ulimit -v``) if that is less. What it
        has taken already is not subtracted: much of that may be free to be used again.
    """
    machine = psutil.virtual_memory().total
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # not on every system
        return machine
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most == resource.RLIM_INFINITY:
        return machine
    return min(machine, most)
