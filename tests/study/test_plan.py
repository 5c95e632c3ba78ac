"""From configuration to grid: faults in one line each, budgets, seeds."""

import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from winning_tickets import study as studies
from winning_tickets.dependencies import library_files
from winning_tickets.experiments import load_experiments
from winning_tickets.seeds import seed

ROOT = Path(__file__).parents[2]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
FIGURES = DEFAULT["figures"]


def merged(base, changes):
    """Return a configuration with changes laid over it, as Snakemake does."""
    result = copy.deepcopy(base)
    for key, value in changes.items():
        inner = result.get(key)
        both = isinstance(value, dict) and isinstance(inner, dict)
        result[key] = merged(inner, value) if both else value
    return result


def lay_out(changes=None):
    return studies.make_study(merged(DEFAULT, changes or {}))


NAN, INFINITE = float("nan"), float("inf")

TABLE = {"kind": "table", "path": "no/such.csv", "target": "y"}
CURVE = {"figure": "2", "curve": "a", "sampler": "uniform", "family": "random"}
CURVE |= {"target": "sines", "along": "nodes", "at": 8}
FAULTS = [
    # Numbers.
    ({"modulus": 6}, "modulus: 6 is not an odd prime"),
    ({"modulus": 2}, "modulus: 2 is not an odd prime"),
    ({"modulus": 65537}, "modulus: 65537 is not an odd prime"),
    ({"line": {"modulus": 1}}, "line.modulus: 1 is not an odd prime"),
    ({"dimensions": [4, 0]}, "dimensions[1]: 0 is too small"),
    ({"dimensions": [10**7]}, "dimensions[0]: 10000000 is too large"),
    ({"nodes": 0}, "nodes: 0 is too small"),
    ({"nodes": -5}, "nodes: -5 is too small"),
    ({"replicates": 0}, "replicates: 0 is too small"),
    ({"draws": 0}, "draws: 0 is too small"),
    ({"seed": -1}, "seed: -1 is too small"),
    ({"ridge_relative": -0.1}, "ridge_relative: -0.1 is too small"),
    ({"soft_threshold": -1.0}, "soft_threshold: -1.0 is too small"),
    ({"soft_threshold": 0}, "soft_threshold: 0 is too small"),
    ({"random": {"share_most": 1.5}}, "random.share_most: 1.5 is too large"),
    ({"digits": {"train": 1797}}, "digits.train: 1797 is too large"),
    # Types.
    ({"nodes": 97.0}, "nodes: 97.0 has the wrong type"),
    ({"nodes": True}, "nodes: true has the wrong type"),
    ({"nodes": "64"}, "nodes: the text '64' has the wrong type"),
    ({"nodes": None}, "nodes: null has the wrong type"),
    ({"nodes": [64]}, "nodes: [64] has the wrong type"),
    ({"modulus": NAN}, "modulus: nan has the wrong type"),
    ({"ridge_relative": NAN}, "ridge_relative: nan has the wrong type"),
    ({"ridge_relative": INFINITE}, "ridge_relative: inf has the wrong type"),
    ({"ridge_relative": True}, "ridge_relative: true has the wrong type"),
    ({"soft_threshold": NAN}, "soft_threshold: nan has the wrong type"),
    ({"budget": 5}, "budget: 5 has the wrong type"),
    ({"random": None}, "random: null has the wrong type"),
    ({"families": {"grid": 1}}, "families: a mapping has the wrong type"),
    ({"activation": 3}, "activation: 3 has the wrong type"),
    ({"dimensions": [2.5]}, "dimensions[0]: 2.5 has the wrong type"),
    # Names.
    (
        {"samplers": ["spectrl"]},
        "samplers[0]: 'spectrl' is not a sampler; did you mean 'spectral'?",
    ),
    ({"families": ["gird"]}, "families[0]: 'gird' is not a family; did you mean 'grid'?"),
    (
        {"families": [{"kind": "table", "path": "my.csv"}]},
        "families[0].target: missing; it must be",
    ),
    ({"families": [{"kind": "tabel", "path": "my.csv", "target": "y"}]}, "families[0].kind: the"),
    ({"families": [{**TABLE, "rows": 5}]}, "families[0].rows: 'rows' is not a key"),
    ({"families": [{**TABLE, "train": 1.0}]}, "families[0].train: 1.0 is too large"),
    ({"families": [{**TABLE, "name": "my table"}]}, "families[0].name: the text 'my table' cannot"),
    ({"families": ["grid", TABLE]}, "families[1]: no/such.csv: no such file"),
    ({"targets": ["sine", "sins"]}, "targets[1]: 'sins' is not a target; did you mean 'sines'?"),
    ({"activation": "rellu"}, "activation: 'rellu' is not an activation; did you mean 'relu'?"),
    ({"figures": ["risk_vs_node"]}, "figures[0]: 'risk_vs_node' is not a figure; did you mean"),
    ({"modulas": 5}, "modulas: 'modulas' is not a key; did you mean 'modulus'?"),
    ({"budget": {"memory": 5}}, "budget.memory: 'memory' is not a key; did you mean 'memory_mib'?"),
    ({"P": 5}, "P: 'P' is not a key"),
    ({"timing": {"second": {"modulus": 9}}}, "timing.second.modulus: 9 is not an odd prime"),
    (
        {"timing": {"judged": {"fixed": {"spectral": [64, 64]}}}},
        "timing.judged.fixed.spectral: it ends at 64 and begins at 64; give the smaller",
    ),
    ({"timing": {"passes": 3}}, "timing.passes: 3 is too small"),
    ({"questions": ["riskz"]}, "questions[0]: 'riskz' is not a question; did you mean 'risks'?"),
    (
        {"questions": ["oracle", "risks"], "figures": ["oracle_vs_dimension", "runtime_vs_points"]},
        "figures[1]: runtime_vs_points shows timings; name it under questions too",
    ),
    (
        {"questions": ["risks", "timings", "circuit"], "figures": ["claims"]},
        "figures[0]: claims shows identities and paper_points; name it under questions too",
    ),
    (
        {"paper_points": {"file": "none.csv"}},
        "paper_points.file: none.csv: no such file or directory",
    ),
    (
        {"paper_points": {"curves": [CURVE | {"sampler": "spectrl"}]}},
        "paper_points.curves[0].sampler: 'spectrl' is not a sampler; did you mean 'spectral'?",
    ),
    (
        {"paper_points": {"curves": [CURVE | {"along": "N"}]}},
        "paper_points.curves[0].along: the text 'N' cannot be used; it must be nodes or dimension",
    ),
    # Empty and repeated.
    ({"dimensions": []}, "dimensions: [] is empty"),
    ({"families": []}, "families: [] is empty"),
    ({"samplers": []}, "samplers: [] is empty"),
    ({"line": {"nodes": []}}, "line.nodes: [] is empty"),
    ({"dimensions": [4, 4]}, "dimensions: [4, 4] names something twice"),
    # Values that do not go together.
    ({"activation": [1, 1, 1, 1, 1], "families": ["grid"]}, "activation: a constant activation"),
    ({"activation": [1, 2]}, "activation: 2 values given"),
    ({"dimensions": [2]}, "random.points: 200 distinct points asked for; Z_5^2 has only 25"),
    ({"dimensions": [1, 6], "random": {"share_most": 0.3}}, "dimensions[0]: random.points and"),
    (
        {"grid": {"points_most": 3}, "families": ["grid"]},
        "families: none of their cells is left; grid_D2 the grid has 25 points; grid.points_most",
    ),
    ({"figures_folder": "results"}, "figures_folder: it is the folder of the results too"),
    ({"results": "../elsewhere"}, "results: the text '../elsewhere' cannot be used"),
    ({"results": "/tmp/elsewhere"}, "results: the text '/tmp/elsewhere' cannot be used"),
    (
        {"nodes": 10**12, "families": ["random"]},
        "families: none of their cells is left; random_D2 needs 2.1e8 MiB for 12 points",
    ),
]


