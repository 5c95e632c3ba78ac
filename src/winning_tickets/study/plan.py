"""The study: from a configuration to a checked grid of cells and the settings of its jobs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..claims.plan import FIGURES as CLAIM_FIGURES
from ..claims.plan import TABLES as JUDGED
from ..experiments import SPINE, load_experiments
from ..experiments.base import Figure, activation_refusal, labels, problem_settings
from ..experiments.risks.measure import Settings as RiskSettings
from ..experiments.risks.measure import TicketSizes
from ..families.base import Config
from ..families.cell import Settings as DatasetSettings
from ..samplers import SAMPLERS
from ..tickets import CellSettings as TicketSettings
from .budgets import TicketPlan, cell_refusal, plan_ticket
from .cells import Cell, lay_out
from .faults import ConfigError, find_faults

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Study:
    """Everything the configuration asks for.

    Attributes
    ----------
    config : mapping
        The checked configuration.
    cells : mapping of str to Cell
        By name, in the order of the configuration.
    absent : tuple of (Cell, str)
        The cells left out, with their reasons.
    """

    config: Config
    cells: Mapping[str, Cell]
    absent: tuple[tuple[Cell, str], ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """Return the stages that have something to do, by the questions asked, in flow order."""
        asked = {*self.config["questions"]}
        risks = ("datasets", "tickets", "risks") if "risks" in asked else ()
        timings = ("timings",) if "timings" in asked else ()
        further = ("experiments",) if asked - {*SPINE} else ()
        claims = ("claims",) if asked.issuperset(JUDGED) else ()
        return (*risks, *timings, *further, *claims, "figures")

    def tickets(self, cell: Cell) -> list[TicketPlan]:
        """Return what each sampler of the study draws in a cell, skipped ones included."""
        budget = self.config["budget"]
        return [plan_ticket(cell, sampler, budget) for sampler in self.config["samplers"]]

    def drawn(self, cell: Cell) -> list[TicketPlan]:
        """Return the tickets of the samplers that fit a cell."""
        return [ticket for ticket in self.tickets(cell) if ticket.nodes]

    def dataset_settings(self, cell: Cell) -> DatasetSettings:
        """Return all that the datasets of a cell depend on."""
        return DatasetSettings(
            self.config["seed"],
            cell.family,
            cell.dimension,
            cell.modulus,
            cell.targets,
            cell.replicates,
            cell.settings,
        )

    def ticket_settings(self, cell: Cell, sampler: str) -> TicketSettings:
        """Return all that the tickets of one sampler in a cell depend on."""
        ticket = plan_ticket(cell, sampler, self.config["budget"])
        return TicketSettings(
            self.config["seed"],
            cell.family,
            cell.dimension,
            cell.targets,
            sampler,
            self.threshold(sampler),
            max(ticket.nodes),
            ticket.draws,
            problem_settings(self.config, cell.modulus),
        )

    def risk_settings(self, cell: Cell) -> RiskSettings:
        """Return all that the risks in a cell depend on."""
        tickets = tuple(
            TicketSizes(
                ticket.sampler,
                ticket.nodes,
                ticket.skipped,
                ticket.reason,
                self.samples_optimum(ticket.sampler),
            )
            for ticket in self.tickets(cell)
        )
        problem = problem_settings(self.config, cell.modulus)
        return RiskSettings(
            cell.family, cell.dimension, cell.points, cell.targets, problem, tickets
        )

    def absent_rows(self) -> list[Row]:
        """Return a row of the risk table for each cell left out."""
        return [
            {
                "family": cell.family,
                "dimension": cell.dimension,
                "status": "skipped",
                "reason": reason,
            }
            for cell, reason in self.absent
        ]

    def threshold(self, sampler: str) -> float | None:
        """Return the soft threshold of a sampler; uniform nodes have none."""
        return self.config["soft_threshold"] if SAMPLERS[sampler].exact else None

    def samples_optimum(self, sampler: str) -> bool:
        """Tell whether a sampler draws from p* in this study."""
        return SAMPLERS[sampler].exact and self.config["soft_threshold"] is None

    def figure_settings(self, name: str) -> Row:
        """Return the facts of the study that a figure states, as plain values."""
        return load_figures()[name].facts(self.config) | labels(self.config["families"])


@cache
def load_figures() -> dict[str, Figure]:
    """Return every figure that can be drawn, by its name, each with its module in the library."""
    folders = {f"experiments.{name}": part.figures for name, part in load_experiments().items()}
    folders["claims"] = CLAIM_FIGURES
    return {
        name: dataclasses.replace(figure, module=f"{folder}.{figure.module}")
        for folder, figures in folders.items()
        for name, figure in figures.items()
    }


def make_study(config: Config) -> Study:
    """Check a configuration and lay out the study.

    Parameters
    ----------
    config : mapping
        What was read from config.yaml, presets and the command line.

    Returns
    -------
    Study
        The grid of cells.

    Raises
    ------
    ConfigError
        With one line per fault, all at once, each naming its key.
    """
    if faults := find_faults(config, load_figures()):
        raise ConfigError(faults)
    cells, absent = {}, []
    for cell, unfit in lay_out(config):
        reason = (
            unfit
            or activation_refusal(config, cell.modulus)
            or cell_refusal(cell, config["budget"])
        )
        if reason:
            absent.append((cell, reason))
        else:
            cells[cell.name] = cell
    study = Study(config, cells, tuple(absent))
    if nothing := _nothing_left(study):
        raise ConfigError([nothing])
    return study


def _nothing_left(study: Study) -> str:
    """Say why no cell is left, or an empty text."""
    if study.cells:
        return ""
    # Of each family the first: the others are left out for the same reason.
    firsts = {cell.family: f"{cell.name} {reason}" for cell, reason in reversed(study.absent)}
    return f"families: none of their cells is left; {'; '.join(firsts.values())}"
