rule draw_tickets:
    input:
        dataset=rules.generate_dataset.output[0],
        modules=lambda wildcards: modules(
            "scripts/draw_tickets.py", samplers=(wildcards.sampler,)
        ),
    output:
        f"{RESULTS}/tickets/{{cell}}/{{sampler}}.npz",
    log:
        f"{RESULTS}/logs/tickets/{{cell}}/{{sampler}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(
            lambda wildcards: COSTS["tickets"][f"{wildcards.cell}/{wildcards.sampler}"]
        ),
        runtime=minutes(
            lambda wildcards: COSTS["tickets"][f"{wildcards.cell}/{wildcards.sampler}"]
        ),
    params:
        settings=lambda wildcards: as_text(
            STUDY.ticket_settings(CELLS[wildcards.cell], wildcards.sampler)
        ),
    message:
        "Tickets of {wildcards.cell} by {wildcards.sampler}"
    script:
        "../../scripts/draw_tickets.py"


rule tickets:
    input:
        [ticket_files(cell) for cell in CELLS],
    message:
        "All tickets are there"
