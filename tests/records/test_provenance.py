"""Provenance: content digests, the state of the code, the record of a stage."""

import subprocess

import numpy as np
import pytest

from winning_tickets.records.files import save_arrays
from winning_tickets.records.provenance import (
    code_state,
    content_digest,
    settings_digest,
    stage_record,
)


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


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


def test_code_state_follows_the_checkout(tmp_path):
    assert code_state(tmp_path) == {"commit": None, "dirty": None}
    git(tmp_path, "init", "--quiet")
    (tmp_path / "Snakefile").write_text("one")
    (tmp_path / "README.md").write_text("one")
    git(tmp_path, "add", "Snakefile", "README.md")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    clean = code_state(tmp_path)
    assert len(clean["commit"]) == 40 and clean["dirty"] is False
    # The study itself writes into the README: that is no other code.
    (tmp_path / "README.md").write_text("two")
    assert code_state(tmp_path) == clean
    (tmp_path / "Snakefile").write_text("two")
    assert code_state(tmp_path) == {"commit": clean["commit"], "dirty": True}


def test_record_of_a_stage_names_files_settings_and_machine(tmp_path):
    read, written = tmp_path / "in.csv", tmp_path / "out.csv"
    read.write_text("a\n1\n")
    written.write_text("b\n2\n")
    record = stage_record("risks", [str(read)], [str(written)], {"seed": 7})
    assert record["stage"] == "risks" and record["settings"] == {"seed": 7}
    assert record["inputs"] == {str(read): content_digest(read)}
    assert record["outputs"] == {str(written): content_digest(written)}
    assert {"commit", "dirty", "machine", "settings_sha256"} <= record.keys()
