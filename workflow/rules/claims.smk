rule judge_claims:
    input:
        tables=[f"{RESULTS}/{table}.csv" for table in CLAIM_TABLES],
        modules=modules("scripts/judge_claims.py"),
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
                # Verdicts of other studies stay out of README and docs.
                "documents": ["README.md", "docs/claims.md"] if IS_DEFAULT else [],
            }
        ),
    message:
        "Verdicts on the claims"
    script:
        "../../scripts/judge_claims.py"


rule claims:
    input:
        rules.judge_claims.output,
    message:
        "The claims are judged"
