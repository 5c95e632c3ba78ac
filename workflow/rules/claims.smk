rule check_identities:
    input:
        modules=modules("check_identities"),
    output:
        f"{RESULTS}/identities.csv",
    log:
        f"{RESULTS}/logs/identities.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text({"seed": config["seed"]} | CHECKS["identities"]),
    message:
        "Direct solutions, and the distribution of every exact sampler"
    script:
        "../../scripts/check_identities.py"


rule measure_fidelity:
    input:
        modules=modules("measure_fidelity"),
    output:
        f"{RESULTS}/fidelity.csv",
    log:
        f"{RESULTS}/logs/fidelity.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {key: config[key] for key in ("seed", "modulus", "activation")}
            | CHECKS["fidelity"]
        ),
    message:
        "Distance of drawn nodes from the optimized distribution"
    script:
        "../../scripts/measure_fidelity.py"


rule judge_claims:
    input:
        tables=[
            f"{RESULTS}/{table}.csv"
            for table in ("risks", "timings", "identities", "circuit")
        ],
        modules=modules("judge_claims"),
    output:
        f"{RESULTS}/claims.csv",
    log:
        f"{RESULTS}/logs/claims.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {
                "claims": CLAIMS,
                "columns": COLUMNS,
                "study": STUDY.figure_settings("claims"),
                # Verdicts of other studies stay out of the README.
                "document": "README.md" if IS_DEFAULT else None,
            }
        ),
    message:
        "Verdicts on the claims"
    script:
        "../../scripts/judge_claims.py"


rule claims:
    input:
        rules.judge_claims.output,
        rules.measure_fidelity.output,
    message:
        "The claims are judged"
