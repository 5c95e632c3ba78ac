"""The question `own_tables`: from a file to risks and their figure."""

import dataclasses

import msgspec
import numpy as np
import pandas as pd
import pytest

from tests.experiments.own_tables.small import table
from tests.experiments.test_plans import asked_for
from tests.plotting.checks import assert_readable, caption
from tests.study.test_plan import DEFAULT, merged
from tests.tables import SETTINGS, risk_table
from winning_tickets.experiments import load_experiments
from winning_tickets.experiments.own_tables import figure
from winning_tickets.experiments.own_tables.measure import COLUMNS, Settings, measure
from winning_tickets.study import make_study


@pytest.fixture
def config(tmp_path):
    """Return a study of one table: a smooth function of one column, a category and noise."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((160, 3)), columns=["x", "z", "noise"])
    frame["kind"] = rng.choice(["a", "b"], 160)
    frame["y"] = np.sin(5 * frame["x"]) + (frame["kind"] == "a")
    frame.to_csv(tmp_path / "my.csv", index=False)
    entry = {"kind": "table", "path": str(tmp_path / "my.csv"), "target": "y"}
    return merged(DEFAULT, {"families": [entry | {"nodes": [16], "replicates": 2}]})


def test_tickets_with_the_smooth_prior_generalize_beyond_a_straight_line(config):
    planned = load_experiments()["own_tables"].planned(config)
    assert [*planned] == ["table_my"]
    settings = msgspec.json.decode(msgspec.json.encode(planned["table_my"]), type=Settings)
    assert settings == planned["table_my"]
    rows = pd.DataFrame(measure(settings), columns=COLUMNS)
    assert len(rows) == 2 * 3
    test = rows.groupby("sampler")["test_risk"].mean()
    assert test["smooth"] < 0.1 < test["line"]
    assert test["smooth_greedy"] < 0.1
    assert (rows["points"] == 120).all()
    again = pd.DataFrame(measure(settings), columns=COLUMNS)
    pd.testing.assert_frame_equal(rows, again)
    other = dataclasses.replace(settings, seed=settings.seed + 1)
    assert not rows.equals(pd.DataFrame(measure(other), columns=COLUMNS))


def test_it_names_the_samplers_that_it_asks_for(config, monkeypatch):
    question = load_experiments()["own_tables"]
    settings = question.planned(config)["table_my"]
    asked, families = asked_for(monkeypatch, "own_tables", settings)
    assert (asked, families) == ({*question.samplers}, set())


def test_its_figure_knows_the_tables_of_the_study(config):
    facts = make_study(config | {"figures": ["own_tables"]}).figure_settings("own_tables")
    assert facts["tables"] == ["table_my"]
    assert facts["families"]["table_my"] == {"label": "my", "single": True, "sparse": True}
    risks = risk_table()
    own = risks[risks["family"] == "digits"].assign(family="table_my", nodes=16, target="y")
    own = own.assign(dimension=5, modulus=61, points=300)
    picture, rows = figure.draw({"risks": own, "own_tables": table()}, SETTINGS | facts)
    assert_readable(picture)
    assert "smooth prior is ours, not the paper's" in caption(picture)
    assert [axis.get_title() for axis in picture.axes] == ["my: training rows", "my: test rows"]
    assert set(rows["measure"]) == {"relative_risk", "test_risk"}
    assert {"spectral", "smooth", "smooth_greedy", "line"} <= set(rows["sampler"])
