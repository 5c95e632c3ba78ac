rule measure_oracle:
    input:
        modules=modules("measure_oracle"),
    output:
        f"{RESULTS}/oracle/D{{oracle_dimension}}.csv",
    log:
        f"{RESULTS}/logs/oracle/D{{oracle_dimension}}.log",
    wildcard_constraints:
        oracle_dimension="[0-9]+",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(oracle_settings(wildcards.oracle_dimension)),
    message:
        "Oracle access at D = {wildcards.oracle_dimension}"
    script:
        "../../scripts/measure_oracle.py"


rule aggregate_oracle:
    input:
        tables=expand(
            rules.measure_oracle.output,
            oracle_dimension=config["oracle"]["dimensions"],
        ),
        modules=modules("aggregate_tables"),
    output:
        f"{RESULTS}/oracle.csv",
    log:
        f"{RESULTS}/logs/oracle.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text({"columns": COLUMNS["oracle"], "further_rows": []}),
    message:
        "Table of oracle access"
    script:
        "../../scripts/aggregate_tables.py"


rule count_circuit:
    input:
        modules=modules("count_circuit"),
    output:
        counts=f"{RESULTS}/circuit.csv",
        gates=f"{RESULTS}/circuit_gates.csv",
    log:
        f"{RESULTS}/logs/circuit.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {key: config[key] for key in ("seed", "modulus", "activation")}
            | config["circuit"]
        ),
    message:
        "Gates of the quantum circuit"
    script:
        "../../scripts/count_circuit.py"


rule beyond:
    input:
        rules.aggregate_oracle.output,
        rules.count_circuit.output,
    message:
        "Oracle access is measured, the circuit counted"
