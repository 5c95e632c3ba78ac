"""Peers as they are measured: the same rows for all, repeats, a package that is missing."""

from importlib.util import find_spec

import numpy as np
import pytest

from tests.experiments.peers.small import COLUMNS, measured, table
from winning_tickets.experiments.peers import measure as peers
from winning_tickets.experiments.peers.data import SOURCES
from winning_tickets.experiments.peers.measure import split_rows
from winning_tickets.experiments.peers.methods import LINES, PEERS

SECONDS = ["choose_seconds", "fit_seconds"]


def test_every_peer_has_a_row_of_every_split():
    found = table()
    assert tuple(found.columns) == COLUMNS
    installed = [name for name, peer in PEERS.items() if not peer.needs or find_spec(peer.needs)]
    measured_rows = found[found["status"] == "ok"]
    for _, rows in measured_rows.groupby(["data", "split"]):
        assert sorted(rows["peer"]) == sorted([*installed, *LINES])
    assert (measured_rows[SECONDS] >= 0).all(axis=None)
    nodes = measured_rows[measured_rows["nodes"] > 0]
    assert (nodes["kept_nodes"] <= nodes["nodes"]).all()
    # What is tuned cannot fit the training rows better than least squares.
    assert (nodes["train_risk_plain"] <= nodes["train_risk"] + 1e-6).all()


def test_rows_repeat_exactly_whatever_else_is_measured(monkeypatch):
    monkeypatch.setattr(
        "winning_tickets.experiments.peers.methods.PEERS",
        {name: PEERS[name] for name in ("prior", "rbf", "pruned")},
    )
    again = measured(nodes=(4, 8), splits=1)
    again = again[again["nodes"] == 8].set_index("peer")["test_risk"]
    first = table().query("data == 'grid_sines' and split == 0 and nodes == 8")
    expected = first.set_index("peer")["test_risk"]
    # The wide network is trained once for all N: with the stream of the first.
    for name in ("prior", "rbf"):
        assert again[name] == pytest.approx(expected[name], rel=1e-6)


def test_the_paper_learns_waves_on_a_grid_and_the_prior_learns_tables():
    means = table().groupby(["data", "peer"])["test_risk"].mean()
    assert means["wine", "prior"] < 0.5 < 0.9 < means["wine", "optimized"]
    assert means["grid_sines", "optimized"] < 0.5 < means["grid_sines", "rbf"]


@pytest.mark.parametrize("name", SOURCES)
def test_training_and_test_rows_are_apart_and_scaled_by_the_former(name):
    source = SOURCES[name]
    train, test = split_rows(source, np.random.default_rng(1))
    assert len(train.values) == source.train < source.train + len(test.values)
    np.testing.assert_allclose(train.values.mean(axis=0), 0, atol=1e-9 * np.ptp(train.values))
    varied = np.ptp(train.rows.raw, axis=0) > 0
    np.testing.assert_allclose(train.rows.standard[:, varied].std(axis=0), 1)
    assert train.rows.positions.max() <= train.rows.modulus - 1
    again, _ = split_rows(source, np.random.default_rng(1))
    assert (again.rows.raw == train.rows.raw).all()


def test_without_its_package_a_peer_says_so(monkeypatch):
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    monkeypatch.setattr("winning_tickets.experiments.peers.methods.PEERS", {"swim": PEERS["swim"]})
    rows = measured(splits=1).query("peer == 'swim'")
    assert set(rows["status"]) == {"skipped"}
    assert rows["reason"].str.contains("swimnetworks is not installed").all()


def test_labels_held_back_do_not_choose_the_features():
    """A peer that learns the labels by heart: with leaking folds any penalty would look good."""
    from winning_tickets.experiments.peers.measure import _folds
    from winning_tickets.experiments.peers.methods.base import Examples, Peer

    seen = []

    class Heart(Peer):
        name = label = "heart"

        def choose(self, data, option, nodes, rng):
            seen.append(len(data.values))
            return lambda rows: rows.standard

    train, _ = split_rows(SOURCES["grid_labels"], np.random.default_rng(1))
    rng = np.random.default_rng(2)
    Heart().fit(train, _folds(train, rng), 4, rng)
    assert seen == [250] * 6 + [375]
    assert isinstance(train, Examples)
