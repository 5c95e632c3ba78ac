"""docs/reliability.md says how often each fault is tried, as the tests do."""

import re

from tests.faults import test_configs, test_damage
from tests.workflow.pipeline import ROOT

TABLE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")


def tried(fault):
    """Return how often a fault is tried, in the short form and beyond it."""
    row = re.search(rf"^\| {fault}.*\|$", TABLE, re.MULTILINE)[0]
    return tuple(int(cell) if cell.strip() else 0 for cell in row.split("|")[2:4])


def count(pattern, name):
    """Return a number that stands in a test."""
    return int(re.search(pattern, (ROOT / "tests/faults" / name).read_text())[1])


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