@pytest.mark.parametrize(("changes", "line"), FAULTS, ids=[line for _, line in FAULTS])
def test_a_fault_is_one_line_that_names_its_key(changes, line):
    with pytest.raises(studies.ConfigError) as caught:
        lay_out(changes)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"config: {line}")
    # No fault drags others along: what depends on it is not looked at.
    assert len({entry.split(":")[1] for entry in lines}) == 1


def test_all_faults_are_told_at_once():
    changes = {"modulus": 6, "nodes": 0, "samplers": ["fftt"], "seeds": 1}
    with pytest.raises(studies.ConfigError) as caught:
        lay_out(changes)
    told = [line.split(": ")[1] for line in str(caught.value).splitlines()]
    assert sorted(told) == ["modulus", "nodes", "samplers[0]", "seeds"]


def reasons(study):
    """Return why cells and jobs of questions are left out, by their name."""
    cells = {cell.name: reason for cell, reason in study.absent}
    jobs = {
        f"{name}, {row.get('family', '')} {row.get('dimension', '')}": row["reason"]
        for name, question in load_experiments().items()
        for row in question.left_out_rows(study.config)
    }
    return cells | jobs


def test_an_activation_by_its_values_leaves_out_what_has_another_modulus():
    study = lay_out({"activation": [0, 1, 3, 1, 0]})
    assert {cell.modulus for cell in study.cells.values()} == {5}
    left = reasons(study)
    for name in ("line_D1", "better_tickets, line 1"):
        assert left[name] == "has 127 residues; the activation has 5 values"
    assert left["digits_D64"] == "has 17 residues; the activation has 5 values"
    # A family of another modulus alone, and with it no question of the study's own modulus.
    digits = lay_out({"activation": [*range(17)], "families": ["digits"]})
    assert set(digits.cells) == {"digits_D64"}
    assert reasons(digits)["oracle,  4"] == "has 5 residues; the activation has 17 values"
    assert not load_experiments()["oracle"].planned(digits.config)


