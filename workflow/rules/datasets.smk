rule generate_dataset:
    input:
        modules=lambda wildcards: modules(
            "scripts/generate_dataset.py", families=(CELLS[wildcards.cell].family,)
        ),
        # A table of the user's own.
        table=lambda wildcards: CELLS[wildcards.cell].settings.get("path", []),
    output:
        f"{RESULTS}/datasets/{{cell}}.npz",
    log:
        f"{RESULTS}/logs/datasets/{{cell}}.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    params:
        settings=lambda wildcards: as_text(
            STUDY.dataset_settings(CELLS[wildcards.cell])
        ),
    message:
        "Datasets of {wildcards.cell}"
    script:
        "../../scripts/generate_dataset.py"


rule datasets:
    input:
        expand(rules.generate_dataset.output, cell=CELLS),
    message:
        "All datasets are there"
