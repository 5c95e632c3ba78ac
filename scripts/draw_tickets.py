"""Draw the tickets of one sampler in one cell: all targets, replicates and draws."""

import json
import traceback

import numpy as np

from winning_tickets.job import logged
from winning_tickets.samplers import make_sampler
from winning_tickets.seeds import seed
from winning_tickets.storage import load_arrays, save_arrays
from winning_tickets.tickets import draw_tickets, relative_ridge_problem, stack_tickets


def draw(data, settings):
    """Return tickets as arrays with leading axes target, replicate and draw.

    A dataset whose tickets cannot be drawn has its reason in "reason", and zeros elsewhere.
    """
    targets, replicates = data["targets"].shape[:2]
    names = ("a", "b", "proposals", "weight_evaluations", "levels")
    arrays = {}
    seeds = np.zeros((targets, replicates, settings["draws"]), dtype=np.int64)
    reasons = np.full((targets, replicates), "", dtype="U300")
    for place in np.ndindex(targets, replicates):
        seeds[place] = ticket_seeds(settings, *place)
        try:
            tickets = draw_dataset(
                data["points"][place], data["targets"][place], seeds[place], settings
            )
        except (ValueError, RuntimeError, MemoryError) as error:
            traceback.print_exc()
            reasons[place] = str(error) or type(error).__name__
            continue
        for name in names:
            if name not in arrays:
                shape = (targets, replicates, *tickets[name].shape)
                arrays[name] = np.zeros(shape, dtype=tickets[name].dtype)
            arrays[name][place] = tickets[name]
    empty = {name: np.zeros((targets, replicates, settings["draws"], 0, 0)) for name in names}
    return empty | arrays | {"seed": seeds, "reason": reasons}


def ticket_seeds(settings, target, replicate):
    """Return the seeds of the tickets of one dataset."""
    return [
        seed(
            settings["seed"],
            "ticket",
            settings["family"],
            settings["dimension"],
            settings["targets"][target],
            replicate,
            settings["sampler"],
            number,
        )
        for number in range(settings["draws"])
    ]


def draw_dataset(points, targets, seeds, settings):
    """Return the tickets of one dataset as arrays with the draw as first axis."""
    problem = relative_ridge_problem(points, targets, **settings["problem"])
    sampler = make_sampler(settings["sampler"], problem, soft_threshold=settings["soft_threshold"])
    tickets = draw_tickets(sampler, settings["nodes"], [int(number) for number in seeds])
    return stack_tickets(tickets)


if "snakemake" in globals():
    with logged(snakemake.log[0]):
        save_arrays(
            snakemake.output[0],
            **draw(
                load_arrays(snakemake.input.dataset, ["points", "targets"]),
                json.loads(snakemake.params.settings),
            ),
        )
