"""Provenance: content digests, the state of the code, the record of a stage."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from winning_tickets.records.files import save_arrays
from winning_tickets.records.provenance import (
    code_state,
    content_digest,
    running_code_state,
    settings_digest,
    stage_record,
)

ROOT = Path(__file__).parents[2]
UNKNOWN = {"commit": None, "dirty": None}


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def start_repository(folder, *files):
    """Make a git repository whose one commit holds files."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("one")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first", "--allow-empty")


@pytest.fixture
def checkout(tmp_path):
    """A repository with a Snakefile, a module and a README, without changes."""
    folder = tmp_path / "checkout"
    start_repository(folder, "Snakefile", "src/package/module.py", "README.md")
    assert code_state(folder)["dirty"] is False
    return folder


def test_digest_of_arrays_sees_values_types_shapes_and_names(tmp_path):
    arrays = {"first": np.arange(6), "second": np.array(["x", "yz"])}
    variants = [
        arrays,
        {**arrays, "first": np.arange(6).astype(np.int32)},
        {**arrays, "first": np.arange(6).reshape(2, 3)},
        {**arrays, "first": np.array([0, 1, 2, 3, 4, 6])},
        {"renamed": arrays["first"], "second": arrays["second"]},
    ]
    digests = set()
    for number, variant in enumerate(variants):
        save_arrays(tmp_path / f"{number}.npz", **variant)
        digests.add(content_digest(tmp_path / f"{number}.npz"))
    assert len(digests) == len(variants)


def test_digest_of_arrays_ignores_order_and_packing(tmp_path):
    save_arrays(tmp_path / "a.npz", x=np.arange(3), y=np.ones(2))
    np.savez_compressed(tmp_path / "b.npz", y=np.ones(2), x=np.arange(3))
    assert content_digest(tmp_path / "a.npz") == content_digest(tmp_path / "b.npz")


def test_digest_names_a_damaged_file(tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"not an archive")
    with pytest.raises(ValueError, match=r"broken\.npz: the file is damaged"):
        content_digest(tmp_path / "broken.npz")


def test_settings_digest_ignores_the_order_of_keys_but_not_of_values():
    assert settings_digest({"a": 1, "b": [1, 2]}) == settings_digest({"b": [1, 2], "a": 1})
    assert settings_digest({"b": [1, 2]}) != settings_digest({"b": [2, 1]})


def test_code_state_follows_the_checkout(checkout, tmp_path):
    assert code_state(tmp_path) == UNKNOWN
    clean = code_state(checkout)
    assert len(clean["commit"]) == 40
    # The study itself writes into the README: that is no other code.
    (checkout / "README.md").write_text("two")
    assert code_state(checkout) == clean
    (checkout / "Snakefile").write_text("two")
    assert code_state(checkout) == {"commit": clean["commit"], "dirty": True}


def test_an_archive_inside_another_repository_is_unknown(checkout):
    inside = checkout / "archive"
    inside.mkdir()
    (inside / "Snakefile").write_text("one")
    assert code_state(inside) == UNKNOWN
    # Not even if that repository holds it: what lies around it may be anything.
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "second")
    assert code_state(inside) == UNKNOWN


def test_a_repository_without_the_code_is_unknown(tmp_path):
    start_repository(tmp_path / "empty")
    (tmp_path / "empty/Snakefile").write_text("one")
    assert code_state(tmp_path / "empty") == UNKNOWN
    git(tmp_path, "init", "--quiet", "unborn")
    assert code_state(tmp_path / "unborn") == UNKNOWN


@pytest.mark.parametrize("work_tree", [False, True])
def test_the_environment_does_not_point_elsewhere(checkout, tmp_path, monkeypatch, work_tree):
    expected = code_state(checkout)
    start_repository(tmp_path / "other", "Snakefile")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    if work_tree:
        monkeypatch.setenv("GIT_WORK_TREE", str(checkout))
    assert code_state(checkout) == expected
    monkeypatch.chdir(tmp_path)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/Snakefile").write_text("one")
    assert code_state("archive") == UNKNOWN


