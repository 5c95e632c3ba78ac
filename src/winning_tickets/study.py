"""The study: from a configuration to a checked, typed grid of cells."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .access import access_faults
from .activations import ACTIVATIONS, make_activation
from .config import ConfigError, schema_faults, unknown_name
from .datasets import DIGITS_DIMENSION, DIGITS_MODULUS, FAMILIES, TARGETS
from .extensions import EXTENSION_CHECKS, EXTENSIONS
from .field import check_modulus
from .samplers import SAMPLERS
from .samplers.circuit import MAX_AMPLITUDES
from .samplers.enumeration import line_count
from .seeds import seed

__all__ = ["Cell", "ConfigError", "Study", "Ticket", "TimingCell", "make_study", "seed"]

Config = Mapping[str, Any]

_MIB = 1 << 20
_TIMING_FIGURES = ("runtime_vs_dimension", "runtime_vs_points", "acceptance_vs_points")
_OWN_TARGETS = {"line": ("sine",), "digits": ("parity",)}


@dataclasses.dataclass(frozen=True)
class Size:
    """What the cost of a sampler depends on; stands in for a Problem before there is data."""

    modulus: int
    dimension: int
    support_size: int
    prior: None = None


@dataclasses.dataclass(frozen=True)
class Cell:
    """One family at one dimension, with all its targets and replicates.

    Attributes
    ----------
    family : str
        One of `datasets.FAMILIES`.
    dimension, modulus, points : int
        D, P and M, the number of training points of each dataset.
    targets : tuple of str
        Names of the targets.
    replicates, draws : int
        Datasets per target, and tickets per dataset and sampler.
    nodes : tuple of int
        Ticket sizes N, ascending; one ticket of the largest serves all as prefixes.
    settings : mapping of str to int
        What `datasets.make_dataset` needs besides.
    """

    family: str
    dimension: int
    modulus: int
    points: int
    targets: tuple[str, ...]
    replicates: int
    draws: int
    nodes: tuple[int, ...]
    settings: Mapping[str, int]

    @property
    def name(self) -> str:
        """Name of the cell in paths and messages."""
        return f"{self.family}_D{self.dimension}"

    @property
    def size(self) -> Size:
        """What sampling costs depend on, with every point in the support."""
        return Size(self.modulus, self.dimension, self.points)


@dataclasses.dataclass(frozen=True)
class Ticket:
    """What one sampler draws in one cell.

    Attributes
    ----------
    sampler : str
        Its name.
    nodes, skipped : tuple of int
        Ticket sizes within the budget, and those beyond it.
    draws : int
        Tickets per dataset.
    reason : str
        Why sizes are skipped; empty if none is.
    """

    sampler: str
    nodes: tuple[int, ...]
    skipped: tuple[int, ...]
    draws: int
    reason: str


@dataclasses.dataclass(frozen=True)
class TimingCell:
    """One point of a timing grid: samplers that are timed there, and reasons for the others."""

    grid: str
    dimension: int
    modulus: int
    points: int
    samplers: tuple[str, ...]
    skipped: Mapping[str, str]

    @property
    def name(self) -> str:
        """Name of the cell in paths and messages."""
        return f"{self.grid}_D{self.dimension}_M{self.points}"


@dataclasses.dataclass(frozen=True)
class Study:
    """Everything the configuration asks for.

    Attributes
    ----------
    config : mapping
        The checked configuration.
    cells : mapping of str to Cell
        By name, in the order of the configuration.
    absent : tuple of (str, int, str)
        Family, dimension and reason of the cells left out.
    timings : mapping of str to TimingCell
        By name.
    """

    config: Config
    cells: Mapping[str, Cell]
    absent: tuple[tuple[str, int, str], ...]
    timings: Mapping[str, TimingCell]

    def tickets(self, cell: Cell) -> list[Ticket]:
        """Return what each sampler of the study draws in a cell, skipped ones included."""
        budget = self.config["budget"]
        return [plan_ticket(cell, sampler, budget) for sampler in self.config["samplers"]]

    def drawn(self, cell: Cell) -> list[Ticket]:
        """Return the tickets of the samplers that fit a cell."""
        return [ticket for ticket in self.tickets(cell) if ticket.nodes]

    def problem_settings(self, cell: Cell) -> dict[str, Any]:
        """Return what makes a Problem of a dataset of a cell, as plain values."""
        return {
            "modulus": cell.modulus,
            "activation": self.config["activation"],
            "ridge_relative": self.config["ridge_relative"],
        }

    def dataset_settings(self, cell: Cell) -> dict[str, Any]:
        """Return all that the datasets of a cell depend on, as plain values."""
        return {
            "seed": self.config["seed"],
            "family": cell.family,
            "dimension": cell.dimension,
            "modulus": cell.modulus,
            "targets": cell.targets,
            "replicates": cell.replicates,
            "settings": dict(cell.settings),
        }

    def ticket_settings(self, cell: Cell, sampler: str) -> dict[str, Any]:
        """Return all that the tickets of one sampler in a cell depend on, as plain values."""
        ticket = plan_ticket(cell, sampler, self.config["budget"])
        return {
            "seed": self.config["seed"],
            "family": cell.family,
            "dimension": cell.dimension,
            "targets": cell.targets,
            "sampler": sampler,
            "soft_threshold": self.threshold(sampler),
            "nodes": max(ticket.nodes),
            "draws": ticket.draws,
            "problem": self.problem_settings(cell),
        }

    def risk_settings(self, cell: Cell) -> dict[str, Any]:
        """Return all that the risks in a cell depend on, as plain values."""
        return {
            "family": cell.family,
            "dimension": cell.dimension,
            "points": cell.points,
            "targets": cell.targets,
            "problem": self.problem_settings(cell),
            "tickets": [
                dataclasses.asdict(ticket) | {"exact": self.samples_optimum(ticket.sampler)}
                for ticket in self.tickets(cell)
            ],
        }

    def timing_settings(self, timing_cell: TimingCell) -> dict[str, Any]:
        """Return all that the times in a timing cell depend on, as plain values."""
        timing = self.config["timing"]
        return {
            "seed": self.config["seed"],
            "activation": self.config["activation"],
            **dataclasses.asdict(timing_cell),
            **{key: timing[key] for key in ("nodes", "repeats", "warmups", "seconds")},
        }

    def absent_rows(self) -> list[dict[str, Any]]:
        """Return a row of the risk table for each cell left out."""
        return [
            {"family": family, "dimension": dimension, "status": "skipped", "reason": reason}
            for family, dimension, reason in self.absent
        ]

    def figure_settings(self, name: str) -> dict[str, Any]:
        """Return the facts of the study that a figure states, as plain values."""
        config = self.config
        if name in EXTENSIONS:
            return {key: config[key] for key in ("seed", "modulus")}
        names = ("seed", "modulus", "nodes", "replicates", "draws", "ridge_relative")
        facts = {key: config[key] for key in names}
        if name in _TIMING_FIGURES:
            del facts["replicates"], facts["draws"]
            timing = {key: config["timing"][key] for key in ("nodes", "repeats")}
            return facts | timing
        if name == "risk_vs_nodes_digits":
            own = {key: config["digits"][key] for key in ("nodes", "replicates", "draws")}
            return facts | own | {"modulus": DIGITS_MODULUS}
        return facts

    def threshold(self, sampler: str) -> float | None:
        """Return the soft threshold of a sampler; uniform nodes have none."""
        return self.config["soft_threshold"] if SAMPLERS[sampler].exact else None

    def samples_optimum(self, sampler: str) -> bool:
        """Tell whether a sampler draws from p* in this study."""
        return SAMPLERS[sampler].exact and self.config["soft_threshold"] is None


def make_study(
    config: Config, schema: Mapping[str, Any], figures: Iterable[str] | None = None
) -> Study:
    """Check a configuration and lay out the study.

    Parameters
    ----------
    config : mapping
        What was read from config.yaml, presets and the command line.
    schema : mapping
        The JSON schema of the configuration.
    figures : iterable of str, optional
        Names of the figures that can be drawn; None leaves them unchecked.

    Returns
    -------
    Study
        The grid of cells.

    Raises
    ------
    ConfigError
        With one line per fault, all at once, each naming its key.
    """
    faults = schema_faults(config, schema)
    checks = list(_CHECKS)
    if figures is not None:
        checks.append((("figures",), _name_faults("figures", "a figure", figures)))
    for keys, find_faults in checks:
        # A check reads only keys that have no fault so far.
        if faults.keys().isdisjoint(("", *keys)):
            for fault in list(find_faults(config)):
                faults.setdefault(re.split(r"\W", fault)[0], []).append(fault)
    if faults:
        raise ConfigError(line for lines in faults.values() for line in lines)
    cells, absent = _lay_out(config)
    study = Study(config, {cell.name: cell for cell in cells}, tuple(absent), _timings(config))
    if faults := list(_budget_faults(study)):
        raise ConfigError(faults)
    return study


def plan_ticket(cell: Cell, sampler: str, budget: Mapping[str, int]) -> Ticket:
    """Decide how much one sampler draws in one cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    sampler : str
        Name of the sampler.
    budget : mapping of str to int
        The configuration's ``budget``.

    Returns
    -------
    Ticket
        Ticket sizes within the budget, the number of draws, and the reason for what is left out.
    """
    reason = table_reason(sampler, cell.size, budget)
    if reason:
        return Ticket(sampler, (), cell.nodes, 0, reason)
    if sampler != "rejection":
        return Ticket(sampler, cell.nodes, (), cell.draws, "")
    fits = {nodes: not proposal_reason(cell.size, nodes, budget) for nodes in cell.nodes}
    kept = tuple(nodes for nodes in cell.nodes if fits[nodes])
    skipped = tuple(nodes for nodes in cell.nodes if not fits[nodes])
    reason = proposal_reason(cell.size, skipped[0], budget) if skipped else ""
    if not kept:
        return Ticket(sampler, (), skipped, 0, reason)
    one_each = len(cell.targets) * cell.replicates * kept[-1] * cell.points**2
    draws = min(cell.draws, max(1, budget["cell_evaluations"] // one_each))
    return Ticket(sampler, kept, skipped, draws, reason)


def table_reason(sampler: str, size: Size, budget: Mapping[str, int]) -> str:
    """Return why a sampler cannot be prepared within the budget, or an empty text.

    Parameters
    ----------
    sampler : str
        Name of the sampler.
    size : Size
        The modulus, dimension and support of the problem.
    budget : mapping of str to int
        ``memory_mib`` bounds what the sampler declares; ``table_evaluations`` bounds the weights
        summed while a table over the whole domain is filled, M' P^D / (P - 1).

    Returns
    -------
    str
        The reason in words, with the numbers.
    """
    memory = -(-SAMPLERS[sampler].memory_required(size) // _MIB)
    if memory > budget["memory_mib"]:
        return f"needs {_quantity(memory)} MiB; budget.memory_mib is {budget['memory_mib']}"
    evaluations = line_count(size.modulus, size.dimension) * size.support_size
    if sampler == "enumeration" and evaluations > budget["table_evaluations"]:
        return (
            f"needs {_quantity(evaluations)} weight evaluations for its table; "
            f"budget.table_evaluations is {_quantity(budget['table_evaluations'])}"
        )
    amplitudes = size.modulus ** (size.dimension + 1)
    if sampler == "circuit" and amplitudes > MAX_AMPLITUDES:
        return f"needs {_quantity(amplitudes)} amplitudes; at most {MAX_AMPLITUDES:,} are simulated"
    return ""


def proposal_reason(size: Size, nodes: int, budget: Mapping[str, int]) -> str:
    """Return why ``rejection`` cannot draw a ticket within the budget, or an empty text.

    The expected number of weight evaluations of N nodes is N M'^2.
    """
    evaluations = nodes * size.support_size**2
    if evaluations <= budget["ticket_evaluations"]:
        return ""
    return (
        f"needs {_quantity(evaluations)} weight evaluations for a ticket; "
        f"budget.ticket_evaluations is {_quantity(budget['ticket_evaluations'])}"
    )


def _lay_out(config: Config) -> tuple[list[Cell], list[tuple[str, int, str]]]:
    cells, absent = [], []
    for family in config["families"]:
        if family in _OWN_TARGETS:
            cells.append(_single_cell(family, config))
            continue
        for dimension in config["dimensions"]:
            points, settings = _family_size(family, dimension, config)
            most = config["grid"]["points_most"]
            if family == "grid" and points > most:
                reason = f"the grid has {_quantity(points)} points; grid.points_most is {most}"
                absent.append((family, dimension, reason))
                continue
            cells.append(
                Cell(
                    family,
                    dimension,
                    config["modulus"],
                    points,
                    tuple(config["targets"]),
                    config["replicates"],
                    config["draws"],
                    _ticket_sizes(dimension, config),
                    settings,
                )
            )
    return cells, absent


def _single_cell(family: str, config: Config) -> Cell:
    """Return the cell of a family that has one dimension and one target of its own."""
    targets, own = _OWN_TARGETS[family], config[family]
    nodes = tuple(sorted(own["nodes"]))
    if family == "line":
        modulus, draws = own["modulus"], config["draws"]
        return Cell(family, 1, modulus, modulus, targets, config["replicates"], draws, nodes, {})
    return Cell(
        family,
        DIGITS_DIMENSION,
        DIGITS_MODULUS,
        own["train"],
        targets,
        own["replicates"],
        own["draws"],
        nodes,
        {"train": own["train"]},
    )


def _family_size(family: str, dimension: int, config: Config) -> tuple[int, dict[str, int]]:
    """Return the number of points of a synthetic dataset, and what makes it so."""
    modulus = config["modulus"]
    domain = modulus**dimension
    if family == "random":
        # A share of a domain too large for a float is larger than any count.
        share = config["random"]["share_most"]
        most = math.floor(share * domain) if domain < 2**53 else domain
        count = min(config["random"]["points"], most)
        return count, {"count": count}
    if family == "subspace":
        rank = min(config["subspace"]["rank"], dimension)
        return modulus**rank, {"rank": rank}
    return domain, {}


def _ticket_sizes(dimension: int, config: Config) -> tuple[int, ...]:
    sweep = config["sweep"]
    more = sweep["nodes"] if dimension in sweep["dimensions"] else []
    return tuple(sorted({config["nodes"], *more}))


def _timings(config: Config) -> dict[str, TimingCell]:
    modulus, budget, nodes = config["modulus"], config["budget"], config["timing"]["nodes"]
    cells = {}
    for grid, _, dimension, points in _timing_points(config):
        size = Size(modulus, dimension, points)
        reasons = {sampler: table_reason(sampler, size, budget) for sampler in config["samplers"]}
        if not reasons.get("rejection", "not timed"):
            reasons["rejection"] = proposal_reason(size, nodes, budget)
        fits = tuple(sampler for sampler, reason in reasons.items() if not reason)
        skipped = {sampler: reason for sampler, reason in reasons.items() if reason}
        cell = TimingCell(grid, dimension, modulus, points, fits, skipped)
        cells[cell.name] = cell
    return cells


def _timing_points(config: Config) -> Iterator[tuple[str, str, int, int]]:
    """Yield grid, key of the varying number, dimension and number of points."""
    timing = config["timing"]
    for place, dimension in enumerate(timing["dimension"]["dimensions"]):
        points = timing["dimension"]["points"]
        yield "dimension", f"dimension.dimensions[{place}]", dimension, points
    for place, points in enumerate(timing["points"]["points"]):
        yield "points", f"points.points[{place}]", timing["points"]["dimension"], points
    for place, dimension in enumerate(timing["proportional"]["dimensions"]):
        points = timing["proportional"]["points_per_dimension"] * dimension
        yield "proportional", f"proportional.dimensions[{place}]", dimension, points


def _unknown(key: str, kind: str, names: Sequence[str], known: Iterable[str]) -> Iterator[str]:
    known = list(known)
    for place, name in enumerate(names):
        if name not in known:
            yield f"{key}[{place}]: {unknown_name(kind, name, known)}"


def _name_faults(key: str, kind: str, known: Iterable[str]) -> Callable[[Config], Iterator[str]]:
    return lambda config: _unknown(key, kind, config[key], known)


def _modulus_faults(config: Config, key: str = "modulus") -> Iterator[str]:
    modulus = config["line"]["modulus"] if key == "line.modulus" else config["modulus"]
    try:
        check_modulus(modulus)
    except ValueError as error:
        yield f"{key}: {str(error).partition(': ')[2]}"


def _activation_faults(config: Config) -> Iterator[str]:
    activation = config["activation"]
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            yield f"activation: {unknown_name('an activation', activation, ACTIVATIONS)}"
        return
    moduli = {cell.modulus for cell in _lay_out(config)[0]} or {config["modulus"]}
    if any(len(activation) != modulus for modulus in moduli):
        families = "the families " + ", ".join(config["families"])
        needed = " and ".join(str(modulus) for modulus in sorted(moduli))
        yield (
            f"activation: {len(activation)} values given; it must be a name, or one value per "
            f"residue ({families} have {needed})"
        )
        return
    try:
        make_activation(activation, len(activation))
    except ValueError as error:
        yield str(error)


def _family_faults(config: Config) -> Iterator[str]:
    modulus, dimensions = config["modulus"], config["dimensions"]
    largest = max(dimensions)
    asked = config["random"]["points"]
    if "random" in config["families"]:
        if asked > modulus**largest:
            yield (
                f"random.points: {asked} distinct points asked for; Z_{modulus}^{largest} has only "
                f"{_quantity(modulus**largest)}, give at most that or larger dimensions"
            )
        for place, dimension in enumerate(dimensions):
            count = _family_size("random", dimension, config)[0]
            if count < 2:
                yield (
                    f"dimensions[{place}]: random.points and random.share_most leave {count} of "
                    f"the {modulus**dimension} points of Z_{modulus}^{dimension}; at least 2 are "
                    "needed for a target that varies"
                )
    if "grid" in config["families"] and modulus ** min(dimensions) > config["grid"]["points_most"]:
        yield (
            f"grid.points_most: {config['grid']['points_most']} is below every P^D of the grid; "
            f"it must be at least {_quantity(modulus ** min(dimensions))}, or leave out the family"
        )


def _memory_faults(config: Config) -> Iterator[str]:
    """Find the first cell of each family whose data, tickets and hidden layer do not fit."""
    allowed = config["budget"]["memory_mib"]
    told = set()
    for cell in _lay_out(config)[0]:
        datasets = len(cell.targets) * cell.replicates
        hidden_layer = 2 * 8 * cell.points * max(cell.nodes)
        files = datasets * (cell.points + cell.draws * max(cell.nodes)) * (cell.dimension + 1)
        needed = -(-(hidden_layer + files) // _MIB)
        if needed > allowed and cell.family not in told:
            told.add(cell.family)
            yield (
                f"budget.memory_mib: {allowed} is too small for {cell.name}, which needs "
                f"{_quantity(needed)} ({_quantity(cell.points)} points, {max(cell.nodes)} nodes, "
                f"{datasets} datasets of {cell.draws} draws); raise it, or ask for less"
            )


def _timing_faults(config: Config) -> Iterator[str]:
    modulus = config["modulus"]
    for _, key, dimension, points in _timing_points(config):
        if points > modulus**dimension:
            yield (
                f"timing.{key}: {points} distinct points asked for at dimension {dimension}; "
                f"Z_{modulus}^{dimension} has only {_quantity(modulus**dimension)}"
            )


def _folder_faults(config: Config) -> Iterator[str]:
    if config["results"] == config["figures_folder"]:
        yield "figures_folder: it is the folder of the results too; it must be another one"


def _budget_faults(study: Study) -> Iterator[str]:
    """Find a budget that leaves none of the samplers asked for, uniform nodes aside."""
    exact = [sampler for sampler in study.config["samplers"] if SAMPLERS[sampler].exact]
    wanted = set(exact or study.config["samplers"])
    if not any(
        ticket.sampler in wanted for cell in study.cells.values() for ticket in study.drawn(cell)
    ):
        names = ", ".join(sorted(wanted))
        yield f"budget: no sampler fits any cell ({names}); raise it, or take other samplers"


_GRID_KEYS = (
    "modulus",
    "families",
    "targets",
    "dimensions",
    "nodes",
    "replicates",
    "draws",
    "sweep",
    "grid",
    "random",
    "subspace",
    "line",
    "digits",
)
_CHECKS: tuple[tuple[tuple[str, ...], Callable[[Config], Iterator[str]]], ...] = (
    (("modulus",), _modulus_faults),
    (("line",), lambda config: _modulus_faults(config, "line.modulus")),
    (("families",), _name_faults("families", "a family", FAMILIES)),
    (("targets",), _name_faults("targets", "a target", TARGETS)),
    (("samplers",), _name_faults("samplers", "a sampler", SAMPLERS)),
    (("activation", *_GRID_KEYS), _activation_faults),
    (_GRID_KEYS, _family_faults),
    (("budget", *_GRID_KEYS), _memory_faults),
    (("modulus", "timing"), _timing_faults),
    (("modulus", "oracle", "circuit"), access_faults),
    *EXTENSION_CHECKS,
    (("results", "figures_folder"), _folder_faults),
)


def _quantity(number: int) -> str:
    """Write a whole number of any size for people."""
    if number < 10**6:
        return f"{number:,}"
    exponent = math.floor(math.log10(number))
    return f"{number / 10**exponent:.1f}e{exponent}"
