# By stage what its tables are; a study has those that its questions ask for.
TABLES = {
    "risks": rules.risks.input,
    "timings": rules.timings.input,
    "experiments": rules.experiments.input,
    "claims": rules.claims.input,
}


rule tables:
    input:
        [TABLES[stage] for stage in STUDY.stages if stage in TABLES],
    message:
        "All tables are there"


# `update` keeps the last good figure in its place while the job runs and when it fails. Snakemake
# then takes the job for done: with the failures among the parameters it is drawn anew all the same.
rule draw_figure:
    input:
        tables=lambda wildcards: [
            f"{RESULTS}/{table}.csv" for table in FIGURES[wildcards.figure].tables
        ],
        modules=lambda wildcards: modules(
            "scripts/draw_figure.py", module_file(FIGURES[wildcards.figure].module)
        ),
    output:
        png=report(
            update(f"{PICTURES}/{{figure}}.png"),
            caption="../report/figure.rst",
            category="Figures",
            labels={"figure": "{figure}", "format": "picture"},
        ),
        pdf=update(f"{PICTURES}/{{figure}}.pdf"),
        table=report(
            update(f"{PICTURES}/{{figure}}.csv"),
            caption="../report/table.rst",
            category="Figures",
            labels={"figure": "{figure}", "format": "table behind it"},
        ),
    log:
        f"{RESULTS}/logs/figures/{{figure}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(
            STUDY.figure_settings(wildcards.figure)
            | {
                "module": f"winning_tickets.{FIGURES[wildcards.figure].module}",
                "columns": {
                    table: COLUMNS[table] for table in FIGURES[wildcards.figure].tables
                },
            }
        ),
        failures=lambda wildcards: failures(wildcards.figure),
    message:
        "Figure {wildcards.figure}"
    script:
        "../../scripts/draw_figure.py"


rule figures:
    input:
        expand(rules.draw_figure.output, figure=config["figures"]),
    message:
        "All figures are there"
