"""Studies of one sampler: every figure draws it, or says what the study does not hold."""

from importlib import import_module

import pytest

from tests.experiments.figures import settings
from tests.tables import SAMPLERS, SETTINGS, declared, small_study
from winning_tickets.claims.judges import judge_claims
from winning_tickets.study import load_figures

# Figures of the tables that a small study has.
TABLES = {"risks", "timings", "circuit", "identities", "fidelity", "claims"}
NAMES = [name for name, figure in load_figures().items() if {*figure.tables} <= TABLES]
# What they show is no table of samplers.
OTHERWISE = ("sampling_fidelity", "claims", "acceptance_vs_points")


@pytest.mark.parametrize("status", ["ok", "failed"])
@pytest.mark.parametrize("sampler", [*SAMPLERS, "circuit"])
def test_a_study_of_one_sampler_is_drawn_or_said_to_hold_none(sampler, status):
    # The made-up tables do not know "circuit": with it alone they are empty.
    tables = small_study([sampler], ("random", "digits"), status=status)
    tables["claims"] = judge_claims(declared(), tables, SETTINGS)
    for name in NAMES:
        module = import_module(f"winning_tickets.{load_figures()[name].module}")
        figure, table = module.draw(tables, settings(name))
        assert len(table)
        drawn = sampler in set(table.get("sampler", ()))
        empty = figure.texts[0].get_text().startswith("This study holds no")
        assert drawn or empty or name in OTHERWISE
