"""The summary of better tickets: every way apart, and the control of uniform candidates."""

import numpy as np
import pandas as pd
import pytest

from tests.experiments.better_tickets.small import table
from winning_tickets.experiments.better_tickets.summary import (
    comparison_summary,
    control_summary,
)


def made_up(spectral_risk, *, replicates=6):
    """Uniform candidates: c seconds and risk 1 / c; those from p* take twice as long."""
    rows = []
    for sampler, pace in (("uniform", 1.0), ("spectral", 2.0)):
        for factor in (2, 4, 8, 16):
            for replicate in range(replicates):
                own = 1 + 0.1 * np.cos(replicate)
                risk = own * (spectral_risk(factor) if sampler == "spectral" else 1 / factor)
                rows.append(
                    {
                        "family": "random",
                        "target": "labels",
                        "dimension": 12,
                        "modulus": 5,
                        "points": 200,
                        "way": "greedy",
                        "sampler": sampler,
                        "nodes": 64,
                        "candidates": factor,
                        "kept_nodes": 64,
                        "replicate": replicate,
                        "relative_risk": risk,
                        "test_risk": np.nan,
                        "draw_seconds": 0.5 * pace * factor,
                        "select_seconds": 0.5 * pace * factor,
                        "status": "ok",
                    }
                )
    return pd.DataFrame(rows)


def test_the_control_is_read_off_at_as_many_candidates_and_at_the_same_seconds():
    found = control_summary(made_up(lambda c: 1 / (4 * c)), 64)
    at_four = found[found["candidates"] == 4].set_index("control")
    assert at_four["control_candidates"].tolist() == pytest.approx([4, 8])
    assert at_four["ratio"].tolist() == pytest.approx([0.25, 0.5])
    assert set(at_four["verdict"]) == {"lower"}


@pytest.mark.parametrize(
    ("risk", "verdict"),
    [
        (lambda c: 1 / c, "no difference"),
        (lambda c: 2 / c, "higher"),
        (lambda c: 0.0, "lower"),
    ],
)
def test_uniform_candidates_posing_as_optimized_flip_the_verdict(risk, verdict):
    found = control_summary(made_up(risk), 64)
    same = found[(found["control"] == "candidates") & (found["candidates"] == 8)]
    assert same["verdict"].tolist() == [verdict]


def test_exact_fits_on_both_sides_have_no_ratio():
    table = made_up(lambda c: 0.0).assign(relative_risk=0.0)
    found = control_summary(table, 64)
    assert set(found["verdict"]) == {"both exact"}
    assert found["ratio"].isna().all()


def test_comparison_summary_keeps_every_way_apart():
    summary = comparison_summary(table())
    assert not summary.duplicated(["family", "way", "sampler", "nodes", "candidates"]).any()
    assert (summary["relative_risk_low"] <= summary["relative_risk"]).all()
