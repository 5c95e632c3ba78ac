import json
import sys
from functools import cache
from pathlib import Path

import msgspec
import yaml

from snakemake.utils import update_config

from winning_tickets import config_files
from winning_tickets import study as studies
from winning_tickets.claims.plan import TABLES as CLAIM_TABLES
from winning_tickets.claims.verdicts import CLAIM_COLUMNS
from winning_tickets.config import schema_faults
from winning_tickets.dependencies import library_files
from winning_tickets.experiments import SPINE, load_experiments
from winning_tickets.families import find_family
from winning_tickets.samplers import ALL_SAMPLERS

# The claims and their tests, declared apart from any result.
with open(workflow.source_path("../claims.yaml")) as stream:
    CLAIMS = yaml.safe_load(stream)["claims"]

try:
    OPTIONS = workflow.config_settings.config
    # What the command line gives for numbers is text inside lists and mappings, and for null.
    FAULTY = schema_faults(config, studies.compose_schema())
    update_config(
        config,
        {key: config_files.typed(OPTIONS[key]) for key in OPTIONS if key in FAULTY},
    )
    STUDY = studies.make_study(config)
    config |= config_files.own_folders(config, DEFAULTS, PRESETS, OPTIONS)
except studies.ConfigError as error:
    sys.exit(str(error))

RESULTS, PICTURES = config["results"], config["figures_folder"]
# No other study may have these folders.
IS_DEFAULT = all(config[key] == DEFAULTS[key] for key in config_files.FOLDERS)
CELLS = STUDY.cells

# Every question; those asked that the rules for all measure; settings of all jobs by name.
EXPERIMENTS = load_experiments()
QUESTIONS = [name for name in config["questions"] if name not in SPINE]
JOBS = {name: question.planned(config) for name, question in EXPERIMENTS.items()}

FIGURES = studies.load_figures()
COLUMNS = {name: question.columns for name, question in EXPERIMENTS.items()}
COLUMNS["claims"] = CLAIM_COLUMNS


wildcard_constraints:
    cell="|".join(CELLS),
    sampler="|".join(config["samplers"]),
    figure="|".join(FIGURES),


@cache
def modules(*sources, samplers=(), families=()):
    """Return the library modules that some files rest on, and the samplers and families named.

    As inputs of a rule they make it run again when one of them is edited; Snakemake itself looks
    only at the script.
    """
    named = [type(find_family(name)) for name in families]
    named += [ALL_SAMPLERS[name] for name in samplers]
    paths = [f"src/{part.__module__.replace('.', '/')}.py" for part in named]
    return library_files(*sources, *paths)


def module_file(name):
    """Return the path of a library module."""
    return f"src/winning_tickets/{name.replace('.', '/')}.py"


def measure_modules(experiment, settings):
    """Return the library modules that one job of a question rests on."""
    question = EXPERIMENTS[experiment]
    return modules(
        "scripts/measure_experiment.py",
        module_file(f"experiments.{experiment}.measure"),
        samplers=question.samplers,
        families=tuple(question.families(settings)),
    )


def as_text(settings):
    """Write settings as one parameter: Snakemake compares parameters as a set, without order."""
    return msgspec.json.encode(settings).decode()


def ticket_files(cell):
    """Return the tickets of all samplers that fit a cell."""
    return [
        f"{RESULTS}/tickets/{cell}/{ticket.sampler}.npz"
        for ticket in STUDY.drawn(CELLS[cell])
    ]


def failures(figure):
    """Return a mark for each time that a figure could not be drawn."""
    marks = Path(f"{RESULTS}/logs/figures/{figure}.failures")
    return marks.read_text() if marks.exists() else ""
