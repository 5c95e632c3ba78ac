"""How a step ends: in one line, with the traceback of what nobody expected in its log."""

import sys
import traceback

import pytest

from winning_tickets.records.files import DamagedFileError
from winning_tickets.records.step import logged


class Strange(Exception):
    """An error of somebody's own sampler."""


def deep_inside(error):
    raise error


def end_of(error, log):
    """Return what a step that raises an error says at its end."""
    with pytest.raises(SystemExit) as ended, logged(log):
        deep_inside(error)
    return ended.value.code


def test_a_damaged_file_is_one_line_without_a_traceback(tmp_path):
    log = tmp_path / "logs/step.log"
    line = end_of(DamagedFileError("results/a.npz"), log)
    assert line.startswith("results/a.npz: the file is damaged") and "\n" not in line
    assert log.read_text() == line + "\n"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("operands could not be broadcast"), "ValueError: operands could not"),
        (TypeError("first\nsecond"), "TypeError: first (the"),
        (MemoryError(), "MemoryError (the"),
        (OSError(28, "No space left on device"), "OSError: [Errno 28] No space left"),
        (KeyError("D"), "KeyError: 'D'"),
        (Strange("\udcff"), f"{Strange.__module__}.Strange: "),
    ],
    ids=lambda value: type(value).__name__,
)
def test_any_other_error_keeps_its_traceback_in_the_log_that_the_line_names(tmp_path, error, told):
    log = tmp_path / "step.log"
    line = end_of(error, log)
    assert told in line and "\n" not in line
    assert line.endswith(f"(the traceback is in {log})")
    assert "in deep_inside\n    raise error\n" in log.read_text()


def test_a_cause_stays_in_the_log(tmp_path):
    error = ValueError("outer")
    error.__cause__ = Strange("inner")
    end_of(error, tmp_path / "step.log")
    assert "Strange: inner" in (tmp_path / "step.log").read_text()


def test_a_failure_that_is_a_row_of_the_table_is_told(tmp_path, capsys):
    log = tmp_path / "step.log"
    with logged(log):
        try:
            deep_inside(Strange("one sampler of five"))
        except Strange:
            traceback.print_exc()
    assert "Strange: one sampler of five" in log.read_text()
    told = capsys.readouterr()
    assert told.out.count("\n") == 1 and str(log) in told.out and not told.err


def test_what_is_only_said_is_only_logged(tmp_path, capsys):
    log = tmp_path / "step.log"
    with logged(log):
        print("a warning", file=sys.stderr)
    assert log.read_text() == "a warning\ndone in 0.00 s\n"
    assert capsys.readouterr() == ("", "")
