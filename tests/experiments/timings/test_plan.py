"""The timing grid: one job, its cells, and why a sampler is left out of one."""

import pytest

from tests.study.test_plan import DEFAULT, merged
from winning_tickets.experiments import load_experiments
from winning_tickets.experiments.timings.measure import STREAMED, TABLE, Settings


def planned(**changes):
    """Return the settings of the one job, and the rows of what is left out."""
    config = merged(DEFAULT, {"timing": changes.pop("timing", {})} | changes)
    question = load_experiments()["timings"]
    (settings,) = question.planned(config).values()
    assert isinstance(settings, Settings)
    return settings, question.left_out_rows(config)


def cells(settings, grid, modulus=5):
    return {c.dimension: c for c in settings.cells if (c.grid, c.modulus) == (grid, modulus)}


def reached(settings, sampler, mode="", grid="dimension", modulus=5):
    """Return the dimensions at which a sampler is timed."""
    return [
        dimension
        for dimension, cell in cells(settings, grid, modulus).items()
        for contender in cell.contenders
        if (contender.sampler, contender.mode, contender.reason) == (sampler, mode, "")
    ]


def test_the_default_grid_reaches_what_the_claims_are_judged_over():
    settings, left = planned()
    assert left == []
    judged = DEFAULT["timing"]["judged"]
    assert reached(settings, "enumeration", STREAMED) == [*range(4, 11)]
    assert reached(settings, "enumeration", TABLE) == [*range(4, 11)]
    assert reached(settings, "fft") == [*range(4, 12)]
    assert reached(settings, "enumeration", STREAMED, modulus=3) == [*range(6, 15)]
    assert reached(settings, "fft", modulus=3) == [*range(6, 16)]
    for modulus, sampler, mode in ((5, "fft", ""), (3, "enumeration", STREAMED)):
        at = reached(settings, sampler, mode, modulus=modulus)
        assert sum(modulus**dimension >= judged["domain_least"] for dimension in at) >= 3
    for name, grids in (
        ("fixed", ("dimension", "structured")),
        ("proportional", ("proportional", "structured_proportional")),
    ):
        for grid in grids:
            for sampler, (first, last) in judged[name].items():
                at = reached(settings, sampler, grid=grid)
                assert {first, last} <= {*at} and max(at) == last
                assert sum(first <= dimension <= last for dimension in at) >= 3


def test_the_seconds_are_those_of_the_passes_that_they_allow():
    question = load_experiments()["timings"]
    fewest = question.seconds(planned(timing={"passes": 4, "seconds": 0.0})[0])
    more = question.seconds(planned(timing={"passes": 8, "seconds": 1e4})[0])
    assert more == pytest.approx(2 * fewest)
    assert question.seconds(planned()[0]) <= DEFAULT["timing"]["seconds"]
    short = planned(timing={"passes": 8, "seconds": 1e4, "most_seconds": 1.0})
    assert question.seconds(short[0]) == pytest.approx(more)
    cut = planned(timing={"passes": 4, "seconds": 0.0, "most_seconds": 1.0})
    assert question.seconds(cut[0]) == 1.0


def test_every_curve_that_is_judged_has_three_sizes_that_are():
    counts = {}
    for cell in planned()[0].cells:
        for contender in cell.contenders:
            if contender.judged and not contender.reason:
                curve = (cell.grid, cell.modulus, contender.sampler, contender.mode)
                counts[curve] = counts.get(curve, 0) + 1
    assert len(counts) == 2 * 2 + 4 * 2
    assert min(counts.values()) >= 3
    assert all(mode != TABLE and grid != "points" for grid, _, _, mode in counts)


def test_structured_points_lie_in_the_smallest_subspace_that_holds_twice_as_many():
    for cell in planned()[0].cells:
        if cell.grid.startswith("structured"):
            assert 5 ** (cell.rank - 1) < 2 * cell.points <= 5**cell.rank
        else:
            assert cell.rank == 0


def test_points_are_fixed_or_in_proportion():
    settings, _ = planned()
    for grid in ("dimension", "structured"):
        assert {cell.points for cell in cells(settings, grid).values()} == {200}
    for grid in ("proportional", "structured_proportional"):
        assert all(c.points == -(-d // 4) for d, c in cells(settings, grid).items())


def test_memory_ends_the_table_and_not_the_way_through_it():
    settings, _ = planned(budget={"memory_mib": 64, "table_evaluations": 10**12})
    assert reached(settings, "enumeration", TABLE) == [*range(4, 9)]
    assert reached(settings, "enumeration", STREAMED) == [*range(4, 12)]
    cell = cells(settings, "dimension")[9]
    (why,) = (c.reason for c in cell.contenders if c.mode == TABLE)
    assert "budget.memory_mib is 64" in why


def test_a_sampler_is_not_timed_beyond_the_range_it_is_judged_over():
    cell = cells(planned()[0], "structured")[16384]
    reasons = {contender.sampler: contender.reason for contender in cell.contenders}
    ends = "timing.judged.fixed.rejection ends at D = 8,192"
    assert reasons == {"rejection": ends, "spectral": ""}


def test_one_modulus_is_measured_once():
    settings, left = planned(modulus=3)
    assert {cell.modulus for cell in settings.cells} == {3}
    assert [row["dimension"] for row in left] == [4]


def test_an_activation_by_its_values_leaves_out_the_other_modulus():
    settings, left = planned(activation=[0, 1, 3, 1, 0])
    assert {cell.modulus for cell in settings.cells} == {5}
    assert {row["modulus"] for row in left} == {3}
    assert {row["reason"] for row in left} == {"has 3 residues; the activation has 5 values"}


def test_too_few_dimensions_for_a_subspace_are_told():
    changes = {"dimension": {"points": 100}, "structured": {"dimensions": [3]}}
    (row,) = planned(timing=changes)[1]
    assert row["reason"] == "a subspace with twice the 100 points has more than 3 dimensions"


@pytest.mark.parametrize("modulus", [7, 101])
def test_another_modulus_has_a_grid_of_its_own(modulus):
    settings, _ = planned(modulus=modulus)
    assert {cell.modulus for cell in settings.cells} == {3, modulus}