@pytest.mark.parametrize("modulus", [3, 11, 101, 65521])
def test_what_does_not_fit_at_another_modulus_is_left_out_with_its_reason(modulus):
    study = lay_out({"modulus": modulus})
    assert study.cells
    assert all(reason and "\n" not in reason for reason in reasons(study).values())


def test_samplers_that_fit_nowhere_are_left_out_with_their_reasons():
    study = lay_out({"samplers": ["enumeration", "fft"], "families": ["digits"]})
    (cell,) = study.cells.values()
    assert study.drawn(cell) == []
    assert all("budget.memory_mib" in ticket.reason for ticket in study.tickets(cell))


def test_numbers_of_points_beyond_any_float_are_left_out():
    left = reasons(lay_out({"generalization": {"dimensions": [1000]}}))
    assert "needs 9.0e695 MiB for 9.3e698 points" in left["generalization,  1000"]
    left = reasons(lay_out({"better_tickets": {"grid_dimension": 10**6}}))
    assert "budget.memory_mib is 2048" in left["better_tickets, grid 1000000"]
    left = reasons(lay_out({"timing": {"dimension": {"dimensions": [3]}}}))
    assert left["timings,  3"] == "Z_5^3 has fewer than the 200 points asked for"


@pytest.mark.parametrize("key", DEFAULT)
def test_a_missing_key_is_named(key):
    config = {name: value for name, value in DEFAULT.items() if name != key}
    with pytest.raises(studies.ConfigError, match=f"^config: {key}: missing; it must be "):
        studies.make_study(config)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(sorted(DEFAULT)),
)
def test_no_value_of_any_key_ends_in_another_error(value, key):
    config = merged(DEFAULT, {"dimensions": [4], "families": ["random"]}) | {key: value}
    try:
        studies.make_study(config)
    except studies.ConfigError as error:
        assert all(line.startswith("config: ") for line in str(error).splitlines())


