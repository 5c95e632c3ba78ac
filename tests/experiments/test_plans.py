"""Every question: its jobs, typed settings, what is left out, what it asks for by name."""

import dataclasses
import json
import subprocess
import sys
from importlib import import_module

import msgspec
import pytest

from tests.study.test_plan import DEFAULT, merged
from winning_tickets.experiments import NAMES, SPINE, load_experiments
from winning_tickets.experiments.peers.data import SOURCES
from winning_tickets.families import FAMILIES
from winning_tickets.samplers import making
from winning_tickets.study import compose_schema, make_study

QUESTIONS = [name for name in NAMES if name not in SPINE]

# The smallest configuration in which every question has a job.
TINY = {
    "random": {"points": 20},
    "timing": {
        "nodes": 4,
        "least_seconds": 0.0,
        "dimension": {"points": 20, "dimensions": [3]},
        "second": {"dimensions": [4]},
        "points": {"dimension": 3, "points": [20]},
        "proportional": {"dimensions_per_point": 1, "dimensions": [8]},
        "structured": {"dimensions": [4], "proportional": [8]},
    },
    "oracle": {"dimensions": [4], "modes": 1, "products": 0, "points": 50, "nodes": 4},
    "circuit": {"dimensions": [1, 2], "points": 5},
    "generalization": {"dimensions": [3], "shares": [0.4], "nodes": 4, "targets": ["sine"]},
    "threshold_sweep": {"targets": ["sines"], "nodes": 4, "dimension": 4, "grid_dimension": 2},
    "better_tickets": {
        "targets": ["sines"],
        "families": ["grid", "random", "line"],
        "dimension": 4,
        "grid_dimension": 2,
        "points": 20,
        "nodes": 4,
        "candidates": [2],
        "sweep": [2],
    },
    "pruning": {
        "families": ["grid", "random"],
        "targets": ["labels"],
        "dimension": 3,
        "grid_dimension": 2,
        "points": 20,
        "nodes": [4],
        "factor": 2,
    },
    "peers": {"data": ["wave", "grid_labels"], "nodes": [4], "splits": 1},
    "noise": {
        "dimension": 3,
        "noises": [1.0],
        "shares": [0.6],
        "nodes": 8,
        "tickets": 2,
        "replicates": 1,
    },
    "heavy_budget": {"dimension": 3, "modes": 4, "thresholds": [0.2], "replicates": 1},
    "capped": {
        "families": ["grid", "random"],
        "targets": ["labels"],
        "dimensions": [3],
        "grid_dimensions": [2],
        "points": [20],
        "caps": [5],
        "nodes": 4,
        "replicates": 1,
    },
    "prior": {"data": ["grid_sines", "mode"], "widths": [1.3], "nodes": 8, "splits": 1},
    "sensitivity": {
        "seeds": [1],
        "activations": ["sine"],
        "moduli": [3],
        "harmonics": [1],
        "dimensions": [3],
        "counted": [8],
        "replicates": 1,
        "draws": 1,
    },
    "identities": {
        "solutions": [DEFAULT["identities"]["solutions"][0]],
        "distributions": [DEFAULT["identities"]["distributions"][2]],
        "draws": 50,
    },
    "fidelity": {"draws": [20], "replicates": 1},
}
for part in ("oracle", "generalization", "threshold_sweep", "better_tickets", "pruning"):
    TINY[part]["replicates"] = 1
CONFIG = merged(DEFAULT, TINY)


def jobs(config=CONFIG):
    """Return name, job and settings of every job of every question."""
    return [
        (name, job, settings)
        for name, question in load_experiments().items()
        for job, settings in question.planned(config).items()
    ]


def left_out(**changes):
    """Return the reasons for the jobs that a change of the default leaves out, by question."""
    config = merged(DEFAULT, changes)
    make_study(config)
    return {
        name: reasons
        for name, question in load_experiments().items()
        if (reasons := [row["reason"] for row in question.left_out_rows(config)])
    }


