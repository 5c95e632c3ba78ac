"""Figures of the study: tables in, a figure and the table behind it out.

Every function of `FIGURES` takes the tables it needs by name and the plain settings it states in
its caption, and returns the figure with the numbers it shows; `save` writes both.
"""

from .beyond import circuit_diagram, oracle_vs_dimension
from .extensions import better_tickets, generalization, threshold_sweep
from .judgement import claims, sampling_fidelity, ticket_law
from .risks import risk_vs_dimension, risk_vs_nodes, risk_vs_nodes_digits
from .runtimes import acceptance_vs_points, runtime_vs_dimension, runtime_vs_points
from .style import LOOKS, save

FIGURES = {
    function.__name__: function
    for function in (
        risk_vs_dimension,
        risk_vs_nodes,
        runtime_vs_dimension,
        runtime_vs_points,
        acceptance_vs_points,
        risk_vs_nodes_digits,
        sampling_fidelity,
        ticket_law,
        claims,
        oracle_vs_dimension,
        circuit_diagram,
        generalization,
        threshold_sweep,
        better_tickets,
    )
}
"""By name, what draws a figure: tables and settings -> (Figure, DataFrame)."""

__all__ = ["FIGURES", "LOOKS", "save"]
