"""Hold the points that were read from the paper's figures against the risks of the study."""

import json

from winning_tickets.experiments.paper_points.measure import compare
from winning_tickets.experiments.paper_points.points import read_points
from winning_tickets.experiments.risks.summary import risk_summary
from winning_tickets.records.files import save_rows
from winning_tickets.records.frames import load_table
from winning_tickets.records.step import logged


def rows(paths, risks, settings):
    """Return the rows of all points; there are none where no file is named."""
    points = [point for path in paths for point in read_points(path)]
    if not points:
        return []
    table = load_table(risks, settings["risk_columns"])
    return list(compare(points, settings["curves"], risk_summary(table)))


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        settings = json.loads(snakemake.params.settings)
        found = rows(snakemake.input.points, snakemake.input.risks, settings)
        save_rows(snakemake.output[0], found, settings["columns"])
