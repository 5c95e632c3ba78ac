"""Where caches are kept if the home cannot be written."""

import os
from pathlib import Path

from winning_tickets.records.home import CACHE, keep_cache_here


def test_a_home_of_no_use_is_replaced_by_the_folder_of_the_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file/cache"))
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    keep_cache_here()
    assert Path(os.environ["XDG_CACHE_HOME"]) == tmp_path / CACHE
    assert Path(os.environ["MPLCONFIGDIR"]) == tmp_path / CACHE


def test_a_home_that_can_be_written_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    keep_cache_here()
    assert os.environ["XDG_CACHE_HOME"] == str(tmp_path / "cache")
    assert "MPLCONFIGDIR" not in os.environ
