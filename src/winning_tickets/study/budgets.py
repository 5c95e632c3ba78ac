"""What fits into a study's budget, and why the rest does not, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..quantities import MIB, quantity
from ..samplers import SAMPLERS
from ..samplers.base import ProblemSize
from .cells import Cell

Budget = Mapping[str, int]


@dataclass(frozen=True)
class TicketPlan:
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


def plan_ticket(cell: Cell, sampler: str, budget: Budget) -> TicketPlan:
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
    TicketPlan
        Ticket sizes within the budget, the number of draws, and the reason for what is left out.
    """
    reasons = {nodes: refusal(sampler, cell.size, nodes, budget) for nodes in cell.nodes}
    kept = tuple(nodes for nodes, reason in reasons.items() if not reason)
    skipped = tuple(nodes for nodes, reason in reasons.items() if reason)
    reason = reasons[skipped[0]] if skipped else ""
    draws = _affordable_draws(cell, sampler, kept[-1], budget) if kept else 0
    return TicketPlan(sampler, kept, skipped, draws, reason)


def refusal(sampler: str, size: ProblemSize, nodes: int, budget: Budget) -> str:
    """Return why a sampler cannot draw a ticket within the budget, or an empty text.

    Parameters
    ----------
    sampler : str
        Name of the sampler.
    size : ProblemSize
        The modulus, dimension and support of the problem.
    nodes : int
        Hidden nodes of the ticket, N.
    budget : mapping of str to int
        ``memory_mib`` bounds what the sampler declares, ``table_evaluations`` the weights summed
        while a table over the whole domain is filled, ``ticket_evaluations`` the expected weight
        evaluations of a ticket.

    Returns
    -------
    str
        The reason in words, with the numbers.
    """
    reason = SAMPLERS[sampler].refusal(size, budget)
    evaluations = SAMPLERS[sampler].ticket_evaluations(size, nodes)
    if reason or evaluations <= budget["ticket_evaluations"]:
        return reason
    return (
        f"needs {quantity(evaluations)} weight evaluations for a ticket; "
        f"budget.ticket_evaluations is {quantity(budget['ticket_evaluations'])}"
    )


def cell_refusal(cell: Cell, budget: Budget) -> str:
    """Return why one dataset, its tickets and a hidden layer do not fit, or an empty text."""
    single = replace(cell, targets=cell.targets[:1], replicates=1)
    needed = -(-cell_bytes(single) // MIB)
    if needed <= budget["memory_mib"]:
        return ""
    return (
        f"needs {quantity(needed)} MiB for {quantity(cell.points)} points, "
        f"{quantity(max(cell.nodes))} nodes and {cell.draws} draws; "
        f"budget.memory_mib is {budget['memory_mib']}"
    )


def cell_bytes(cell: Cell) -> int:
    """Return what the datasets, the tickets of one sampler and a hidden layer take at once."""
    tickets = cell.datasets * cell.draws * max(cell.nodes) * (cell.dimension + 1)
    return dataset_bytes(cell) + tickets + hidden_layer_bytes(cell)


def dataset_bytes(cell: Cell) -> int:
    """Return what the datasets of a cell take: residues and targets."""
    return cell.datasets * cell.points * (cell.dimension + 1)


def hidden_layer_bytes(cell: Cell) -> int:
    """Return what the features of the largest ticket take, with a copy."""
    return 2 * 8 * cell.points * max(cell.nodes)


def _affordable_draws(cell: Cell, sampler: str, nodes: int, budget: Budget) -> int:
    """Return the tickets per dataset: at least one, at most what the cell's evaluations allow.

    A part of a cell has as many as the whole.
    """
    evaluations = SAMPLERS[sampler].ticket_evaluations(cell.size, nodes)
    if not evaluations:
        return cell.draws
    one_each = (cell.whole or cell).datasets * evaluations
    return min(cell.draws, max(1, budget["cell_evaluations"] // one_each))
