"""Where a configuration comes from, read strictly, and the folders that it may write into.

Snakemake reads the same files and options, but takes the last of two values of one key, and names
no file that it cannot read.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from .config import ConfigError, unknown_name
from .experiments import NAMES

Config = Mapping[str, Any]

DEFAULT = "config.yaml"
"""The file that holds every key: the default study."""

FOLDERS = ("results", "figures_folder")
"""Keys that say where a study goes; all others say what it is."""

STAGES = ("datasets", "logs", "provenance", "tickets", *NAMES)
"""Folders that every study has inside its results."""

SOURCES = ("benchmarks", "docs", "envs", "profiles", "scripts", "src", "tests", "workflow")
"""Folders of the project that no study may write into."""

_ENDINGS = (".json", ".yaml", ".yml")
_TARGETS = "; a target stands before --configfile, or after --"


class _Loader(yaml.SafeLoader):
    """YAML in which no key of a mapping is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if first := lines.get((key.tag, key.value)):
                    problem = f"{key.value!r} is given a second time, first in line {first}"
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
                lines[key.tag, key.value] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


def read_config(path: str | Path) -> dict[str, Any]:
    """Read one file of configuration.

    Parameters
    ----------
    path : str or Path
        YAML, or JSON without tabs, in UTF-8, with keys at its top level.

    Returns
    -------
    dict
        What the file holds; at least one key.

    Raises
    ------
    ConfigError
        With one line that names the file, and the line where there is one.
    """
    path = Path(path)
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    hint = "" if path.suffix in _ENDINGS else _TARGETS
    try:
        content = yaml.load(path.read_bytes().decode("utf-8"), Loader=_Loader)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{shown}, line {line}: not in UTF-8; save it so{hint}"]) from None
    except yaml.MarkedYAMLError as error:
        problem = error.problem
        if problem.startswith("but "):
            problem = f"{error.context}, {problem}"
        line = error.problem_mark.line + 1
        raise ConfigError([f"{shown}, line {line}: {problem}{hint}"]) from None
    except yaml.YAMLError:
        raise ConfigError([f"{shown}: not a text file{hint}"]) from None
    except OSError as error:
        raise ConfigError([f"{shown}: {str(error.strerror).lower()}{hint}"]) from None
    if not isinstance(content, dict):
        kind = {type(None): "nothing", list: "a list"}.get(type(content), "one value")
        raise ConfigError([f"{shown}: it holds {kind}; it must hold keys, such as seed: 1{hint}"])
    if "__use_yte__" in content:
        raise ConfigError([f"{shown}: templates are not supported; take out __use_yte__"])
    return content


