"""All faults of a configuration at once, each in one line that names its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..activations import ACTIVATIONS, make_activation
from ..claims.plan import judged_tables
from ..config import ConfigError, schema_faults, unknown_name, unknown_names
from ..config_files import FOLDERS, folder_faults
from ..experiments import load_experiments
from ..experiments.base import Figure
from ..families import FAMILIES, TARGETS, find_family
from ..families.base import Config
from ..field import check_modulus
from ..samplers import SAMPLERS
from .schema import compose_schema

__all__ = ["ConfigError", "find_faults"]

Check = tuple[tuple[str, ...], Callable[[Config], Iterable[str]]]


def find_faults(config: Config, figures: Mapping[str, Figure]) -> list[str]:
    """Find everything that is wrong with a configuration.

    Parameters
    ----------
    config : mapping
        What was read from config.yaml, presets and the command line.
    figures : mapping of str to Figure
        The figures that can be drawn, by name.

    Returns
    -------
    list of str
        One line per fault, in the order of the keys.
    """
    faults = schema_faults(config, compose_schema())
    for keys, check in _checks(figures):
        # A check reads only keys that have no fault so far.
        if faults.keys().isdisjoint(("", *keys)):
            for fault in list(check(config)):
                faults.setdefault(re.split(r"\W", fault)[0], []).append(fault)
    return [line for lines in faults.values() for line in lines]


def _checks(figures: Mapping[str, Figure]) -> Iterator[Check]:
    """Yield what each check reads, and the check."""
    yield ("modulus",), _modulus_faults
    for key, kind, known in (
        ("families", "a family", FAMILIES),
        ("targets", "a target", TARGETS),
        ("samplers", "a sampler", SAMPLERS),
        ("questions", "a question", load_experiments()),
        ("figures", "a figure", figures),
    ):
        yield (key,), _name_check(key, kind, known)
    yield ("families",), _table_faults
    yield ("questions", "figures"), lambda config: _unasked_faults(config, figures)
    own = tuple(name for name, family in FAMILIES.items() if family.schema is not None)
    yield ("activation", "modulus", "families", "dimensions", *own), _activation_faults
    study = ("modulus", "families", "targets", "dimensions", "nodes", "replicates", "draws")
    yield (*study, "sweep", *own), _family_faults
    for name, question in load_experiments().items():
        yield (question.key or name, *question.reads), question.faults
    yield FOLDERS, folder_faults


def _name_check(key: str, kind: str, known: Iterable[str]) -> Callable[[Config], Iterator[str]]:
    return lambda config: unknown_names(key, kind, config[key], known)


def _table_faults(config: Config) -> Iterator[str]:
    """Find tables that cannot be learnt from, and two of one name."""
    names = []
    for place, entry in enumerate(config["families"]):
        if isinstance(entry, str):
            continue
        table = find_family(entry)
        yield from (f"families[{place}]: {fault}" for fault in table.faults(config))
        if table.name in names:
            yield f"families[{place}].name: two tables are named {table.label!r}; give another"
        names.append(table.name)


def _unasked_faults(config: Config, figures: Mapping[str, Figure]) -> Iterator[str]:
    """Yield the figures that show what is not asked."""
    for place, name in enumerate(config["figures"]):
        unasked = set(judged_tables(figures[name].tables)) - {*config["questions"]}
        if unasked:
            told = " and ".join(sorted(unasked))
            yield f"figures[{place}]: {name} shows {told}; name it under questions too"


def _modulus_faults(config: Config) -> Iterator[str]:
    try:
        check_modulus(config["modulus"])
    except ValueError as error:
        yield f"modulus: {str(error).partition(': ')[2]}"


def _activation_faults(config: Config) -> Iterator[str]:
    activation = config["activation"]
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            yield f"activation: {unknown_name('an activation', activation, ACTIVATIONS)}"
        return
    moduli = {config["modulus"]} | {
        family.size(config, dimension).modulus
        for family in map(find_family, config["families"])
        for dimension in family.dimensions(config)[:1]
    }
    if len(activation) not in moduli:
        needed = " or ".join(str(modulus) for modulus in sorted(moduli))
        yield (
            f"activation: {len(activation)} values given; it must be a name, or one value for each "
            f"of {needed} residues"
        )
        return
    try:
        make_activation(activation, len(activation))
    except ValueError as error:
        yield str(error)


def _family_faults(config: Config) -> Iterator[str]:
    for entry in config["families"]:
        if isinstance(entry, str):
            yield from FAMILIES[entry].faults(config)
