TIMINGS = JOBS["timings"]["passes"]


# Passes are files beside the table, in a folder of its name, and no outputs: Snakemake would remove
# those of a job that is broken off, and the next one goes on after them. The job itself removes those
# of other settings, modules or another machine.
rule time_samplers:
    input:
        modules=modules(
            "scripts/time_samplers.py",
            samplers=tuple(
                dict.fromkeys(
                    contender.sampler
                    for cell in TIMINGS.cells
                    for contender in cell.contenders
                    if not contender.reason
                )
            ),
            families=tuple(EXPERIMENTS["timings"].families(TIMINGS)),
        ),
    output:
        f"{RESULTS}/timings.csv",
    log:
        f"{RESULTS}/logs/timings.log",
    conda:
        "../../envs/environment.yaml"
    # All cores, so that no other job runs beside it; the script itself keeps to one.
    threads: workflow.cores
    resources:
        timing=1,
        mem_mb=memory(lambda wildcards: COSTS["timings"]["passes"]),
        runtime=minutes(lambda wildcards: COSTS["timings"]["passes"]),
    params:
        settings=as_text(
            {
                "protocol": TIMINGS,
                "further_rows": EXPERIMENTS["timings"].left_out_rows(config),
            }
        ),
    message:
        "Times, alone on the machine: two minutes in the default study"
    script:
        "../../scripts/time_samplers.py"


rule record_machine:
    input:
        table=rules.time_samplers.output,
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


rule timings:
    input:
        rules.time_samplers.output,
        rules.record_machine.output,
    message:
        "All times are there"
