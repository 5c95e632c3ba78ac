"""TicketRegressor and TicketClassifier beyond what scikit-learn's own checks look at."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_diabetes, load_wine
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import winning_tickets as wt


@pytest.fixture(scope="module")
def smooth_table():
    """A target of two columns out of five that a smooth prior has to find."""
    rng = np.random.default_rng(0)
    X = rng.random((400, 5))
    return X, np.sin(4 * X[:, 0]) + X[:, 1] ** 2


@pytest.fixture(scope="module")
def mixed_table():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "size": rng.normal(size=200),
            "colour": rng.choice(["red", "green", "blue"], 200),
            "new": rng.random(200) < 0.5,
        }
    )
    y = frame["size"] + 2.0 * (frame["colour"] == "red") - 1.0 * frame["new"]
    return frame, y.rename("price")


def test_the_core_does_not_load_scikit_learn():
    code = "import sys, winning_tickets as wt; assert 'TicketRegressor' in dir(wt); "
    code += "assert not {'sklearn', 'pandas', 'winning_tickets.estimators'} & {*sys.modules}; "
    code += "wt.TicketRegressor; assert 'sklearn' in sys.modules; assert wt.__version__"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="has no attribute 'TicketTransformer'"):
        wt.TicketTransformer  # noqa: B018


def test_a_smooth_prior_generalizes_and_the_uniform_one_memorises(smooth_table):
    X, y = smooth_table
    smooth = wt.TicketRegressor(64, random_state=0).fit(X[:300], y[:300])
    assert smooth.score(X[300:], y[300:]) > 0.99
    memorising = wt.TicketRegressor(64, prior="uniform", random_state=0).fit(X[:300], y[:300])
    assert memorising.score(X[:300], y[:300]) > 0.2
    assert memorising.score(X[300:], y[300:]) < 0.1


def test_greedy_choice_lowers_the_training_risk(smooth_table):
    X, y = smooth_table
    drawn, greedy = (
        wt.TicketRegressor(6, method=method, random_state=0).fit(X, y)
        for method in ("draw", "greedy")
    )
    assert greedy.score(X, y) > drawn.score(X, y)
    assert greedy.n_nodes_ <= 6


def test_no_node_is_constant_and_none_repeats_another_up_to_sign(smooth_table):
    hidden = wt.TicketRegressor(64, random_state=0).fit(*smooth_table).hidden_
    assert hidden.a.any(axis=1).all()
    signs = [np.sign(row[np.flatnonzero(row)[0]]) for row in hidden.a]
    assert all(sign == 1 for sign in signs)
    _, counts = np.unique(hidden.a, axis=0, return_counts=True)
    assert counts.max() <= 2


def test_the_penalty_is_chosen_on_labels_that_did_not_choose_the_nodes():
    # Pure noise: whatever judges nodes by the labels that chose them takes the smallest penalty.
    rng = np.random.default_rng(3)
    X, y = rng.random((120, 6)), rng.normal(size=120)
    ticket = wt.TicketRegressor(64, random_state=0).fit(X, y)
    assert ticket.score(rng.random((2000, 6)), rng.normal(size=2000)) > -0.15


def test_frames_with_text_and_truth_values_are_learnt_by_name(mixed_table):
    frame, y = mixed_table
    ticket = wt.TicketRegressor(32, random_state=0).fit(frame, y)
    assert ticket.feature_names_in_.tolist() == ["size", "colour", "new"]
    assert ticket.columns_.dimension == 1 + 3 + 2
    assert ticket.score(frame, y) > 0.9
    other = frame.assign(colour="violet", size=[*frame["size"][:-1], 99.0])
    assert ticket.count_clipped(other).tolist()[1:] == [200, 0]
    assert np.isfinite(ticket.predict(other)).all()


def test_a_missing_value_is_refused_by_name_or_imputed(mixed_table):
    frame, y = mixed_table
    holes = frame.copy()
    holes.loc[3, "size"] = np.nan
    holes.loc[4, "colour"] = None
    with pytest.raises(ValueError, match=r"colour|size"):
        wt.TicketRegressor(8, random_state=0).fit(holes, y)
    ticket = wt.TicketRegressor(32, missing="median", random_state=0).fit(holes, y)
    assert ticket.score(holes, y) > 0.9


def test_strings_are_labels_and_set_output_keeps_pipelines_working():
    X, codes = load_wine(return_X_y=True, as_frame=True)
    labels = np.array(["red", "rose", "white"])[codes]
    pipeline = make_pipeline(
        StandardScaler().set_output(transform="pandas"), wt.TicketClassifier(32, random_state=0)
    ).fit(X[::2], labels[::2])
    assert set(pipeline.predict(X)) == {"red", "rose", "white"}
    assert pipeline.score(X[1::2], labels[1::2]) > 0.9
    assert pipeline[-1].feature_names_in_.tolist() == X.columns.tolist()
    assert pipeline.decision_function(X).shape == (len(X), 3)


def test_calibrated_probabilities_come_from_scikit_learn():
    X, labels = load_wine(return_X_y=True)
    assert not hasattr(wt.TicketClassifier(), "predict_proba")
    calibrated = CalibratedClassifierCV(wt.TicketClassifier(16, random_state=0), cv=2)
    chances = calibrated.fit(X[::2], labels[::2]).predict_proba(X[1::2])
    assert (chances.argmax(axis=1) == labels[1::2]).mean() > 0.85


def test_a_grid_search_takes_its_parameters(smooth_table):
    X, y = smooth_table
    search = GridSearchCV(
        wt.TicketRegressor(random_state=0), {"n_nodes": [2, 32], "mapping": ["linear"]}, cv=2
    ).fit(X[:150], y[:150])
    assert search.best_params_["n_nodes"] == 32


def test_several_outputs_count_alike_whatever_their_scale(smooth_table):
    X, y = smooth_table
    both = np.column_stack([y, 1e6 * np.cos(3 * X[:, 2])])
    ticket = wt.TicketRegressor(64, random_state=0).fit(X, both)
    predicted = ticket.predict(X)
    assert predicted.shape == both.shape
    assert np.all(np.var(both - predicted, axis=0) < 0.02 * np.var(both, axis=0))
    halved = wt.TicketRegressor(64, random_state=0).fit(X, both * [1, 2.0**-20])
    np.testing.assert_array_equal(halved.hidden_.a, ticket.hidden_.a)


def test_weights_are_repeats_and_the_order_of_rows_does_not_matter(smooth_table):
    X, y = smooth_table[0][:80], smooth_table[1][:80]
    weights = np.random.default_rng(5).integers(0, 4, 80)
    model = wt.TicketRegressor(16, random_state=0)
    weighted = clone(model).fit(X, y, sample_weight=weights).predict(X)
    repeated = clone(model).fit(np.repeat(X, weights, axis=0), np.repeat(y, weights)).predict(X)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-9)
    turned = clone(model).fit(X[::-1], y[::-1], sample_weight=weights[::-1]).predict(X)
    np.testing.assert_allclose(weighted, turned, rtol=1e-9)


def test_modular_structure_on_dense_data_is_what_the_uniform_prior_is_for():
    X = np.random.default_rng(0).permutation(np.indices((7, 7, 7)).reshape(3, -1).T)
    y = np.sin(2 * np.pi * (X[:, 0] + 3 * X[:, 1]) / 7)
    ticket = wt.TicketRegressor(
        8, modulus=7, prior="uniform", mapping="residues", random_state=0
    ).fit(X[:250], y[:250])
    assert ticket.columns_.largest == 6
    assert ticket.score(X[250:], y[250:]) > 0.99
    with pytest.raises(ValueError, match="column '0': mapping 'residues'"):
        wt.TicketRegressor(modulus=5, mapping="residues").fit(X, y)


@pytest.mark.parametrize("labels", ["text", "numbers", "targets"])
def test_a_ticket_survives_its_file_bit_by_bit(tmp_path, mixed_table, labels):
    frame, y = mixed_table
    kind = wt.TicketRegressor if labels == "targets" else wt.TicketClassifier
    if labels != "targets":
        y = np.array(["few", "many"] if labels == "text" else [3, 8])[(y > 0).astype(int)]
    ticket = kind(16, random_state=0).fit(frame, y)
    ticket.save(tmp_path / "ticket.npz")
    again = kind.load(tmp_path / "ticket.npz")
    np.testing.assert_array_equal(again.predict(frame), ticket.predict(frame))
    assert repr(again) == repr(ticket)
    assert again.score(frame, y) == ticket.score(frame, y)
    assert again.feature_names_in_.tolist() == ticket.feature_names_in_.tolist()
    if labels != "targets":
        assert again.classes_.dtype == ticket.classes_.dtype


def test_the_file_holds_no_pickle_and_none_of_the_examples(tmp_path):
    X, y = load_diabetes(return_X_y=True)
    rows = len(X)
    wt.TicketRegressor(8, random_state=0).fit(X, y).save(tmp_path / "ticket.npz")
    with np.load(tmp_path / "ticket.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    assert all(rows not in array.shape for array in arrays.values())
    about = json.loads(str(arrays["about"]))
    assert all(len(knots) <= 31 for knots in about["columns"]["knots"])


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_file_that_is_no_ticket_is_told_in_one_line(tmp_path, smooth_table, damage):
    path = tmp_path / "ticket.npz"
    wt.TicketRegressor(4, random_state=0).fit(*smooth_table).save(path)
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    with pytest.raises(ValueError, match=r"ticket\.npz: .*damaged") as caught:
        wt.TicketRegressor.load(path)
    assert "\n" not in str(caught.value)


def test_a_regressor_is_not_loaded_as_a_classifier(tmp_path, smooth_table):
    path = tmp_path / "ticket.npz"
    wt.TicketRegressor(4, random_state=0).fit(*smooth_table).save(path)
    with pytest.raises(ValueError, match="a TicketRegressor; load it as one"):
        wt.TicketClassifier.load(path)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"n_nodes": 0}, "n_nodes: 0"),
        ({"prior": "flat"}, "prior: 'flat' is not known"),
        ({"prior": None}, "prior: None is not known"),
        ({"prior": [1.0, 2.0]}, "prior: shape"),
        ({"modulus": 60}, "modulus: 60"),
        ({"mapping": "rank"}, "mapping: 'rank' is not known"),
        ({"method": "best"}, "method: 'best' is not known"),
        ({"missing": "mean"}, "missing: 'mean' is not known"),
        ({"landmarks": 1}, "landmarks: 1"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_named(smooth_table, parameters, said):
    with pytest.raises(ValueError, match=said):
        wt.TicketRegressor(**parameters).fit(*smooth_table)


def test_a_constant_target_is_refused(smooth_table):
    with pytest.raises(ValueError, match="y: constant"):
        wt.TicketRegressor().fit(smooth_table[0], np.full(400, 3.0))


@pytest.mark.parametrize(
    "X", [np.ones((6, 2)), [[0], [0], [1], [1], [2], [2]]], ids=["one", "even"]
)
def test_targets_that_no_column_tells_apart_are_refused(X):
    with pytest.raises(ValueError, match="y: equal on average wherever the columns"):
        wt.TicketRegressor(random_state=0).fit(X, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0])


@pytest.mark.parametrize("rows", [2, 3, 5])
def test_a_few_rows_are_enough(rows):
    X = np.arange(rows)[:, None]
    ticket = wt.TicketRegressor(4, random_state=0).fit(X, X[:, 0] * 2.0)
    assert ticket.score(X, X[:, 0] * 2.0) > 0.9


def test_more_examples_than_landmarks_are_learnt_from(smooth_table):
    X, y = smooth_table
    ticket = wt.TicketRegressor(32, landmarks=60, random_state=0).fit(X[:300], y[:300])
    assert ticket.score(X[300:], y[300:]) > 0.98
