"""What the jobs of a study will take, in seconds of one core and in memory, before they run.

The constants were fitted to the default and the smoke study on one core of a virtual machine; tests
hold them to the seconds and the memory that the jobs took (tests/study/*_jobs.csv). Only the
division into jobs, their resources on a cluster and what is told beforehand rest on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..quantities import MIB
from ..samplers import SAMPLERS
from .budgets import TicketPlan, dataset_bytes, hidden_layer_bytes
from .cells import Cell

START = 0.3
"""Seconds until a job has started Python and loaded the library."""

KERNELS = 0.3
"""Seconds until a sampler has loaded its compiled kernels; uniform nodes need none."""

PROCESS = 250
"""MiB that a job takes before it holds any data."""

SNAKEMAKE = 250
"""MiB of Snakemake's own two processes inside each job of a cluster."""


@dataclass(frozen=True)
class Cost:
    """What one job takes.

    Attributes
    ----------
    seconds : float
        Of one core.
    mebibytes : int
        Of memory, at once.
    """

    seconds: float
    mebibytes: int

    def memory_asked(self, attempt: int = 1) -> int:
        """Return the MiB to ask a cluster for: `SNAKEMAKE`, and half as much again as is predicted.

        The second doubles with each attempt.
        """
        return SNAKEMAKE + (-(-3 * self.mebibytes // 2) << (attempt - 1))

    def minutes_asked(self, attempt: int = 1) -> int:
        """Return the minutes to ask a cluster for: three times as many, doubled likewise."""
        return (5 + int(3 * self.seconds / 60)) << (attempt - 1)


SMALL = Cost(1.0, PROCESS)
"""What joining tables, judging and recording take."""

FIGURE = Cost(4.0, 500)


def dataset_cost(cell: Cell) -> Cost:
    """Return what drawing the datasets of a cell takes."""
    numbers = len(cell.targets) * cell.replicates * cell.points * cell.dimension
    return Cost(START + 1.5e-8 * numbers, PROCESS + _mebibytes(2 * dataset_bytes(cell)))


def ticket_cost(cell: Cell, ticket: TicketPlan) -> Cost:
    """Return what drawing the tickets of one sampler in a cell takes."""
    sampler = SAMPLERS[ticket.sampler]
    prepare, draw = sampler.expected_seconds(cell.size, max(ticket.nodes))
    datasets = len(cell.targets) * cell.replicates
    ready = START if sampler.role == "baseline" else START + KERNELS
    seconds = ready + datasets * (prepare + ticket.draws * draw)
    files = dataset_bytes(cell) + 2 * _ticket_bytes(cell, ticket)
    needed = files + sampler.memory_required(cell.size)
    return Cost(seconds, PROCESS + _mebibytes(needed))


def risk_cost(cell: Cell, tickets: Iterable[TicketPlan]) -> Cost:
    """Return what training the tickets of a cell takes, at all their sizes."""
    drawn = [ticket for ticket in tickets if ticket.nodes]
    datasets = len(cell.targets) * cell.replicates
    seconds = sum(ticket.draws * _training_seconds(cell, ticket.nodes) for ticket in drawn)
    files = dataset_bytes(cell) + sum(_ticket_bytes(cell, ticket) for ticket in drawn)
    needed = files + hidden_layer_bytes(cell)
    return Cost(START + datasets * seconds, PROCESS + _mebibytes(needed))


def _training_seconds(cell: Cell, sizes: tuple[int, ...]) -> float:
    """Return what a ticket takes: its features, one decomposition, and a solution a size."""
    points, nodes = cell.points, max(sizes)
    features = nodes * points * (1.5e-9 + 2.5e-11 * cell.dimension)
    return 1e-4 * (1 + len(sizes)) + features + 6e-11 * points * nodes**2


def disk_bytes(cell: Cell, tickets: Iterable[TicketPlan]) -> int:
    """Return what the files of a cell's datasets and of tickets drawn from them take."""
    return dataset_bytes(cell) + sum(_ticket_bytes(cell, ticket) for ticket in tickets)


def _ticket_bytes(cell: Cell, ticket: TicketPlan) -> int:
    tickets = len(cell.targets) * cell.replicates * ticket.draws
    return tickets * max(ticket.nodes) * (cell.dimension + 1)


def _mebibytes(size: int) -> int:
    return -(-size // MIB)
