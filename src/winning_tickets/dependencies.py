"""Which modules of this library a Python file rests on, read from its import statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PACKAGE = __package__
# Packages whose __init__ only gathers names: importing one uses no more than where it comes from.
_GATHERING = ("", "samplers", "families", "experiments", "study")


def library_files(*files: str | Path, source: str | Path = "src") -> list[str]:
    """Return the library modules that files import, and those that these import in turn.

    Parameters
    ----------
    *files : str or Path
        Python files; those of the library are part of the result.
    source : str or Path
        The folder that holds the package.

    Returns
    -------
    list of str
        Paths, sorted. ``__init__`` files that only gather names are left out, and a name imported
        from one counts as imported from where it is defined. What their registries offer must be
        named by the caller, or any new sampler would touch everything.
    """
    library = Path(source) / _PACKAGE
    found: set[Path] = set()
    waiting = [Path(file) for file in files]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        waiting += _imports(file, library)
    return sorted(str(file) for file in found if library in file.parents)


@cache
def _imports(file: Path, library: Path) -> tuple[Path, ...]:
    """Return the library's files that one file imports directly, also inside functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    modules = {name for node in ast.walk(tree) for name in _names(node, file, library)}
    return tuple(path for name in modules if (path := _locate(name, library)))


def _names(node: ast.AST, file: Path, library: Path) -> Iterator[tuple[str, ...]]:
    """Yield names inside the package that an import statement may bring in."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            package, *rest = alias.name.split(".")
            if package == _PACKAGE:
                yield tuple(rest)
    if isinstance(node, ast.ImportFrom):
        module = node.module.split(".") if node.module else []
        if node.level:
            folder = file.parents[node.level - 1].relative_to(library)
            module = [*folder.parts, *module]
        elif module[0] == _PACKAGE:
            module = module[1:]
        else:
            return
        yield tuple(module)
        origins = _origins(tuple(module), library)
        for alias in node.names:
            yield from ((*module, alias.name), origins.get(alias.name, ()))


@cache
def _origins(module: tuple[str, ...], library: Path) -> dict[str, tuple[str, ...]]:
    """Return the modules that a gathering package takes its names from."""
    package = library.joinpath(*module, "__init__.py")
    if "/".join(module) not in _GATHERING or not package.is_file():
        return {}
    tree = ast.parse(package.read_text(encoding="utf-8"), filename=str(package))
    return {
        alias.asname or alias.name: (*module, *node.module.split("."))
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }


def _locate(name: tuple[str, ...], library: Path) -> Path | None:
    """Return the file of a module or package, or None for other names."""
    if not name:
        return None
    module = library.joinpath(*name)
    if module.with_suffix(".py").is_file():
        return module.with_suffix(".py")
    package = module / "__init__.py"
    return package if package.is_file() and "/".join(name) not in _GATHERING else None
