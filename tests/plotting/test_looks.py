"""Looks of samplers: one table, and the next unused ones for samplers that it does not hold."""

import subprocess
import sys

import pytest
from matplotlib.colors import to_rgb

from winning_tickets.experiments.base import labels
from winning_tickets.plotting import style
from winning_tickets.samplers import ALL_SAMPLERS


@style.styled
def looks_in_a_figure(tables, settings):
    return {name: style.look(name) for name in settings["samplers"]}, style.in_order(
        settings["samplers"]
    )


def test_every_sampler_has_a_look():
    assert style.LOOKS.keys() == ALL_SAMPLERS.keys()
    assert labels()["samplers"].keys() == ALL_SAMPLERS.keys()


def test_samplers_from_outside_are_told_apart_in_every_figure_alike():
    samplers = labels()["samplers"] | {
        name: {"role": "ours", "exact": True} for name in ("later", "another")
    }
    looks, order = looks_in_a_figure({}, {"samplers": samplers})
    assert len({look.colour for look in looks.values()}) == len(looks)
    assert len({look.marker for look in looks.values()}) == len(looks)
    assert looks["later"].label == "later"
    assert order == list(samplers)
    assert looks_in_a_figure({}, {"samplers": samplers})[0] == looks
    # A figure leaves nothing behind.
    assert style.look("later").marker == "."


def test_spare_colours_are_dark_enough_in_greyscale():
    samplers = dict.fromkeys(f"later {turn}" for turn in range(5))
    looks, _ = looks_in_a_figure({}, {"samplers": samplers})
    assert len({look.colour for look in looks.values()}) == 5
    for look in looks.values():
        red, green, blue = to_rgb(look.colour)
        assert 0.299 * red + 0.587 * green + 0.114 * blue < 0.75


def test_names_find_samplers_by_what_they_are():
    names = style.Names(labels())
    assert names.samplers(role="conventional") == ["enumeration", "fft"]
    assert names.samplers(role="baseline", exact=False) == ["uniform"]
    assert style.Names({}).samplers(exact=True) == []


@pytest.mark.parametrize(
    "modules", ["winning_tickets.study.plan", "winning_tickets.records.step, winning_tickets.law"]
)
def test_only_what_draws_loads_seaborn(modules):
    code = f"import sys, {modules}; from winning_tickets.experiments import load_experiments;"
    code += "load_experiments(); sys.exit(bool({'seaborn', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
