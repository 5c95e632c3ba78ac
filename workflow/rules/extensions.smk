from winning_tickets.extensions import (
    comparison_jobs,
    generalization_jobs,
    threshold_jobs,
)

# Settings by name of the job: one dimension or one family each.
GENERALIZATIONS = generalization_jobs(config)
THRESHOLDS = threshold_jobs(config)
COMPARISONS = comparison_jobs(config)


wildcard_constraints:
    generalization="|".join(GENERALIZATIONS),
    threshold="|".join(THRESHOLDS),
    comparison="|".join(COMPARISONS),


rule measure_generalization:
    input:
        modules=modules("measure_generalization", "spectral", "uniform"),
    output:
        f"{RESULTS}/generalization/{{generalization}}.csv",
    log:
        f"{RESULTS}/logs/generalization/{{generalization}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(GENERALIZATIONS[wildcards.generalization]),
    message:
        "Generalization on {wildcards.generalization}"
    script:
        "../../scripts/measure_generalization.py"


rule aggregate_generalization:
    input:
        tables=expand(
            rules.measure_generalization.output, generalization=GENERALIZATIONS
        ),
        modules=modules("aggregate_tables"),
    output:
        f"{RESULTS}/generalization.csv",
    log:
        f"{RESULTS}/logs/generalization.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text({"columns": COLUMNS["generalization"], "further_rows": []}),
    message:
        "Table of generalization"
    script:
        "../../scripts/aggregate_tables.py"


rule sweep_threshold:
    input:
        modules=modules("sweep_threshold", "spectral", "uniform"),
    output:
        f"{RESULTS}/threshold/{{threshold}}.csv",
    log:
        f"{RESULTS}/logs/threshold/{{threshold}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(THRESHOLDS[wildcards.threshold]),
    message:
        "Soft thresholds and ridge parameters on {wildcards.threshold}"
    script:
        "../../scripts/sweep_threshold.py"


rule aggregate_threshold:
    input:
        tables=expand(rules.sweep_threshold.output, threshold=THRESHOLDS),
        modules=modules("aggregate_tables"),
    output:
        f"{RESULTS}/threshold.csv",
    log:
        f"{RESULTS}/logs/threshold.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text({"columns": COLUMNS["threshold"], "further_rows": []}),
    message:
        "Table of soft thresholds"
    script:
        "../../scripts/aggregate_tables.py"


rule compare_tickets:
    input:
        modules=modules("compare_tickets", "spectral", "uniform"),
    output:
        f"{RESULTS}/better_tickets/{{comparison}}.csv",
    log:
        f"{RESULTS}/logs/better_tickets/{{comparison}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(COMPARISONS[wildcards.comparison]),
    message:
        "Better tickets on {wildcards.comparison}"
    script:
        "../../scripts/compare_tickets.py"


rule aggregate_comparison:
    input:
        tables=expand(rules.compare_tickets.output, comparison=COMPARISONS),
        modules=modules("aggregate_tables"),
    output:
        f"{RESULTS}/better_tickets.csv",
    log:
        f"{RESULTS}/logs/better_tickets.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text({"columns": COLUMNS["better_tickets"], "further_rows": []}),
    message:
        "Table of better tickets"
    script:
        "../../scripts/aggregate_tables.py"


rule extensions:
    input:
        rules.aggregate_generalization.output,
        rules.aggregate_threshold.output,
        rules.aggregate_comparison.output,
    message:
        "Generalization, soft thresholds and better tickets are measured"