@pytest.mark.parametrize("preset", sorted((ROOT / "workflow/presets").glob("*.yaml")), ids=str)
def test_presets_are_valid(preset):
    changes = yaml.safe_load(preset.read_text())
    study = lay_out(changes)
    assert study.cells
    # A preset must not write over the default study.
    assert changes["results"] != DEFAULT["results"]
    assert changes["figures_folder"] != DEFAULT["figures_folder"]


@pytest.mark.parametrize(
    ("questions", "stages"),
    [
        (DEFAULT["questions"], "datasets tickets risks timings experiments claims figures"),
        (["fidelity"], "experiments figures"),
        (["risks"], "datasets tickets risks figures"),
        (["timings", "fidelity"], "timings experiments figures"),
        (["risks", "timings", "paper_points"], "datasets tickets risks timings figures"),
    ],
)
def test_a_study_has_the_stages_of_its_questions(questions, stages):
    study = studies.Study(DEFAULT | {"questions": questions}, {}, ())
    assert study.stages == tuple(stages.split())


def test_the_extended_study_shows_all_that_it_asks():
    changes = yaml.safe_load((ROOT / "workflow/presets/extended.yaml").read_text())
    shown = {table for name in changes["figures"] for table in studies.load_figures()[name].tables}
    assert shown == {*changes["questions"]}
    assert changes["figures_folder"] == "figures/extended"


def test_the_default_study_stays_small_and_covers_what_it_must():
    study = lay_out()
    tickets = sum(len(study.drawn(cell)) for cell in study.cells.values())
    asked = [load_experiments()[name] for name in DEFAULT["questions"]]
    questions = [question.planned(DEFAULT) for question in asked]
    measured = sum(len(planned) + 1 for planned in questions)
    # Datasets, tickets, risks; questions with their tables; figures; verdicts and records.
    jobs = tickets + 2 * len(study.cells) + measured + len(FIGURES) + 10
    assert jobs < 300
    for name in ("grid_D5", "random_D256", "subspace_D8", "line_D1", "digits_D64"):
        assert name in study.cells
    for dimension in range(2, 9):
        drawn = study.drawn(study.cells[f"random_D{dimension}"])
        assert [ticket.sampler for ticket in drawn] == DEFAULT["samplers"]
    assert [cell.family for cell, _ in study.absent] == ["grid"] * 9


def test_every_key_of_the_default_study_is_explained():
    lines = (ROOT / "config.yaml").read_text().splitlines()
    told = False
    for line in lines:
        words = line.strip()
        if words.startswith("#"):
            told = True
        elif not words:
            told = False
        elif ":" in words:
            # One comment may explain the keys right below it.
            assert told, f"no comment above {words!r}"


