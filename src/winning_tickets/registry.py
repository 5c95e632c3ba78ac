"""Classes by the file that holds them: a registry is a list of files, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module


def load_classes(package: str, files: Sequence[str], base: type) -> dict[str, type]:
    """Import files of a package and return the class that each of them defines.

    Parameters
    ----------
    package : str
        The package.
    files : sequence of str
        Names of its modules, which are also the ``name`` of the classes.
    base : type
        What the classes are derived from; others are not looked at.

    Returns
    -------
    dict of str to type
        The classes by name, in the order of ``files``.

    Raises
    ------
    TypeError
        If a file does not define exactly one such class, or one of another name.

    Examples
    --------
    >>> from winning_tickets.families import Family
    >>> load_classes("winning_tickets.families", ["grid"], Family)
    {'grid': <class 'winning_tickets.families.grid.Grid'>}
    """
    return {name: _only_class(f"{package}.{name}", name, base) for name in files}


def _only_class(module: str, name: str, base: type) -> type:
    defined = [
        thing
        for thing in vars(import_module(module)).values()
        if isinstance(thing, type) and issubclass(thing, base) and thing.__module__ == module
    ]
    if len(defined) != 1 or defined[0].name != name:
        found = ", ".join(thing.__name__ for thing in defined) or "none"
        kind = base.__name__
        raise TypeError(f"{module}: must define one {kind} with name = {name!r}; found: {found}")
    return defined[0]
