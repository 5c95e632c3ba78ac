"""What docs/sensitivity.md puts flips down to: chance, and the range of the law."""

import dataclasses
import re

import pytest

from tests.experiments.documents import ROOT
from tests.experiments.sensitivity.small import DEFAULT
from tests.study.test_plan import merged
from winning_tickets.claims.judges_risks import cell_means
from winning_tickets.experiments.sensitivity.measure import measure_risk_table
from winning_tickets.experiments.sensitivity.plan import EXPERIMENT
from winning_tickets.law import LARGEST_KAPPA
from winning_tickets.statistics import ratio_interval

GRID = {"targets": ["labels"], "sensitivity": {"replicates": 100, "draws": 4}}
COMPARED = ("uniform", "spectral")


def measured(scenario, place, changes, samplers=COMPARED):
    """Return the risks of one cell of a scenario of the default study, some of its keys changed."""

    def only(parts):
        return tuple(part for part in parts if part.sampler in samplers)

    job = EXPERIMENT.planned(merged(DEFAULT, changes))[scenario]
    cell = job.cells[place]
    risks = dataclasses.replace(cell.risks, tickets=only(cell.risks.tickets))
    cell = dataclasses.replace(cell, tickets=only(cell.tickets), risks=risks)
    return measure_risk_table([cell], job.reading)


def stated(pattern):
    """Return the numbers that the page states."""
    text = " ".join((ROOT / "docs/sensitivity.md").read_text(encoding="utf-8").split())
    return [*map(float, re.search(pattern, text).groups())]


@pytest.mark.parametrize("scenario", ["seed_3", "activation_gaussian"])
def test_on_more_grids_uniform_nodes_have_more_than_the_declared_risk(scenario):
    table = measured(scenario, 0, GRID)
    means = cell_means(table[table["nodes"] == 40], COMPARED)
    found = ratio_interval(means["uniform"], means["spectral"])
    assert len(means) == 100 and found.low > 1.5
    said = stated(r"over 100 it is (\S+) \\\[(\S+), (\S+)\\\]")
    assert said == pytest.approx([*dataclasses.astuple(found)], abs=6e-3)


def test_another_ridgelet_function_brings_a_structured_target_into_the_range_of_the_law():
    ridge = {"targets": ["ridge"]}
    kappas = []
    for scenario in ("default", "harmonic_1"):
        table = measured(scenario, 1, ridge, ["spectral"])
        assert {(6, "random")} == {*zip(table["dimension"], table["family"], strict=True)}
        kappas.append(table["kappa"].mean())
    assert kappas[0] > LARGEST_KAPPA > kappas[1]
    said = stated(r"has \$\\kappa = (\S+)\$ under .* out; with this \$r\$ it is (\S+),")
    assert said == pytest.approx(kappas, rel=0.05)