class TestBudget:
    def test_a_sampler_beyond_the_memory_is_left_out_with_the_reason(self):
        study = lay_out()
        tickets = {ticket.sampler: ticket for ticket in study.tickets(study.cells["random_D12"])}
        assert tickets["fft"].nodes == ()
        assert tickets["fft"].skipped == (64,)
        assert "budget.memory_mib is 2048" in tickets["fft"].reason
        assert tickets["spectral"].nodes == (64,)

    @pytest.mark.parametrize(("allowed", "fits"), [(64 * 200**2, True), (64 * 200**2 - 1, False)])
    def test_rejection_stops_where_a_ticket_exceeds_its_evaluations(self, allowed, fits):
        study = lay_out({"budget": {"ticket_evaluations": allowed}})
        tickets = {ticket.sampler: ticket for ticket in study.tickets(study.cells["random_D12"])}
        assert bool(tickets["rejection"].nodes) == fits
        assert bool(tickets["rejection"].reason) != fits

    def test_rejection_draws_smaller_tickets_where_the_largest_is_too_much(self):
        study = lay_out()
        tickets = {ticket.sampler: ticket for ticket in study.tickets(study.cells["digits_D64"])}
        assert tickets["rejection"].nodes == (16, 32, 64, 128)
        assert tickets["rejection"].skipped == (256, 384, 480, 512, 1024)
        assert "budget.ticket_evaluations" in tickets["rejection"].reason

    def test_rejection_draws_fewer_tickets_within_the_evaluations_of_a_cell(self):
        one_each = 3 * 20 * 64 * 200**2
        for allowed, draws in ((8 * one_each, 8), (5 * one_each + 1, 5), (1, 1)):
            study = lay_out({"budget": {"cell_evaluations": allowed}})
            drawn = {ticket.sampler: ticket for ticket in study.drawn(study.cells["random_D12"])}
            assert drawn["rejection"].draws == draws
            assert drawn["spectral"].draws == 8

    def test_enumeration_stops_where_its_table_takes_too_much_work(self):
        study = lay_out({"budget": {"table_evaluations": 5**7 * 200}})
        for dimension, fits in ((7, True), (8, False)):
            drawn = study.drawn(study.cells[f"random_D{dimension}"])
            assert ("enumeration" in [ticket.sampler for ticket in drawn]) == fits

    def test_the_circuit_is_simulated_only_where_its_amplitudes_fit(self):
        samplers = {"samplers": [*DEFAULT["samplers"], "circuit"]}
        study = lay_out(samplers | {"budget": {"memory_mib": 100_000}})
        for dimension, fits in ((8, True), (12, False)):
            tickets = study.tickets(study.cells[f"random_D{dimension}"])
            (circuit,) = (ticket for ticket in tickets if ticket.sampler == "circuit")
            assert bool(circuit.nodes) == fits
            assert fits or "amplitudes; at most 4,194,304" in circuit.reason


class TestSeeds:
    def test_seeds_are_known_numbers(self):
        # Fixed for ever: results of earlier runs must stay reproducible.
        assert seed(20260513, "dataset", "grid", 2, "sines", 0) == 8104024673882025
        assert seed(20260513, "dataset", "grid", 2, "sines", 1) == 6223493072279433

    @given(st.lists(st.text() | st.integers(), max_size=4), st.integers(0, 2**53 - 1))
    def test_seeds_fit_a_column_of_floats(self, names, start):
        number = seed(start, *names)
        assert 0 <= number < 2**53
        assert int(float(number)) == number

    def test_names_are_kept_apart(self):
        names = [("ab", "c"), ("a", "bc"), ("abc",), ("a", "b", "c"), (1, "1"), ("1", 1), (11,)]
        assert len({seed(0, *parts) for parts in names}) == len(names)

    def test_a_further_sampler_dimension_or_replicate_changes_no_other_settings(self):
        small = lay_out({"dimensions": [4, 8], "samplers": ["uniform", "spectral"]})
        large = lay_out({"dimensions": [2, 8, 5, 4], "targets": DEFAULT["targets"]})
        for name, cell in small.cells.items():
            assert small.dataset_settings(cell) == large.dataset_settings(large.cells[name])
            for sampler in ("uniform", "spectral"):
                settings = small.ticket_settings(cell, sampler)
                assert settings == large.ticket_settings(large.cells[name], sampler)


def test_modules_are_followed_through_imports():
    found = library_files("scripts/draw_tickets.py", source="src")
    names = {path.removeprefix("src/winning_tickets/") for path in found}
    assert {"problem.py", "field.py", "records/files.py", "samplers/base.py", "tickets.py"} <= names
    # A name that a registry offers comes from where it is defined.
    assert "samplers/making.py" in names
    # The registry imports every sampler; it must not make each a dependency of all.
    assert not {"samplers/__init__.py", "samplers/spectral.py", "study/plan.py"} & names
    spectral = library_files("src/winning_tickets/samplers/spectral.py", source="src")
    # Found although it is imported inside a function.
    assert "src/winning_tickets/samplers/walk_numba.py" in spectral
