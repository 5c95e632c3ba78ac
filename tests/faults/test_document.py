"""docs/reliability.md says how often each fault is tried, as the tests do."""

import re

import winning_tickets as wt
from tests.faults import test_configs, test_damage, test_numpy
from tests.workflow.pipeline import ROOT

TABLE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")


def tried(fault):
    """Return how often a fault is tried, in the short form and beyond it."""
    row = re.search(rf"^\| {fault}.*\|$", TABLE, re.MULTILINE)[0]
    return tuple(int(cell) if cell.strip() else 0 for cell in row.split("|")[2:4])


def source(name):
    return (ROOT / "tests/faults" / name).read_text()


def count(pattern, name):
    """Return a number that stands in a test."""
    return int(re.search(pattern, source(name))[1])


def test_numbers_are_those_of_the_tests(tmp_path):
    kills = [
        count(r"attack\(study, (\d+),", "test_interrupted.py"),
        count(r"attack\(killed, (\d+),", "test_interrupted.py"),
    ]
    assert tried("SIGKILL") == tuple(kills)
    damages = len(test_damage.DAMAGES)
    kinds = len(test_damage.write_all(tmp_path))
    # A file of JSON without its last line break is whole.
    assert tried("a file truncated") == (damages * kinds - 1, damages * len(test_damage.CHAIN))
    generated = count(r"max_examples=(\d+)", "test_configs.py")
    assert tried("malformed") == (generated, len(test_configs.BY_HAND))
    disks = re.search(r'"kibibytes", \[(.*)\]', source("test_disk.py"))[1].split(",")
    assert tried("a full disk") == (1, len(disks))
    places = re.search(r'"place", \[(.*)\]', source("test_disk.py"))[1].split(",")
    assert tried("no permission") == (1, len(places))
    # Every sampler, and one under a limit on addresses.
    assert tried("a sampler") == (len(wt.SAMPLERS) + 1, 0)
    versions = re.search(r'"version", \[(.*)\]', source("test_numpy.py"))[1].split(",")
    assert tried("draws") == (1, len(test_numpy.NUMPYS) * len(versions))
