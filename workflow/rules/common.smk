import json
import sys
from functools import cache

import yaml

from snakemake.utils import update_config

from winning_tickets import config_files
from winning_tickets import study as studies
from winning_tickets.access import ORACLE_COLUMNS
from winning_tickets.checks import FIDELITY_COLUMNS, IDENTITY_COLUMNS
from winning_tickets.claims import CLAIM_COLUMNS
from winning_tickets.config import ConfigError, schema_faults
from winning_tickets.dependencies import library_files
from winning_tickets.extensions import (
    COMPARISON_COLUMNS,
    GENERALIZATION_COLUMNS,
    THRESHOLD_COLUMNS,
)
from winning_tickets.samplers import SAMPLERS
from winning_tickets.samplers.circuit import CIRCUIT_COLUMNS, GATE_COLUMNS
from winning_tickets.tickets import RISK_COLUMNS
from winning_tickets.timing import TIMING_COLUMNS

# Figures by name, and the tables that each is drawn from.
FIGURES = {
    "risk_vs_dimension": ["risks"],
    "risk_vs_nodes": ["risks"],
    "risk_vs_nodes_digits": ["risks"],
    "runtime_vs_dimension": ["timings", "circuit"],
    "runtime_vs_points": ["timings"],
    "acceptance_vs_points": ["risks", "timings"],
    "oracle_vs_dimension": ["oracle"],
    "circuit_diagram": ["circuit_gates"],
    "generalization": ["generalization"],
    "threshold_sweep": ["threshold"],
    "better_tickets": ["better_tickets"],
    "sampling_fidelity": ["fidelity"],
    "ticket_law": ["risks"],
    "claims": ["claims"],
}

COLUMNS = {
    "risks": RISK_COLUMNS,
    "timings": TIMING_COLUMNS,
    "oracle": ORACLE_COLUMNS,
    "circuit": CIRCUIT_COLUMNS,
    "circuit_gates": GATE_COLUMNS,
    "generalization": GENERALIZATION_COLUMNS,
    "threshold": THRESHOLD_COLUMNS,
    "better_tickets": COMPARISON_COLUMNS,
    "identities": IDENTITY_COLUMNS,
    "fidelity": FIDELITY_COLUMNS,
    "claims": CLAIM_COLUMNS,
}

with open(workflow.source_path("../schemas/config.schema.yaml")) as stream:
    SCHEMA = yaml.safe_load(stream)

# The claims and their tests, declared apart from any result, and the small checks they rest on.
with open(workflow.source_path("../claims.yaml")) as stream:
    DECLARED = yaml.safe_load(stream)
CLAIMS, CHECKS = DECLARED["claims"], DECLARED["checks"]

try:
    OPTIONS = workflow.config_settings.config
    # What the command line gives for numbers is text inside lists and mappings, and for null.
    FAULTY = schema_faults(config, SCHEMA)
    update_config(
        config,
        {key: config_files.typed(OPTIONS[key]) for key in OPTIONS if key in FAULTY},
    )
    STUDY = studies.make_study(config, SCHEMA, FIGURES)
    config |= config_files.own_folders(config, DEFAULTS, PRESETS, OPTIONS)
except ConfigError as error:
    sys.exit(str(error))

RESULTS, PICTURES = config["results"], config["figures_folder"]
# No other study may have these folders.
IS_DEFAULT = all(config[key] == DEFAULTS[key] for key in config_files.FOLDERS)
CELLS, TIMING_CELLS = STUDY.cells, STUDY.timings


wildcard_constraints:
    cell="|".join(CELLS),
    timing_cell="|".join(TIMING_CELLS),
    sampler="|".join(config["samplers"]),
    figure="|".join(FIGURES),


@cache
def modules(script, *samplers):
    """Return the library modules that a script and the samplers it uses rest on.

    As inputs of a rule they make it run again when one of them is edited; Snakemake itself looks
    only at the script.
    """
    sources = [f"scripts/{script}.py"]
    for sampler in samplers:
        sources.append(f"src/{SAMPLERS[sampler].__module__.replace('.', '/')}.py")
        if STUDY.threshold(sampler) is not None:
            sources.append("src/winning_tickets/samplers/mixture.py")
    return library_files(*sources)


def as_text(settings):
    """Write settings as one parameter: Snakemake compares parameters as a set, without order."""
    return json.dumps(settings)


def ticket_files(cell):
    """Return the tickets of all samplers that fit a cell."""
    return [
        f"{RESULTS}/tickets/{cell}/{ticket.sampler}.npz"
        for ticket in STUDY.drawn(CELLS[cell])
    ]


def oracle_settings(dimension):
    """Return the settings of oracle access at one dimension."""
    settings = {key: config[key] for key in ("seed", "modulus", "activation")}
    settings |= {
        key: config["oracle"][key] for key in config["oracle"] if key != "dimensions"
    }
    return settings | {"dimension": int(dimension)}
