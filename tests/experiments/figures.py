"""Every figure of the study, drawn from small tables."""

from functools import cache
from importlib import import_module

from tests import tables
from tests.experiments.better_tickets import small as better_tickets
from tests.experiments.capped import small as capped
from tests.experiments.generalization import small as generalization
from tests.experiments.heavy_budget import small as heavy_budget
from tests.experiments.noise import small as noise
from tests.experiments.own_tables import small as own_tables
from tests.experiments.paper_points import small as paper_points
from tests.experiments.peers import small as peers
from tests.experiments.prior import small as prior
from tests.experiments.pruning import small as pruning
from tests.experiments.sensitivity import small as sensitivity
from tests.experiments.threshold_sweep import small as threshold_sweep
from winning_tickets.claims.judges import judge_claims
from winning_tickets.study import load_figures

FIGURES = tuple(load_figures())


@cache
def given():
    """Return every table that a figure is drawn from, the verdicts included."""
    made_up = tables.study_tables()
    return made_up | {
        "oracle": tables.oracle_table(),
        "circuit_diagram": tables.gate_table(),
        "generalization": generalization.table(),
        "threshold_sweep": threshold_sweep.table(),
        "better_tickets": better_tickets.table(),
        "pruning": pruning.table(),
        "own_tables": own_tables.table("digits", nodes=(64, 512)),
        "peers": peers.table(),
        "prior": prior.table(),
        "noise": noise.table(),
        "heavy_budget": heavy_budget.table(),
        "sensitivity": sensitivity.table(),
        "capped": capped.table(),
        "paper_points": paper_points.table(),
        "claims": judge_claims(tables.declared(), made_up, tables.SETTINGS),
    }


def settings(name):
    """Return the facts that a figure states."""
    own = {
        "risk_vs_nodes_digits": {"family": "digits"},
        # Stands in for a table of the user's own: it has test rows too.
        "own_tables": {"tables": ["digits"]},
        "acceptance_vs_points": {"sampler": "rejection"},
        "amortised_cost": {"sampler": "rejection"},
    }
    return tables.SETTINGS | own.get(name, {})


def draw(name, **changed):
    """Return a figure and the table behind it; some of the tables changed."""
    found = given() | changed
    figure = load_figures()[name]
    module = import_module(f"winning_tickets.{figure.module}")
    return module.draw({table: found[table] for table in figure.tables}, settings(name))


@cache
def drawn(name):
    """Return a figure and the table behind it, drawn once."""
    return draw(name)
