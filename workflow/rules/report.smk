# The page that people read: one file, made from the tables and figures of any study.


rule write_report:
    input:
        template=workflow.source_path("../report/study.html"),
        claims=rules.judge_claims.output[0] if "claims" in STUDY.stages else [],
        machine=rules.record_machine.output[0] if "timings" in STUDY.stages else [],
        tables=[f"{RESULTS}/{name}.csv" for name in config["questions"]],
        figures=rules.figures.input,
        provenance=rules.provenance.input,
        modules=modules("scripts/write_report.py"),
    output:
        f"{RESULTS}/report.html",
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=as_text(
            {
                "results": RESULTS,
                "figures_folder": PICTURES,
                "config": dict(config),
                "default": DEFAULTS,
                "figures": {
                    name: module_file(FIGURES[name].module)
                    for name in config["figures"]
                },
            }
        ),
    message:
        "Report"
    script:
        "../../scripts/write_report.py"
