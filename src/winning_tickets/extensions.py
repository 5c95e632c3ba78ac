"""Three questions beyond the claims, from the configuration to the settings of their jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .config import quantity, unknown_name
from .datasets import DIGITS_DIMENSION, DIGITS_MODULUS, FAMILIES, TARGETS
from .generalization import LINES

Config = Mapping[str, Any]

GENERALIZATION_COLUMNS = (
    "dimension",
    "modulus",
    "target",
    "share",
    "points",
    "ticket",
    "nodes",
    "kept_nodes",
    "replicate",
    "relative_risk",
    "test_risk",
    "predicted_risk",
    "predicted_test_risk",
    "predicted_success",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of generalization; one row per ticket, and one per size left out."""

THRESHOLD_COLUMNS = (
    "sweep",
    "family",
    "target",
    "dimension",
    "modulus",
    "points",
    "support",
    "ticket",
    "soft_threshold",
    "repeats",
    "ridge_relative",
    "nodes",
    "replicate",
    "draw",
    "relative_risk",
    "unique_nodes",
    "proposal",
    "acceptance_rate",
    "rate_optimized",
    "rate_uniform",
    "dataset_seed",
    "draw_seed",
    "status",
    "reason",
)
"""Columns of the table of soft thresholds and ridge parameters; one row per ticket."""

COMPARISON_COLUMNS = (
    "family",
    "target",
    "dimension",
    "modulus",
    "activation",
    "points",
    "test_points",
    "support",
    "way",
    "sampler",
    "nodes",
    "candidates",
    "drawn_nodes",
    "kept_nodes",
    "replicate",
    "relative_risk",
    "test_risk",
    "draw_seconds",
    "select_seconds",
    "fit_seconds",
    "dataset_seed",
    "draw_seed",
)
"""Columns of the table of better tickets; one row per ticket."""

EXTENSIONS = ("generalization", "threshold_sweep", "better_tickets")
"""Keys of the configuration, and names of the figures, that belong to these questions."""

_OWN_TARGETS = {"line": ["sine"], "digits": ["parity"]}
_MIB = 1 << 20


def generalization_jobs(config: Config) -> dict[str, dict[str, Any]]:
    """Return the settings of the jobs that measure generalization, by name: one per dimension."""
    own = config["generalization"]
    names = ("targets", "shares", "nodes", "candidates", "replicates")
    return {
        f"grid_D{dimension}": {
            "seed": config["seed"],
            "problem": _problem(config, config["modulus"]),
            "dimension": dimension,
            **{name: own[name] for name in names},
        }
        for dimension in own["dimensions"]
    }


def threshold_jobs(config: Config) -> dict[str, dict[str, Any]]:
    """Return the settings of the jobs that sweep the threshold, by name: one per family."""
    own = config["threshold_sweep"]
    names = ("nodes", "thresholds", "ridges", "replicates", "draws")
    return {
        name: cell | {setting: own[setting] for setting in names}
        for name, cell in _cells(config, own, config["random"]["points"])
    }


def comparison_jobs(config: Config) -> dict[str, dict[str, Any]]:
    """Return the settings of the jobs that compare tickets, by name: one per family."""
    own = config["better_tickets"]
    names = ("nodes", "candidates", "factor", "sweep", "train_share", "replicates")
    return {
        name: cell | {setting: own[setting] for setting in names}
        for name, cell in _cells(config, own, own["points"])
    }


