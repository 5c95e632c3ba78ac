"""Cells cut into parts: the same numbers, in the same order, however they are cut."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winning_tickets.config_files import DEFAULT, read_config
from winning_tickets.experiments.risks.measure import measure
from winning_tickets.families.cell import draw_cell as draw_datasets
from winning_tickets.study import make_study
from winning_tickets.study.costs import risk_cost, ticket_cost
from winning_tickets.study.parts import _parts, divide
from winning_tickets.study.plan import Study
from winning_tickets.tickets import draw_cell as draw_tickets

BUDGET = read_config(DEFAULT)["budget"]


@pytest.fixture(scope="module")
def study():
    changes = {"replicates": 5, "draws": 2, "nodes": 8, "dimensions": [4], "families": ["random"]}
    config = read_config(DEFAULT) | changes | {"sweep": {"dimensions": [4], "nodes": [4, 8]}}
    # Enumeration is left out of a cell of this size, so that there are rows of skipped sizes.
    config |= {"budget": config["budget"] | {"table_evaluations": 1000}}
    return make_study(config)


def measured(study: Study, cell) -> tuple[Mapping, Mapping, list]:
    """Return the datasets, tickets and rows of a cell."""
    data = draw_datasets(study.dataset_settings(cell))
    tickets = {
        ticket.sampler: draw_tickets(study.ticket_settings(cell, ticket.sampler), data)
        for ticket in study.drawn(cell)
    }
    return data, tickets, list(measure(study.risk_settings(cell), data, tickets))


def test_rows_do_not_depend_on_how_a_cell_is_cut(study):
    whole = study.cells["random_D4"]
    rows = measured(study, whole)[2]
    assert {row["status"] for row in rows} == {"ok", "skipped"}
    for count in (1, 2, 5):
        parts = list(_parts(whole, count))
        assert len({part.name for part in parts}) == len(parts) == 3 * count
        assert [row for part in parts for row in measured(study, part)[2]] == rows


def test_a_part_has_the_datasets_and_tickets_of_its_replicates(study):
    whole = study.cells["random_D4"]
    data, tickets, _ = measured(study, whole)
    part = list(_parts(whole, 2))[3]
    assert (part.targets, part.first, part.replicates) == (("ridge",), 2, 3)
    own_data, own_tickets, _ = measured(study, part)
    for name, values in own_data.items():
        np.testing.assert_array_equal(values, data[name][1:2, 2:5])
    for sampler, arrays in own_tickets.items():
        for name, values in arrays.items():
            np.testing.assert_array_equal(values, tickets[sampler][name][1:2, 2:5])


def test_a_part_that_forgot_its_first_replicate_would_be_seen(study):
    whole = study.cells["random_D4"]
    part = dataclasses.replace(list(_parts(whole, 2))[1], first=0)
    later = [row for row in measured(study, whole)[2] if row.get("replicate", 0) >= 2]
    assert measured(study, part)[2][0] not in later


@given(minutes=st.floats(1e-4, 1.0))
@settings(max_examples=30, deadline=None)
def test_parts_cover_a_cell_once_and_stay_within_the_minutes(minutes):
    config = read_config(DEFAULT)
    cell = make_study(config).cells["random_D64"]
    budget = BUDGET | {"job_minutes": minutes}
    parts = divide(cell, config["samplers"], budget)
    covered = [
        (target, number)
        for part in parts
        for target in part.targets
        for number in range(part.first, part.first + part.replicates)
    ]
    assert covered == [(target, n) for target in cell.targets for n in range(cell.replicates)]
    study = make_study(config)
    for part in parts:
        costs = [risk_cost(part, study.tickets(part))]
        costs += [ticket_cost(part, ticket) for ticket in study.drawn(part)]
        assert part.datasets == 1 or max(cost.seconds for cost in costs) <= 60 * minutes


def test_a_part_has_as_many_draws_as_the_whole(study):
    whole = study.cells["random_D4"]
    tight = {**study.config, "budget": study.config["budget"] | {"cell_evaluations": 10**6}}
    narrow = dataclasses.replace(study, config=tight)
    part = next(_parts(whole, 5))
    assert [t.draws for t in narrow.tickets(part)] == [t.draws for t in narrow.tickets(whole)]


def test_memory_cuts_a_cell_too():
    config = read_config(DEFAULT) | {"dimensions": [100_000]}
    budget = config["budget"] | {"memory_mib": 500}
    study = make_study(config | {"budget": budget, "families": ["random"]})
    assert len(study.cells) > 3
    assert not study.absent


def test_the_default_study_is_not_cut():
    assert all(cell.whole is None for cell in make_study(read_config(DEFAULT)).cells.values())
