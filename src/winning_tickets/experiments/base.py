"""What a question of the study is: its jobs, its table, its figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..config import unknown_names
from ..families import FAMILIES, TARGETS, FamilySize, find_family
from ..families.base import Config
from ..quantities import MIB, quantity
from ..samplers import ALL_SAMPLERS
from ..schema import DIMENSION, NAMES, Schema, section
from ..tickets import ProblemSettings

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LeftOut:
    """A job that does not fit, with its reason: a row of the table instead of a measurement.

    Attributes
    ----------
    reason : str
        Why, in words.
    row : mapping of str to Any
        What else the row says.
    """

    reason: str
    row: Row = field(default_factory=dict)


def nothing_wrong(config: Config) -> Iterator[str]:
    """Yield no fault."""
    yield from ()


def study_facts(config: Config) -> dict[str, Any]:
    """Return what most captions state: the study's seed, sizes and repetitions."""
    names = ("seed", "modulus", "nodes", "replicates", "draws", "ridge_relative")
    return {name: config[name] for name in names}


def question_facts(config: Config) -> dict[str, Any]:
    """Return what captions of questions with sizes of their own state: seed and modulus."""
    return {name: config[name] for name in ("seed", "modulus")}


@dataclass(frozen=True)
class Figure:
    """One figure of a question.

    Attributes
    ----------
    tables : tuple of str
        Names of the tables it is drawn from.
    module : str
        The module of the question's folder whose ``draw`` draws it.
    facts : callable
        From the configuration to the facts that its caption states, as plain values.
    """

    tables: tuple[str, ...]
    module: str = "figure"
    facts: Callable[[Config], dict[str, Any]] = question_facts


@dataclass(frozen=True)
class Experiment:
    """A question of the study.

    A new question is a folder with ``plan.py`` (this object, named ``EXPERIMENT``), ``measure.py``
    (settings to rows) and ``figure.py`` (tables and facts to a figure), and one line in
    `winning_tickets.experiments` (docs/architecture.md has a worked example).

    Attributes
    ----------
    name : str
        Of the folder, of the key in the configuration, and of the table.
    columns : tuple of str
        Columns of its table, in order.
    jobs : callable
        From the configuration to settings by name of the job: a dataclass that ``measure`` of its
        module ``measure.py`` takes, or a `LeftOut`.
    figures : mapping of str to Figure
        Its figures by name.
    schema : mapping or None
        JSON schema of its part of the configuration; None where it has none.
    key : str
        The key of that part, where it is not the name.
    reads : tuple of str
        Further keys of the configuration that ``faults`` and ``jobs`` read.
    faults : callable
        From the configuration to one line for each fault in its part. What is merely too large is
        no fault: ``jobs`` leaves it out with its reason.
    samplers : tuple of str
        Samplers that it asks for by name, so that imports do not show them.
    families : callable
        From the settings of a job to the families that it asks for by name.
    modulus : callable
        From the settings of a job to the modulus that the study's activation must fit, or None
        where it has activations of its own.
    seconds : callable
        From the settings of a job to the seconds that it takes on one core, roughly.
    """

    name: str
    columns: tuple[str, ...]
    jobs: Callable[[Config], Mapping[str, Any]]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    schema: Schema | None = None
    key: str = ""
    reads: tuple[str, ...] = ()
    faults: Callable[[Config], Iterator[str]] = nothing_wrong
    samplers: tuple[str, ...] = ()
    families: Callable[[Any], tuple[str, ...]] = lambda settings: ()
    modulus: Callable[[Any], int | None] = lambda settings: settings.modulus
    seconds: Callable[[Any], float] = lambda settings: 2.0

    def planned(self, config: Config) -> dict[str, Any]:
        """Return the settings of the jobs that fit, by name."""
        jobs = self._all_jobs(config)
        return {name: job for name, job in jobs.items() if not isinstance(job, LeftOut)}

    def left_out_rows(self, config: Config) -> list[dict[str, Any]]:
        """Return a row of the table for each job that does not fit."""
        return [
            {**job.row, "status": "skipped", "reason": job.reason}
            for job in self._all_jobs(config).values()
            if isinstance(job, LeftOut)
        ]

    def _all_jobs(self, config: Config) -> dict[str, Any]:
        """Return the jobs, those left out whose modulus the activation has no values for."""
        return {name: self._fitting(config, job) for name, job in self.jobs(config).items()}

    def _fitting(self, config: Config, job: Any) -> Any:
        modulus = None if isinstance(job, LeftOut) else self.modulus(job)
        reason = "" if modulus is None else activation_refusal(config, modulus)
        if not reason:
            return job
        facts = {name: getattr(job, name, None) for name in ("family", "dimension")}
        known = {name: fact for name, fact in facts.items() if name in self.columns}
        return LeftOut(reason, known | {"modulus": modulus})


