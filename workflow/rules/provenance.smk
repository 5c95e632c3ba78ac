# The stages of the study: files read, files written, settings they rest on.
STAGES = {
    "datasets": (
        [],
        rules.datasets.input,
        [STUDY.dataset_settings(cell) for cell in CELLS.values()],
    ),
    "tickets": (
        rules.datasets.input,
        rules.tickets.input,
        [
            STUDY.ticket_settings(cell, ticket.sampler)
            for cell in CELLS.values()
            for ticket in STUDY.drawn(cell)
        ],
    ),
    "risks": (
        [*rules.datasets.input, *rules.tickets.input],
        [
            *expand(rules.measure_risks.output, cell=CELLS),
            *rules.aggregate_risks.output,
        ],
        [STUDY.risk_settings(cell) for cell in CELLS.values()],
    ),
    "timings": ([], rules.timings.input, TIMINGS),
    "experiments": (
        [],
        rules.experiments.input,
        {name: JOBS[name] for name in QUESTIONS},
    ),
    "claims": (
        [*rules.judge_claims.input.tables, *rules.compare_points.input.points],
        rules.claims.input,
        CLAIMS,
    ),
    "figures": (
        rules.tables.input,
        rules.figures.input,
        {name: STUDY.figure_settings(name) for name in config["figures"]},
    ),
}


rule record_provenance:
    input:
        read=lambda wildcards: STAGES[wildcards.stage][0],
        written=lambda wildcards: STAGES[wildcards.stage][1],
        modules=modules("scripts/record_provenance.py"),
    output:
        f"{RESULTS}/provenance/{{stage}}.json",
    log:
        f"{RESULTS}/logs/provenance/{{stage}}.log",
    wildcard_constraints:
        stage="|".join(STAGES),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(STAGES[wildcards.stage][2]),
    message:
        "Provenance of the {wildcards.stage}"
    script:
        "../../scripts/record_provenance.py"


rule provenance:
    input:
        expand(rules.record_provenance.output, stage=STUDY.stages),
    message:
        "Every stage has its provenance"
