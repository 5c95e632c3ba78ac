"""How a step ends: in one line, with the traceback of what nobody expected in its log."""

import errno
import os
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
        (OSError(5, "Input/output error"), "OSError: [Errno 5] Input/output error"),
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


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_no_more_is_told_without_a_traceback(tmp_path, number):
    log = tmp_path / "step.log"
    line = end_of(OSError(number, os.strerror(number), "a.npz"), log)
    assert line == f"{os.strerror(number)}: results cannot be written; put that right and run again"
    assert log.read_text() == line + "\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_log_that_cannot_be_written_is_told_too():
    for error in (ValueError("a mistake"), OSError(28, "No space left on device")):
        assert end_of(error, "/dev/full").startswith("No space left on device: results cannot")
    with pytest.raises(SystemExit, match="No space left"), logged("/dev/full"):
        pass


def test_an_interrupt_is_not_told(tmp_path):
    assert end_of(KeyboardInterrupt(), tmp_path / "step.log") == 130
    assert (tmp_path / "step.log").read_text() == "interrupted\n"


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
