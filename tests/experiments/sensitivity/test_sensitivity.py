"""All verdicts under other seeds and readings: planned, judged by the study's judges, told."""

import pandas as pd
import pytest

from tests.experiments.sensitivity import small
from winning_tickets import make_sampler
from winning_tickets.claims.verdicts import NOT_REPRODUCED, NOT_TESTABLE, REPRODUCED
from winning_tickets.experiments.sensitivity import measure as measuring
from winning_tickets.experiments.sensitivity import readings
from winning_tickets.experiments.sensitivity.plan import EXPERIMENT, least_dimension
from winning_tickets.experiments.sensitivity.summary import with_flips
from winning_tickets.families.random import Random
from winning_tickets.study.cells import lay_out
from winning_tickets.study.plan import Study

LIKE_THE_STUDY = ["S1", "S2", "S3", "O1"]


class TestPlan:
    def test_scenarios_differ_from_the_default_in_one_thing_each(self):
        planned = EXPERIMENT.planned(small.DEFAULT)
        default = planned["default"]
        assert len({job.seed for job in planned.values()}) == 5
        for name, job in planned.items():
            differs = [
                getattr(job, part) != getattr(default, part)
                for part in ("seed", "modulus", "activation", "reading")
            ]
            assert sum(differs) == (name != "default"), name

    def test_data_and_tickets_are_named_as_in_the_study(self):
        """So the default draws the data sets of the study's own cells."""
        study = Study(small.DEFAULT, {}, ())
        own = {(cell.family, cell.dimension): cell for cell, _ in lay_out(small.DEFAULT)}
        cells = EXPERIMENT.planned(small.DEFAULT)["default"].cells
        assert len(cells) == 7
        for cell in cells:
            same = study.dataset_settings(own[cell.datasets.family, cell.datasets.dimension])
            assert cell.datasets == same
            for ticket in cell.tickets:
                assert ticket.seed == small.DEFAULT["seed"]

    @pytest.mark.parametrize("modulus", [3, 5, 7, 11])
    def test_domains_are_as_large_at_every_modulus(self, modulus):
        cells = EXPERIMENT.planned({**small.DEFAULT, "modulus": 5})
        job = cells["default" if modulus == 5 else f"modulus_{modulus}"]
        domains = [modulus**c.datasets.dimension for c in job.cells if c.risks.family == "random"]
        assert all(5**5.4 < domain < 5**8.5 for domain in domains)
        assert all(100 <= cell.risks.points <= 400 for cell in job.cells)

    def test_what_a_reading_cannot_have_is_left_out_with_its_reason(self):
        left = EXPERIMENT.left_out_rows({**small.DEFAULT, "activation": "sine"})
        assert [row["scenario"] for row in left] == ["r at v = 2"]
        assert "no part at the frequency 2" in left[0]["reason"]
        values = [0.0, 1.0, 0.0, 2.0, 5.0]
        left = EXPERIMENT.left_out_rows({**small.DEFAULT, "activation": values})
        assert [row["scenario"] for row in left] == ["P = 3", "P = 7", "P = 11"]

    def test_wrong_moduli_and_activations_are_faults(self):
        own = small.DEFAULT["sensitivity"] | {"moduli": [4], "activations": ["relo"]}
        first, second = EXPERIMENT.faults({**small.DEFAULT, "sensitivity": own})
        assert first.startswith("sensitivity.moduli[0]: ") and "prime" in first
        assert second.startswith("sensitivity.activations") and "relu" in second

    def test_the_smallest_dimension_holds_the_points(self):
        assert [least_dimension(5, points) for points in (1, 5, 6, 125, 126)] == [1, 1, 2, 3, 4]


class TestVerdicts:
    def test_every_claim_has_one_in_every_scenario(self):
        claims = small.table().groupby("scenario", sort=False)["claim"].agg(list)
        assert [len(found) for found in claims] == [10, 10, 10]
        assert small.table()["reason"].str.len().gt(0).all()

    def test_what_is_exact_holds_even_where_all_is_small(self):
        found = small.table().query("scenario == 'default'").set_index("claim")["verdict"]
        assert (found[LIKE_THE_STUDY] == REPRODUCED).all()

    def test_seconds_have_no_answer_and_say_so(self):
        found = small.table().query("scenario == 'default'").set_index("claim")
        assert found.loc["S7", "verdict"] == NOT_TESTABLE
        told = found.loc[["S2", "S4", "S7"], "reason"]
        assert told.str.contains("seconds are judged by the study alone").all()
        assert found.loc["S2", "part"].endswith("array entries per unit of D")

    def test_a_circuit_has_no_answer_where_nodes_are_not_drawn_by_squares(self):
        found = small.table().query("claim == 'S3'").set_index("scenario")["verdict"]
        assert found["|w*|"] == NOT_TESTABLE and found["r at v = 1"] == REPRODUCED

    def test_weights_of_another_ridgelet_function_are_not_the_optimum(self):
        found = with_flips(small.table()).set_index(["scenario", "claim"])
        row = found.loc["r at v = 1", "S1"]
        assert row["verdict"] == NOT_REPRODUCED and row["flips"] and row["value"] > 0.1

    def test_uniform_nodes_passed_off_as_optimized_flip_verdicts(self, monkeypatch):
        honest = small.table().query("scenario == 'default'")

        def planted(name, problem, **options):
            return make_sampler("uniform" if name == "spectral" else name, problem)

        monkeypatch.setattr(readings, "make_sampler", planted)
        false = small.verdicts("default").assign(scenario="planted")
        found = with_flips(pd.concat([honest, false])).set_index(["scenario", "claim"])
        row = found.loc["planted", "O1"]
        assert row["verdict"] == NOT_REPRODUCED and row["flips"]
        assert found.loc["planted", "S6"]["value"] < 1.2
        assert found.loc["planted", "S6"]["kappa"] < 1.4

    def test_tables_are_judged_by_the_studys_judges(self, monkeypatch):
        asked = []

        def judge(declared, tables, settings):
            asked.append([claim["id"] for claim in declared])
            raise RuntimeError

        monkeypatch.setattr(measuring, "judge_claims", judge)
        monkeypatch.setattr(measuring, "measure_tables", lambda settings: {})
        with pytest.raises(RuntimeError):
            list(measuring.measure(small.planned()["default"]))
        assert asked == [["S1", "S2", "S3", "S4", "S5", "S6", "S7", "O1", "O2", "F1"]]

    def test_counts_are_those_that_the_study_takes(self):
        tables = measuring.measure_tables(small.planned()["default"])
        counted = tables["timings"]
        entries = counted[counted["sampler"] == "enumeration"].drop_duplicates("dimension")
        assert (entries["array_entries"] == 5 ** (entries["dimension"] + 1)).all()
        assert counted[["prepare_seconds", "draw_seconds"]].isna().all(axis=None)
        assert set(tables["risks"]["family"]) == {"grid", Random.name, "subspace"}


class TestFlips:
    def test_a_flip_needs_two_verdicts(self):
        said = {"S1": (REPRODUCED, "partly"), "S2": (REPRODUCED, NOT_TESTABLE)}
        said |= {"S3": (NOT_TESTABLE, REPRODUCED), "S4": ("partly", "partly")}
        made = [
            {"scenario": scenario, "claim": claim, "verdict": pair[place], "status": "ok"}
            for place, scenario in enumerate(("default", "other"))
            for claim, pair in said.items()
        ]
        left = {"scenario": "P = 3", "claim": None, "verdict": None, "status": "skipped"}
        found = with_flips(pd.DataFrame([*made, left]))
        assert found["flips"].tolist() == [False] * 4 + [True] + [False] * 3
