# The study: dataset -> tickets -> risks -> tables -> figures, and timings on their own.
# Named targets, in flow order: datasets, tickets, risks, timings, tables, figures; all by default.

import os
import shlex
import sys

from snakemake.utils import min_version

min_version("9.5")

from winning_tickets.config_files import DEFAULT, ConfigError, read_config
from winning_tickets.records.checkout import path_fault, permission_fault
from winning_tickets.records.runs import forget_run, record_run

if fault := path_fault(os.getcwd()) or permission_fault(os.getcwd()):
    sys.exit(fault)
# Snakemake puts the path of the interpreter into shell commands as it stands.
sys.executable = shlex.quote(sys.executable)

# Snakemake itself takes the last of two values of one key, and names no file that it cannot read.
try:
    DEFAULTS = read_config(DEFAULT)
    PRESETS = {path: read_config(path) for path in workflow.overwrite_configfiles}
except ConfigError as error:
    sys.exit(str(error))


configfile: "config.yaml"


# Checks the configuration and lays out the study; nothing is written if there is a fault.
include: "workflow/rules/common.smk"
include: "workflow/rules/datasets.smk"
include: "workflow/rules/tickets.smk"
include: "workflow/rules/risks.smk"
include: "workflow/rules/timings.smk"
include: "workflow/rules/experiments.smk"
include: "workflow/rules/paper_points.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/report.smk"


onstart:
    record_run()


onsuccess:
    forget_run()


onerror:
    forget_run()


# By stage what is asked for by name, since a failed job leaves its files missing and Snakemake takes
# it for done as long as what follows from them is there.
PARTS = {
    "datasets": rules.datasets.input,
    "tickets": rules.tickets.input,
    "risks": rules.aggregate_risks.input.tables,
    "timings": rules.time_samplers.output,
    "experiments": [
        f"{RESULTS}/{question}/{job}.csv"
        for question in QUESTIONS
        for job in JOBS[question]
    ],
    "claims": [rules.judge_claims.input.tables, rules.judge_claims.output],
}


rule all:
    default_target: True
    input:
        rules.tables.input,
        rules.figures.input,
        rules.provenance.input,
        rules.write_report.output,
        [PARTS[stage] for stage in STUDY.stages if stage in PARTS],
    message:
        "The whole study is there"