def problem_settings(config: Config, modulus: int | None = None) -> ProblemSettings:
    """Return the study's learning problem, at a modulus of its own where one is given."""
    activation = config["activation"]
    return ProblemSettings(
        config["modulus"] if modulus is None else modulus,
        activation if isinstance(activation, str) else tuple(activation),
        config["ridge_relative"],
    )


def too_large(config: Config, points: int, bytes_each: int) -> str:
    """Return why points do not fit into the memory of one job, or an empty text."""
    allowed = config["budget"]["memory_mib"]
    needed = -(-points * bytes_each // MIB)
    if needed <= allowed:
        return ""
    return (
        f"needs {quantity(needed)} MiB for {quantity(points)} points; "
        f"budget.memory_mib is {allowed}"
    )


def activation_refusal(config: Config, modulus: int) -> str:
    """Return why an activation given by its values has none for a modulus, or an empty text."""
    activation = config["activation"]
    if isinstance(activation, str) or len(activation) == modulus:
        return ""
    return f"has {modulus} residues; the activation has {len(activation)} values"


def family_jobs(
    config: Config, name: str, settings_class: type, settings: Mapping[str, Any], bytes_each: int
) -> dict[str, Any]:
    """Return the jobs of a question that works on one cell a family.

    Parameters
    ----------
    config : mapping
        The configuration.
    name : str
        The question; its part of the configuration has families and targets.
    settings_class : type
        Its dataclass of settings.
    settings : mapping
        What it takes besides seed, problem, family, dimension, targets and family_settings.
    bytes_each : int
        Memory that one point takes.

    Returns
    -------
    dict
        Settings by name of the job, or a `LeftOut`.
    """
    own = config[name]
    jobs: dict[str, Any] = {}
    for family_name in own["families"]:
        family = FAMILIES[family_name]
        size = family.size_in_question(config, own)
        reason = size_refusal(config, size, bytes_each)
        known = {"family": family_name, "dimension": size.dimension}
        jobs[f"{family_name}_D{size.dimension}"] = (
            LeftOut(reason, known | {"modulus": size.modulus, "points": size.points})
            if reason
            else settings_class(
                seed=config["seed"],
                problem=problem_settings(config, size.modulus),
                targets=family.targets(own["targets"]),
                family_settings=size.settings,
                **known,
                **settings,
            )
        )
    return jobs


def size_refusal(config: Config, size: FamilySize, bytes_each: int) -> str:
    """Return why a size of a family has no job, or an empty text: too few points, or too many."""
    if size.points <= size.modulus**size.dimension:
        return too_large(config, size.points, bytes_each)
    return f"Z_{size.modulus}^{size.dimension} has fewer than the {size.points} points asked for"


def family_faults(name: str) -> Callable[[Config], Iterator[str]]:
    """Return the check of a question that works on one cell a family: names that are not known."""

    def faults(config: Config) -> Iterator[str]:
        own = config[name]
        yield from unknown_names(f"{name}.families", "a family", own["families"], FAMILIES)
        yield from unknown_names(f"{name}.targets", "a target", own["targets"], TARGETS)

    return faults


def on_families(name: str, **own: Schema) -> dict[str, Any]:
    """Return what the plans of all questions share that work on one cell a family.

    Parameters
    ----------
    name : str
        The question.
    **own : dict
        Schema of what its part of the configuration has besides families, targets and dimensions.

    Returns
    -------
    dict
        Fields of its `Experiment`; its settings have ``problem`` and ``family``.
    """
    return {
        "name": name,
        "schema": section(
            families=NAMES, targets=NAMES, dimension=DIMENSION, grid_dimension=DIMENSION, **own
        ),
        "reads": ("modulus", "activation", "ridge_relative", "budget"),
        "faults": family_faults(name),
        "modulus": lambda settings: settings.problem.modulus,
        "families": lambda settings: (settings.family,),
    }


def labels(entries: Sequence[str | Mapping[str, Any]] = ()) -> dict[str, dict[str, Any]]:
    """Return how figures name families and targets, and what families and samplers are like.

    Parameters
    ----------
    entries : sequence of str or mapping
        The configuration's ``families``, of which tables are families too.

    Returns
    -------
    dict
        "families": for each its label, and whether it is single and sparse (see
        `winning_tickets.families.Family`); "targets": labels by name; "samplers": for each its
        role and whether it is exact. Plain values, so that as
        parameters of a rule they make figures drawn anew when one of them is edited.
    """
    targets = {name: target.label for name, target in TARGETS.items()}
    tables = [find_family(entry) for entry in entries if not isinstance(entry, str)]
    families = [*FAMILIES.values(), *tables]
    for family in families:
        targets |= {name: text for name, text in family.own_targets.items() if name not in targets}
    return {
        "families": {
            family.name: {"label": family.label, "single": family.single, "sparse": family.sparse}
            for family in families
        },
        "targets": targets,
        "samplers": {
            name: {"role": sampler.role, "exact": sampler.exact}
            for name, sampler in ALL_SAMPLERS.items()
        },
    }
