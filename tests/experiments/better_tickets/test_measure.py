"""Better tickets: what every way keeps, exact repeats, examples held back."""

import pandas as pd

from tests.experiments.better_tickets.small import SMALL, measured, table
from winning_tickets.experiments.better_tickets.measure import COLUMNS, split_data

SECONDS = ["draw_seconds", "select_seconds", "fit_seconds"]


def test_the_comparison_repeats_exactly_but_for_its_seconds():
    first = table()
    assert tuple(first.columns) == COLUMNS
    random = first[first["family"] == "random"].reset_index(drop=True)
    pd.testing.assert_frame_equal(random.drop(columns=SECONDS), measured().drop(columns=SECONDS))
    assert (first[SECONDS] >= 0).all(axis=None)


def test_rows_depend_on_their_names_alone():
    """A further number of candidates or replicate changes no other row."""
    part = measured(candidates=(4,), replicates=1)
    both = table().merge(part, on=["dataset_seed", "draw_seed"])
    assert len(both) == len(part)
    assert both["relative_risk_x"].tolist() == both["relative_risk_y"].tolist()


def test_every_way_keeps_what_it_should():
    found = table()
    random = found[found["family"] == "random"]
    greedy = random[random["way"] == "greedy"]
    assert (greedy["drawn_nodes"] == greedy["candidates"] * greedy["nodes"]).all()
    assert (random["kept_nodes"] == random["nodes"]).all()
    assert set(random["points"]) == {40} and set(random["test_points"]) == {10}
    # Twice the largest c, for uniform candidates alone.
    assert set(greedy.loc[greedy["candidates"] == 8, "sampler"]) == {"uniform"}
    mean = random[random["nodes"] == 8].groupby(["way", "sampler", "candidates"])["relative_risk"]
    assert mean.mean()["greedy", "spectral", 4] < 0.5 * mean.mean()["independent", "spectral", 1]


def test_distinct_nodes_are_drawn_until_there_are_enough():
    """One sine on a plane has few nodes with a weight; independent draws repeat them."""
    found = table()
    distinct = found[
        (found["family"] == "grid") & (found["way"] == "distinct") & (found["nodes"] == 8)
    ]
    assert len(distinct)
    assert (distinct["drawn_nodes"] >= distinct["kept_nodes"]).all()
    assert (distinct["drawn_nodes"] <= 4 * 8).all()


def test_training_and_test_examples_are_apart():
    (seen, values), (unseen, others) = split_data(SMALL, "labels", 5, 6)
    assert (len(seen), len(unseen)) == (len(values), len(others)) == (40, 10)
    assert not {*map(bytes, seen)} & {*map(bytes, unseen)}
