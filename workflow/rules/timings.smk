TIMINGS = JOBS["timings"]


wildcard_constraints:
    timing_cell="|".join(TIMINGS),


rule time_samplers:
    input:
        modules=lambda wildcards: modules(
            "scripts/measure_experiment.py",
            module_file("experiments.timings.measure"),
            samplers=TIMINGS[wildcards.timing_cell].samplers,
            families=tuple(
                EXPERIMENTS["timings"].families(TIMINGS[wildcards.timing_cell])
            ),
        ),
    output:
        f"{RESULTS}/timings/{{timing_cell}}.csv",
    log:
        f"{RESULTS}/logs/timings/{{timing_cell}}.log",
    conda:
        "../../envs/environment.yaml"
    # All cores, so that no other job runs beside it; the script itself keeps to one.
    threads: workflow.cores
    resources:
        timing=1,
        mem_mb=memory(lambda wildcards: COSTS["timings"][wildcards.timing_cell]),
        runtime=minutes(lambda wildcards: COSTS["timings"][wildcards.timing_cell]),
    params:
        experiment="timings",
        settings=lambda wildcards: as_text(TIMINGS[wildcards.timing_cell]),
    message:
        "Times of {wildcards.timing_cell}, alone on the machine"
    script:
        "../../scripts/measure_experiment.py"


rule record_machine:
    input:
        tables=expand(rules.time_samplers.output, timing_cell=TIMINGS),
        modules=modules("scripts/record_machine.py"),
    output:
        f"{RESULTS}/machine.json",
    log:
        f"{RESULTS}/logs/machine.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    message:
        "The machine that the times were taken on"
    script:
        "../../scripts/record_machine.py"


rule aggregate_timings:
    input:
        tables=expand(rules.time_samplers.output, timing_cell=TIMINGS),
        modules=modules("scripts/aggregate_tables.py"),
    output:
        f"{RESULTS}/timings.csv",
    log:
        f"{RESULTS}/logs/timings.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {
                "columns": COLUMNS["timings"],
                "further_rows": EXPERIMENTS["timings"].left_out_rows(config),
            }
        ),
    message:
        "Table of all times"
    script:
        "../../scripts/aggregate_tables.py"


rule timings:
    input:
        rules.aggregate_timings.output,
        rules.record_machine.output,
    message:
        "All times are there"
