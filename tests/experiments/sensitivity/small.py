"""A small table of verdicts, measured once for all tests of a process."""

from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from tests.study.test_plan import merged
from winning_tickets.experiments.sensitivity.measure import COLUMNS, measure
from winning_tickets.experiments.sensitivity.plan import EXPERIMENT

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
SMALL = {
    "seed": 3,
    "random": {"points": 20},
    "circuit": {"points": 5},
    "timing": {"nodes": 16, "dimension": {"points": 20}},
    "identities": {"draws": 4000},
    "sensitivity": {
        "seeds": [1],
        "activations": ["sine"],
        "moduli": [3],
        "harmonics": [1],
        "dimensions": [3],
        "counted": [8, 16, 32],
        "replicates": 4,
        "draws": 2,
    },
}
CONFIG = merged(DEFAULT, SMALL)


def planned(**changes):
    """Return the settings of the small scenarios, some keys of the configuration changed."""
    return EXPERIMENT.planned(merged(CONFIG, changes))


def verdicts(scenario):
    """Return the rows of one small scenario, by claim."""
    found = pd.DataFrame(measure(planned()[scenario]), columns=COLUMNS)
    return found.set_index("claim", drop=False)


@cache
def table():
    return pd.concat(map(verdicts, ("default", "absolute", "harmonic_1")), ignore_index=True)
