# What was read from the paper's figures, where somebody has entered it, against the risks.


rule compare_points:
    input:
        risks=rules.aggregate_risks.output[0],
        points=(
            [config["paper_points"]["file"]] if config["paper_points"]["file"] else []
        ),
        modules=modules("scripts/compare_points.py"),
    output:
        f"{RESULTS}/paper_points.csv",
    log:
        f"{RESULTS}/logs/paper_points.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {
                "columns": COLUMNS["paper_points"],
                "risk_columns": COLUMNS["risks"],
                "curves": config["paper_points"]["curves"],
                "seed": config["seed"],
            }
        ),
    message:
        "The paper's points against ours"
    script:
        "../../scripts/compare_points.py"