def test_the_default_study_has_these_jobs_and_leaves_none_out():
    expected = {
        "oracle": ["D4", "D5", "D6", "D7", "D8", "D16", "D32", "D64"],
        "circuit": ["counts"],
        "circuit_diagram": ["gates"],
        "generalization": ["grid_D4", "grid_D5", "grid_D6"],
        "threshold_sweep": ["grid_D4", "random_D12"],
        "better_tickets": ["grid_D4", "random_D12", "subspace_D12", "line_D1", "digits_D64"],
        "pruning": ["grid_D4", "random_D8", "subspace_D8"],
        "peers": [*SOURCES],
        "noise": ["grid_D4"],
        "heavy_budget": ["D4"],
        "capped": [
            *(
                f"random_D{dimension}_M{points}"
                for dimension in (6, 8, 64)
                for points in (50, 200, 800)
            ),
            *(f"subspace_D{dimension}_M125" for dimension in (6, 8, 64)),
            *("grid_D3_M125", "grid_D4_M625", "grid_D5_M3125"),
        ],
        "prior": ["friedman1", "sparse", "grid_sines", "random_sines", "mode"],
        "sensitivity": [
            "default",
            *(f"seed_{seed}" for seed in (1, 2, 3, 4)),
            *(f"activation_{name}" for name in ("tanh", "sign", "sine", "gaussian")),
            *(f"modulus_{modulus}" for modulus in (3, 7, 11)),
            *("absolute", "soft_1", "harmonic_1", "harmonic_2"),
        ],
        "identities": ["checks"],
        "fidelity": ["random_D3_labels", "grid_D2_sines"],
        "own_tables": [],
    }
    found = {name: [*load_experiments()[name].planned(DEFAULT)] for name in QUESTIONS}
    assert found == expected
    assert left_out() == {}
    digits = load_experiments()["better_tickets"].planned(DEFAULT)["digits_D64"]
    assert digits.problem.modulus == 17


@pytest.mark.parametrize(("name", "job", "settings"), jobs(), ids=lambda part: str(part)[:20])
class TestSettings:
    def test_what_a_job_is_given_is_what_was_planned(self, name, job, settings):
        """Through the text that Snakemake hands over, to the type that the measure takes."""
        taken = import_module(f"winning_tickets.experiments.{name}.measure").Settings
        text = msgspec.json.encode(settings)
        found = msgspec.json.decode(text, type=taken)
        assert type(settings) is taken is type(found)
        assert msgspec.json.encode(found) == text

    def test_a_missing_or_misspelt_setting_is_an_error(self, name, job, settings):
        values = json.loads(msgspec.json.encode(settings))
        for field in dataclasses.fields(settings):
            others = {key: value for key, value in values.items() if key != field.name}
            with pytest.raises(msgspec.ValidationError, match=field.name):
                msgspec.json.decode(json.dumps(others | {field.name + "s": 1}), type=type(settings))


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_called_by_one_name(name):
    question = load_experiments()[name]
    assert question.name == name
    assert question.schema is None or (question.key or name) in compose_schema()["properties"]
    for figure in question.figures.values():
        assert set(figure.tables) <= {*NAMES}
        import_module(f"winning_tickets.experiments.{name}.{figure.module}").draw  # noqa: B018


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_left_out_has_columns_for_its_reason(name):
    columns = load_experiments()[name].columns
    assert len(set(columns)) == len(columns)
    # What the identities are is declared case by case, at moduli of its own.
    assert name == "identities" or {"status", "reason"} <= {*columns}
    for row in load_experiments()[name].left_out_rows(merged(DEFAULT, {"modulus": 101})):
        assert row.keys() <= {*columns}