def check_command_line(arguments: Sequence[str] | None = None) -> None:
    """Refuse what Snakemake would stumble over before it reads the Snakefile.

    Parameters
    ----------
    arguments : sequence of str, optional
        Options and targets of Snakemake; by default those of this process.

    Raises
    ------
    SystemExit
        With one line for each file of ``--configfile`` that cannot be read, each entry of
        ``--config`` that is none, and each of the two options that is given twice.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", action="append", default=[])
    parser.add_argument("--config", "-C", nargs="*", action="append", default=[])
    given = vars(parser.parse_known_args(arguments)[0])
    faults = [
        f"--{option}: given {len(groups)} times, of which Snakemake takes the last; give it once, "
        "with everything behind it"
        for option, groups in given.items()
        if len(groups) > 1
    ]
    known: Config = {}
    for path in [*chain.from_iterable(given["configfile"]), DEFAULT]:
        try:
            known = read_config(path)
        except ConfigError as error:
            faults += error.faults
    faults += _entry_faults(chain.from_iterable(given["config"]), known)
    if faults:
        raise SystemExit(str(ConfigError(faults)))


def _entry_faults(entries: Iterable[str], known: Iterable[str]) -> list[str]:
    """Find what is wrong with the entries KEY=VALUE of the command line, their values aside."""
    faults, keys = [], set()
    for entry in entries:
        key, equals, value = entry.partition("=")
        outer, dot, inner = key.partition(".")
        if not equals:
            faults.append(f"{key}: no value; give it as --config {key}=VALUE")
        elif key in keys:
            faults.append(f"{key}: given twice on the command line; keep one")
        elif dot:
            faults.append(f"{key}: give it as --config '{outer}={{{inner}: {value}}}'")
        elif not re.match(r"[a-zA-Z_][\w-]*\w$", key):
            # Snakemake takes no key of one letter.
            faults.append(f"{key}: {unknown_name('a key', key, known)}")
        keys.add(key)
    return faults


def typed(value: object) -> object:
    """Return text of the command line as the number, truth value or null that it stands for.

    Parameters
    ----------
    value : object
        Text, or a list or mapping with text inside it, as Snakemake leaves it.

    Returns
    -------
    object
        The same with every text that is one as YAML has it, or None; other text stays.
    """
    if isinstance(value, Mapping):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        found = None if value == "None" else yaml.safe_load(value)
    except yaml.YAMLError:
        return value
    return found if isinstance(found, int | float | None) else value


def folder_faults(config: Config) -> list[str]:
    """Find folders that a study cannot have, whatever is on disk.

    Parameters
    ----------
    config : mapping
        Keys used: results, figures_folder, each a path of letters, digits, _, - and /.

    Returns
    -------
    list of str
        One line per fault, naming the key.
    """
    faults = []
    results, figures = (Path(config[key]) for key in FOLDERS)
    for key, path in zip(FOLDERS, (results, figures), strict=True):
        if path.parts[0].lower() in SOURCES:
            faults.append(f"{key}: {path.parts[0]} is a folder of the project itself; {_INSTEAD}")
        if path.parts[0] == "results" and path.parts[1:2] and path.parts[1].lower() in STAGES:
            faults.append(f"{key}: {path} lies where the study of {DEFAULT} writes; {_INSTEAD}")
    if results == figures:
        faults.append("figures_folder: it is the folder of the results too; it must be another one")
    elif results.is_relative_to(figures):
        faults.append(f"results: {results} lies inside figures_folder, {figures}; {_INSTEAD}")
    elif (
        not faults
        and figures.is_relative_to(results)
        and figures.relative_to(results).parts[0] in STAGES
    ):
        faults.append(f"figures_folder: {figures} holds results; take {results}/figures")
    return faults


_INSTEAD = "name another one, such as results/mine"


def own_folders(
    config: Config, default: Config, presets: Mapping[Path, Config], options: Config
) -> dict[str, str]:
    """Give any study but the default one folders of its own.

    Parameters
    ----------
    config : mapping
        The whole configuration, checked.
    default : mapping
        What config.yaml holds.
    presets : mapping of Path to mapping
        Files of ``--configfile`` and what they hold, in their order.
    options : mapping
        What ``--config`` gives.

    Returns
    -------
    dict of str
        Both folders. Those that an option or the last preset names are kept. Otherwise results go
        to results/NAME, after the names of the presets, and figures to its folder "figures".

    Raises
    ------
    ConfigError
        If another study than the default one would write into the folders of the default study,
        or has no name; or if a folder is a file, or leads out of this one.
    """
    *_, last = ({}, *presets.values())
    named = {key: value for key, value in (last | options).items() if key in FOLDERS}
    kept = {key: default.get(key, config[key]) for key in FOLDERS}
    other = _without_folders(config) != _without_folders(default)
    if other and "results" not in named:
        named["results"] = _named_after(presets, options)
    folders = kept | named
    if folders["results"] != kept["results"] and "figures_folder" not in named:
        folders["figures_folder"] = f"{folders['results']}/figures"
    faults = folder_faults(folders)
    for key, folder in folders.items():
        if other and folder in kept.values():
            faults.append(f"{key}: {folder} is that of {DEFAULT}, another study; {_INSTEAD}")
        faults += _misplaced(key, Path(folder))
    if faults:
        # Where figures go follows from the results: one fault is enough.
        told = [fault for fault in faults if fault.partition(":")[0] in named]
        raise ConfigError(told or faults)
    return folders


def _without_folders(config: Config) -> Config:
    return {key: value for key, value in config.items() if key not in FOLDERS}


def _named_after(presets: Mapping[Path, Config], options: Config) -> str:
    """Return the folder that is named after presets."""
    if not presets:
        keys = ", ".join(key for key in options if key not in FOLDERS)
        raise ConfigError(
            [
                f"results: with another {keys} this is not the study of {DEFAULT}, whose results "
                "and figures stay; name a folder: --config results=results/mine and what you gave"
            ]
        )
    name = "_".join(path.stem for path in presets)
    if not re.fullmatch("[A-Za-z0-9_-]+", name):
        raise ConfigError([f"results: no folder can be named after {name!r}; {_INSTEAD}"])
    return f"results/{name}"


def _misplaced(key: str, folder: Path) -> list[str]:
    """Find a folder that is a file, or a link out of this folder or into the project's own."""
    blocking = [path for path in (folder, *folder.parents) if path.is_file()]
    if blocking:
        return [f"{key}: {blocking[0]} is a file; {_INSTEAD}"]
    here, place = Path.cwd().resolve(), folder.resolve()
    if not place.is_relative_to(here):
        return [f"{key}: {folder} leads out of this folder, to {place}; {_INSTEAD}"]
    if place.relative_to(here).parts[0] in (*SOURCES, ".git"):
        return [f"{key}: {folder} leads to {place}, a part of the project; {_INSTEAD}"]
    return []
