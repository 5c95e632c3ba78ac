rule measure_risks:
    input:
        dataset=rules.generate_dataset.output[0],
        tickets=lambda wildcards: ticket_files(wildcards.cell),
        modules=modules("scripts/measure_risks.py"),
    output:
        f"{RESULTS}/risks/{{cell}}.csv",
    log:
        f"{RESULTS}/logs/risks/{{cell}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(lambda wildcards: COSTS["risks"][wildcards.cell]),
        runtime=minutes(lambda wildcards: COSTS["risks"][wildcards.cell]),
    params:
        settings=lambda wildcards: as_text(STUDY.risk_settings(CELLS[wildcards.cell])),
    message:
        "Risks of {wildcards.cell}"
    script:
        "../../scripts/measure_risks.py"


rule aggregate_risks:
    input:
        tables=expand(rules.measure_risks.output, cell=CELLS),
        modules=modules("scripts/aggregate_tables.py"),
    output:
        f"{RESULTS}/risks.csv",
    log:
        f"{RESULTS}/logs/risks.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {"columns": COLUMNS["risks"], "further_rows": STUDY.absent_rows()}
        ),
    message:
        "Table of all risks"
    script:
        "../../scripts/aggregate_tables.py"


rule risks:
    input:
        rules.aggregate_risks.output,
    message:
        "All risks are there"