@pytest.mark.parametrize(
    ("changes", "question", "reason"),
    [
        ({"generalization": {"dimensions": [12]}}, "generalization", "budget.memory_mib"),
        ({"generalization": {"dimensions": [2]}}, "generalization", "twice the nodes"),
        ({"threshold_sweep": {"grid_dimension": 12}}, "threshold_sweep", "budget.memory_mib"),
        ({"better_tickets": {"dimension": 3, "points": 126}}, "better_tickets", "has fewer than"),
        (
            {"better_tickets": {"families": ["digits"], "nodes": 10_000}},
            "better_tickets",
            "budget.memory_mib is 2048",
        ),
        ({"capped": {"grid_dimensions": [3, 12]}}, "capped", "budget.memory_mib is 2048"),
        ({"capped": {"points": [50, 20_000]}}, "capped", "has fewer than the 20000 points"),
        ({"oracle": {"dimensions": [1, 8]}}, "oracle", "too few frequencies for 4 modes"),
        (
            {"fidelity": {"cells": [{**DEFAULT["fidelity"]["cells"][1], "dimension": 9}]}},
            "fidelity",
            "at most 1,000,000 are written out",
        ),
    ],
)
def test_what_does_not_fit_is_left_out_with_its_reason(changes, question, reason):
    found = left_out(**changes)
    assert [*found] == [question]
    assert len(found[question]) == 1 and reason in found[question][0]


class Recorder(dict):
    """A registry that remembers which names were asked for."""

    def __init__(self, registry):
        super().__init__(registry)
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)


def asked_for(monkeypatch, name, settings):
    """Run a job and return the samplers and the families that it asked for by name."""
    samplers, families = set(), Recorder(FAMILIES)
    original = making._find

    def find(sampler, problem):
        samplers.add(sampler)
        return original(sampler, problem)

    monkeypatch.setattr(making, "_find", find)
    monkeypatch.setattr("winning_tickets.families.FAMILIES", families)
    module = import_module(f"winning_tickets.experiments.{name}.measure")
    assert list(module.measure(settings))
    return samplers, families.asked


class TestNames:
    """A sampler or family asked for by name is no import: rules must list it (see common.smk)."""

    # Without a table there is no job of own_tables; its tests beside it have one.
    @pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "own_tables"])
    def test_a_question_lists_what_it_asks_for(self, monkeypatch, name):
        question = load_experiments()[name]
        samplers = set()
        for settings in question.planned(CONFIG).values():
            asked, families = asked_for(monkeypatch, name, settings)
            assert families == {*question.families(settings)}
            samplers |= asked
        # The circuits are built, not drawn from: their module is imported.
        assert samplers == {*question.samplers} - ({"circuit"} if "circuit" in name else set())

    def test_the_times_list_what_they_ask_for(self, monkeypatch):
        question = load_experiments()["timings"]
        (settings,) = question.planned(CONFIG).values()
        planned = {c.sampler for cell in settings.cells for c in cell.contenders if not c.reason}
        module = import_module("winning_tickets.experiments.timings.measure")
        monkeypatch.setattr(module, "measure", lambda settings: module.measure_pass(settings, 0))
        samplers, families = asked_for(monkeypatch, "timings", settings)
        assert samplers == planned == {*CONFIG["samplers"]}
        assert families == {*question.families(settings)}

    def test_a_name_that_is_not_listed_is_seen(self, monkeypatch):
        """The check above can fail: a measure that asks for one more sampler."""
        module = import_module("winning_tickets.experiments.threshold_sweep.measure")
        original = module.make_sampler

        def greedy(name, problem, **options):
            original("fft", problem)
            return original(name, problem, **options)

        monkeypatch.setattr(module, "make_sampler", greedy)
        question = load_experiments()["threshold_sweep"]
        settings = question.planned(CONFIG)["grid_D2"]
        samplers, _ = asked_for(monkeypatch, "threshold_sweep", settings)
        assert samplers - {*question.samplers} == {"fft"}


def test_laying_out_a_study_loads_nothing_that_draws_or_compiles():
    """Every run of Snakemake does it, also one that has nothing to do."""
    code = (
        "import sys, yaml; from winning_tickets.study import make_study;"
        "make_study(yaml.safe_load(open('config.yaml')));"
        "heavy = {'matplotlib', 'seaborn', 'numba', 'pandas', 'sklearn', 'scipy.stats'};"
        "sys.exit(', '.join(heavy & {*sys.modules}) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
