# Every question that has no rules of its own: its jobs, then its table.


wildcard_constraints:
    experiment="|".join(name for name in EXPERIMENTS if name not in SPINE),
    job="|".join({job for name in EXPERIMENTS for job in JOBS[name]}) or "none",


rule measure_experiment:
    input:
        modules=lambda wildcards: measure_modules(
            wildcards.experiment, JOBS[wildcards.experiment][wildcards.job]
        ),
        # A file that it reads: a table of the user's own, or the declared claims.
        table=lambda wildcards: getattr(
            JOBS[wildcards.experiment][wildcards.job], "path", []
        ),
    output:
        f"{RESULTS}/{{experiment}}/{{job}}.csv",
    log:
        f"{RESULTS}/logs/{{experiment}}/{{job}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(
            lambda wildcards: COSTS["experiments"][
                f"{wildcards.experiment}/{wildcards.job}"
            ]
        ),
        runtime=minutes(
            lambda wildcards: COSTS["experiments"][
                f"{wildcards.experiment}/{wildcards.job}"
            ]
        ),
    params:
        experiment="{experiment}",
        settings=lambda wildcards: as_text(JOBS[wildcards.experiment][wildcards.job]),
    message:
        "Measuring {wildcards.experiment}, {wildcards.job}"
    script:
        "../../scripts/measure_experiment.py"


rule aggregate_experiment:
    input:
        tables=lambda wildcards: expand(
            rules.measure_experiment.output,
            experiment=wildcards.experiment,
            job=JOBS[wildcards.experiment],
        ),
        modules=modules("scripts/aggregate_tables.py"),
    output:
        f"{RESULTS}/{{experiment}}.csv",
    log:
        f"{RESULTS}/logs/{{experiment}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(
            {
                "columns": COLUMNS[wildcards.experiment],
                "further_rows": EXPERIMENTS[wildcards.experiment].left_out_rows(
                    config
                ),
            }
        ),
    message:
        "Table of {wildcards.experiment}"
    script:
        "../../scripts/aggregate_tables.py"


rule experiments:
    input:
        expand(rules.aggregate_experiment.output, experiment=QUESTIONS),
    message:
        "All questions beside the risks and the times are measured"