def _cells(config: Config, own: Config, points: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and settings of one cell per family."""
    sizes = {
        "grid": (config["modulus"], own["grid_dimension"], {}),
        "random": (config["modulus"], own["dimension"], {"count": points}),
        "subspace": (config["modulus"], own["dimension"], {"rank": config["subspace"]["rank"]}),
        "line": (config["line"]["modulus"], 1, {}),
        "digits": (DIGITS_MODULUS, DIGITS_DIMENSION, {"train": config["digits"]["train"]}),
    }
    for family in own["families"]:
        modulus, dimension, settings = sizes[family]
        yield (
            f"{family}_D{dimension}",
            {
                "seed": config["seed"],
                "problem": _problem(config, modulus),
                "family": family,
                "dimension": dimension,
                "targets": _OWN_TARGETS.get(family, own["targets"]),
                "settings": settings,
            },
        )


def _problem(config: Config, modulus: int) -> dict[str, Any]:
    return {
        "modulus": modulus,
        "activation": config["activation"],
        "ridge_relative": config["ridge_relative"],
    }


def _generalization_faults(config: Config) -> Iterator[str]:
    own, modulus = config["generalization"], config["modulus"]
    yield from _unknown("generalization.targets", "a structured target", own["targets"], LINES)
    candidates = own["nodes"] * own["candidates"]
    for place, dimension in enumerate(own["dimensions"]):
        key = f"generalization.dimensions[{place}]"
        domain = modulus**dimension
        less = f"take {dimension} out of generalization.dimensions"
        if too_large := list(_too_large(config, key, domain, dimension + 8, less)):
            yield from too_large
            continue
        points = round(max(own["shares"]) * domain)
        yield from _too_large(config, key, points, 8 * candidates, less)
        if points < 2 * own["nodes"]:
            yield (
                f"{key}: no share of Z_{modulus}^{dimension} has 2 x {own['nodes']} points, twice "
                "the nodes; give larger shares or dimensions, or fewer nodes"
            )


def _cell_faults(key: str) -> Callable[[Config], Iterator[str]]:
    """Return the check of a part that works on one cell per family."""

    def faults(config: Config) -> Iterator[str]:
        own, modulus = config[key], config["modulus"]
        yield from _unknown(f"{key}.families", "a family", own["families"], FAMILIES)
        yield from _unknown(f"{key}.targets", "a target", own["targets"], TARGETS)
        if key == "better_tickets":
            points, entries = own["points"], 2 * max(own["candidates"]) * own["nodes"]
            entries = max(entries, own["factor"] * max(own["sweep"]))
        else:
            points, entries = config["random"]["points"], own["nodes"]
        if "random" in own["families"] and points > modulus ** own["dimension"]:
            yield (
                f"{key}.dimension: Z_{modulus}^{own['dimension']} has fewer than the {points} "
                "points asked for; raise it"
            )
        if config["subspace"]["rank"] > own["dimension"] and "subspace" in own["families"]:
            yield f"{key}.dimension: it must be at least subspace.rank"
        if "grid" in own["families"]:
            grid = modulus ** own["grid_dimension"]
            less = f"lower {key}.grid_dimension, or take grid out of {key}.families"
            yield from _too_large(config, f"{key}.grid_dimension", grid, 8 * entries, less)
        sizes = {
            "random": points,
            "subspace": modulus ** config["subspace"]["rank"],
            "line": config["line"]["modulus"],
            "digits": config["digits"]["train"],
        }
        sizes = {name: size for name, size in sizes.items() if name in own["families"]}
        if sizes:
            family = max(sizes, key=sizes.__getitem__)
            less = f"lower {key}.nodes, or take {family} out of {key}.families"
            yield from _too_large(config, f"{key}.nodes", sizes[family], 8 * entries, less)

    return faults


def misfit_families(config: Config, key: str, families: Iterable[str]) -> Iterator[str]:
    """Find families with a modulus of their own where the activation is given by its values.

    Parameters
    ----------
    config : mapping
        A configuration whose ``activation`` is a list of as many values as ``modulus``.
    key : str
        The key that names the families.
    families : iterable of str
        Its value.

    Yields
    ------
    str
        At most one fault, which names all families to take out.
    """
    moduli = {"line": config["line"]["modulus"], "digits": DIGITS_MODULUS}
    given = len(config["activation"])
    others = [name for name in families if moduli.get(name, given) != given]
    if others:
        have = " and ".join(f"{name} has P = {moduli[name]}" for name in others)
        yield (
            f"{key}: {have}, but activation gives {given} values; take out {' and '.join(others)}, "
            "or give activation by its name"
        )


def _activation_faults(key: str) -> Callable[[Config], Iterator[str]]:
    """Return the check of the activation against the families of one part."""

    def faults(config: Config) -> Iterator[str]:
        if not isinstance(config["activation"], str):
            yield from misfit_families(config, f"{key}.families", config[key]["families"])

    return faults


def _unknown(key: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for place, name in enumerate(names):
        if name not in known:
            yield f"{key}[{place}]: {unknown_name(kind, name, known)}"


def _too_large(config: Config, key: str, points: int, bytes_each: int, less: str) -> Iterator[str]:
    """Find a table of points that is beyond the budget; ``less`` says what makes it smaller."""
    allowed = config["budget"]["memory_mib"]
    if points * bytes_each > allowed * _MIB:
        yield (
            f"{key}: {quantity(points)} points with {bytes_each:,} bytes each do not fit into "
            f"budget.memory_mib, {allowed}; {less}, or raise budget.memory_mib"
        )


_CELL_KEYS = ("modulus", "budget", "line", "digits", "random", "subspace")
EXTENSION_CHECKS: tuple[tuple[tuple[str, ...], Callable[[Config], Iterator[str]]], ...] = (
    (("modulus", "budget", "generalization"), _generalization_faults),
    ((*_CELL_KEYS, "threshold_sweep"), _cell_faults("threshold_sweep")),
    ((*_CELL_KEYS, "better_tickets"), _cell_faults("better_tickets")),
    (("activation", "line", "threshold_sweep"), _activation_faults("threshold_sweep")),
    (("activation", "line", "better_tickets"), _activation_faults("better_tickets")),
)
"""Checks of the keys: what each reads, and a function that yields its faults."""