def ignore_by_file(checkout):
    (checkout / ".git/info/exclude").write_text("*.py\n")
    (checkout / "src/package/other.py").write_text("new")


def assume_unchanged(checkout):
    git(checkout, "update-index", "--assume-unchanged", "src/package/module.py")
    (checkout / "src/package/module.py").write_text("two")


def skip_worktree(checkout):
    git(checkout, "update-index", "--skip-worktree", "src/package/module.py")
    (checkout / "src/package/module.py").unlink()


HIDDEN = {
    "a new file": lambda checkout: (checkout / "src/package/new.py").write_text("new"),
    "a new part": lambda checkout: (checkout / "config.yaml").write_text("new"),
    "a file that git ignores": ignore_by_file,
    "an edit that git is told to overlook": assume_unchanged,
    "a missing file that git is told to overlook": skip_worktree,
    "a folder of code from elsewhere": lambda checkout: (checkout / "src/linked").symlink_to("."),
}


@pytest.mark.parametrize("change", HIDDEN)
def test_code_that_git_does_not_report_counts(checkout, change):
    HIDDEN[change](checkout)
    assert code_state(checkout)["dirty"] is True


def test_what_running_and_installing_leave_does_not_count(checkout):
    for name in ("src/package/__pycache__/module.nbi", "src/package.egg-info/PKG-INFO"):
        (checkout / name).parent.mkdir()
        (checkout / name).write_text("generated")
    assert code_state(checkout)["dirty"] is False


def test_a_worktree_a_submodule_and_a_shallow_clone_are_checkouts(checkout, tmp_path):
    git(checkout, "worktree", "add", "--quiet", str(tmp_path / "worktree"))
    git(tmp_path, "clone", "--quiet", "--depth=1", checkout.as_uri(), "shallow")
    outer = tmp_path / "outer"
    start_repository(outer, "Snakefile")
    local = ("-c", "protocol.file.allow=always")
    git(outer, *local, "submodule", "--quiet", "add", str(checkout), "inner")
    for folder in (tmp_path / "worktree", tmp_path / "shallow", outer / "inner"):
        assert code_state(folder) == code_state(checkout)


def test_without_git_nothing_is_known(checkout, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert code_state(checkout) == UNKNOWN


def test_a_refusal_of_git_is_unknown(checkout, monkeypatch, tmp_path):
    stand_in = tmp_path / "bin/git"
    stand_in.parent.mkdir()
    stand_in.write_text("#!/bin/sh\necho fatal: detected dubious ownership >&2\nexit 128\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(stand_in.parent))
    assert code_state(checkout) == UNKNOWN


def test_another_library_than_the_folders_own_is_unknown(checkout):
    assert running_code_state(checkout) == UNKNOWN


def test_the_library_of_a_checkout_knows_its_commit(tmp_path):
    folder = tmp_path / "checkout"
    generated = shutil.ignore_patterns("__pycache__")
    library = "src/winning_tickets"
    shutil.copytree(ROOT / library, folder / library, ignore=generated)
    start_repository(folder, "Snakefile")
    asked = "from winning_tickets.records import provenance as p; print(p.running_code_state())"
    told = subprocess.run(
        [sys.executable, "-B", "-c", asked],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    state = code_state(folder)
    assert told.strip() == str(state) and state["dirty"] is False


def test_record_of_a_stage_names_files_settings_and_machine(tmp_path):
    read, written = tmp_path / "in.csv", tmp_path / "out.csv"
    read.write_text("a\n1\n")
    written.write_text("b\n2\n")
    record = stage_record("risks", [str(read)], [str(written)], {"seed": 7})
    assert record["stage"] == "risks" and record["settings"] == {"seed": 7}
    assert record["inputs"] == {str(read): content_digest(read)}
    assert record["outputs"] == {str(written): content_digest(written)}
    assert {"commit", "dirty", "machine", "settings_sha256"} <= record.keys()
