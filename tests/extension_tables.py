"""Small real tables of the questions beyond the claims, measured once for all tests."""

from functools import cache

import pandas as pd
from scripts.compare_tickets import compare
from scripts.measure_generalization import measure
from scripts.sweep_threshold import sweep

PROBLEM = {"modulus": 5, "activation": "relu", "ridge_relative": 0.0}


def generalization_settings(**changes):
    settings = {"seed": 3, "problem": PROBLEM, "dimension": 3, "targets": ["sine", "sines"]}
    settings |= {"shares": [0.05, 0.3, 0.8], "nodes": 12, "candidates": 4, "replicates": 3}
    return settings | changes


def threshold_settings(**changes):
    settings = {"seed": 3, "problem": PROBLEM, "family": "grid", "dimension": 3}
    settings |= {"targets": ["sines", "labels"], "settings": {}, "nodes": 32}
    settings |= {"thresholds": [0.1, 1.0, 10.0, None], "ridges": [0.0, 1.0, 10.0]}
    return settings | {"replicates": 2, "draws": 2} | changes


def comparison_settings(**changes):
    settings = {"seed": 3, "problem": PROBLEM, "family": "random", "dimension": 8}
    settings |= {"targets": ["labels"], "settings": {"count": 50}, "train_share": 0.8}
    settings |= {"nodes": 8, "candidates": [2, 4], "factor": 4, "sweep": [4], "replicates": 3}
    return settings | changes


@cache
def generalization_table():
    return pd.concat([measure(generalization_settings(dimension=d)) for d in (3, 4)])


@cache
def threshold_table():
    random = threshold_settings(family="random", dimension=6, settings={"count": 40})
    return pd.concat([sweep(threshold_settings()), sweep(random)], ignore_index=True)


@cache
def comparison_table():
    grid = comparison_settings(family="grid", dimension=2, targets=["sine"], settings={})
    return pd.concat([compare(grid), compare(comparison_settings())], ignore_index=True)


def extension_tables():
    return {
        "generalization": generalization_table(),
        "threshold": threshold_table(),
        "better_tickets": comparison_table(),
    }
