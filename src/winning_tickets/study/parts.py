"""A cell that is too long or too large for one job, cut into parts: by target and replicate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ..quantities import MIB
from .budgets import Budget, cell_bytes, plan_ticket
from .cells import Cell
from .costs import KERNELS, START, dataset_cost, risk_cost, ticket_cost


def divide(cell: Cell, samplers: list[str], budget: Budget) -> list[Cell]:
    """Cut a cell into parts whose jobs stay within the budget, as far as whole datasets allow.

    Seeds are made of the numbers of replicates in the whole cell and rows keep their order, so the
    tables do not depend on how a cell is cut.

    Parameters
    ----------
    cell : Cell
        A whole cell.
    samplers : list of str
        Those of the study.
    budget : mapping of str to int
        ``job_minutes`` and ``memory_mib`` bound what one job is predicted to take.

    Returns
    -------
    list of Cell
        The cell itself where it fits, else its parts in the order of its datasets.
    """
    most = _datasets_a_job(cell, samplers, budget)
    if cell.datasets <= most:
        return [cell]
    count = -(-cell.replicates // min(most, cell.replicates))
    return list(_parts(cell, count))


def _parts(cell: Cell, count: int) -> Iterator[Cell]:
    """Yield ``count`` parts of nearly equal size for each target."""
    edges = [cell.replicates * number // count for number in range(count + 1)]
    for target in cell.targets:
        for first, end in pairwise(edges):
            yield replace(cell, targets=(target,), replicates=end - first, whole=cell, first=first)


def _datasets_a_job(cell: Cell, samplers: list[str], budget: Budget) -> int:
    """Return how many datasets the longest and largest of the jobs may have; at least one."""
    tickets = [plan_ticket(cell, sampler, budget) for sampler in samplers]
    costs = [dataset_cost(cell), risk_cost(cell, tickets)]
    costs += [ticket_cost(cell, ticket) for ticket in tickets if ticket.nodes]
    each = max(cost.seconds - START for cost in costs) / cell.datasets
    single = replace(cell, targets=cell.targets[:1], replicates=1)
    fixed = cell_bytes(replace(single, replicates=0))
    in_time = (60 * budget["job_minutes"] - START - KERNELS) / each
    in_memory = (budget["memory_mib"] * MIB - fixed) / (cell_bytes(single) - fixed)
    return max(1, int(min(in_time, in_memory)))
