"""Judge the declared claims, and renew what the documents named say of them."""

import json
from pathlib import Path

from winning_tickets.claims.document import BLOCKS, renew_document
from winning_tickets.claims.judges import judge_claims
from winning_tickets.records.files import whole_file
from winning_tickets.records.frames import load_table, save_table
from winning_tickets.records.step import logged


def load_tables(paths, columns):
    """Return the tables by the name of their file."""
    return {Path(path).stem: load_table(path, columns[Path(path).stem]) for path in paths}


def renew(document, claims):
    """Put the verdicts into a document, which is written only if that changes it."""
    path = Path(document)
    text = path.read_text(encoding="utf-8")
    renewed = renew_document(text, claims, BLOCKS[document])
    if renewed != text:
        with whole_file(path) as partial:
            partial.write_text(renewed, encoding="utf-8")


def judge(paths, output, settings):
    """Judge the claims from the tables of the study, and write the verdicts."""
    tables = load_tables(paths, settings["columns"])
    claims = judge_claims(settings["claims"], tables, settings["study"])
    save_table(output, claims)
    for document in settings["documents"]:
        renew(document, claims)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        judge(
            snakemake.input.tables,
            snakemake.output[0],
            json.loads(snakemake.params.settings),
        )
