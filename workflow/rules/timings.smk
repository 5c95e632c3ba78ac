rule time_samplers:
    input:
        modules=modules("time_samplers", *config["samplers"]),
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
    params:
        settings=lambda wildcards: as_text(
            STUDY.timing_settings(TIMING_CELLS[wildcards.timing_cell])
        ),
    message:
        "Times of {wildcards.timing_cell}, alone on the machine"
    script:
        "../../scripts/time_samplers.py"


rule record_machine:
    input:
        tables=expand(rules.time_samplers.output, timing_cell=TIMING_CELLS),
        modules=modules("record_machine"),
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
        tables=expand(rules.time_samplers.output, timing_cell=TIMING_CELLS),
        modules=modules("aggregate_tables"),
    output:
        f"{RESULTS}/timings.csv",
    log:
        f"{RESULTS}/logs/timings.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text({"columns": COLUMNS["timings"], "further_rows": []}),
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
