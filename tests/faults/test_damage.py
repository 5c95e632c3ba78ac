"""Damaged files between the steps: refused by name with the remedy, and made again on request."""

import io
import shutil

import numpy as np
import pytest

from tests.faults.harness import Study, assert_clear
from winning_tickets.experiments import load_experiments
from winning_tickets.families.cell import ARRAYS
from winning_tickets.records.files import (
    DamagedFileError,
    load_arrays,
    load_json,
    load_rows,
    save_arrays,
    save_json,
    save_rows,
)
from winning_tickets.records.frames import load_table
from winning_tickets.tickets import STACKED

COLUMNS = load_experiments()["risks"].columns


def objects():
    """Return an archive whose array holds objects: to load it is to run what it says."""
    stream = io.BytesIO()
    np.savez(stream, points=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return stream.getvalue()


DAMAGES = {
    "truncated": lambda data: data[: len(data) // 2],
    "without its last byte": lambda data: data[:-1],
    "emptied": lambda data: b"",
    "text": lambda data: b"this is not what was here\n",
    "an object array": lambda data: objects(),
    "zeros": lambda data: bytes(len(data)),
}


def write_all(folder):
    """Write a small file of each kind; return how each is read."""
    arrays = {name: np.arange(6.0).reshape(2, 3) for name in {*ARRAYS, *STACKED, "seed"}}
    save_arrays(folder / "dataset.npz", **arrays)
    save_rows(folder / "risks.csv", [{"dimension": 2, "status": "ok"}] * 5, COLUMNS)
    save_json(folder / "machine.json", {"processor": "one", "cores": [1, 2]})
    return {
        "dataset.npz": [lambda path: load_arrays(path, [*ARRAYS, "seed"])],
        "risks.csv": [
            lambda path: load_rows(path, COLUMNS),
            lambda path: load_table(path, COLUMNS),
        ],
        "machine.json": [load_json],
    }


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_of_any_kind_is_refused_by_name(tmp_path, damage):
    for name, readers in write_all(tmp_path).items():
        path = tmp_path / name
        whole = path.read_bytes()
        if (damage, name) == ("without its last byte", "machine.json"):
            continue  # its last byte is a line break, without which it is still whole
        path.write_bytes(DAMAGES[damage](whole))
        for read in readers:
            with pytest.raises(DamagedFileError, match=name) as caught:
                read(path)
            assert "snakemake --force" in str(caught.value) and "\n" not in str(caught.value)
        path.write_bytes(whole)
        for read in readers:
            assert read(path) is not None


# What is damaged, and what is made from it next.
CHAIN = {
    "datasets/random_D2.npz": "tickets/random_D2/spectral.npz",
    "tickets/random_D2/spectral.npz": "risks/random_D2.csv",
    "risks/random_D2.csv": "risks.csv",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a study that is made, and its tables."""
    study = Study(tmp_path_factory.mktemp("damage") / "study")
    return study, study.made()


@pytest.mark.long
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_stops_the_run_and_is_made_again_on_request(study, damage):
    study, before = study

    def write(name, change):
        path = study.folder / "results/tiny" / name
        path.parent.mkdir(exist_ok=True)  # a job that fails takes its folder with it
        path.write_bytes(change(before[f"tiny/{name}"]))

    study.targets = ()
    for name, following in CHAIN.items():
        write(name, DAMAGES[damage])
        status, lines = study.make("--force", f"results/tiny/{following}")
        assert_clear(status, lines, f"results/tiny/{name}: the file is damaged", most=12)
        write(name, bytes)
    for name in CHAIN:
        write(name, DAMAGES[damage])
    status, lines = study.make("--force", *(f"results/tiny/{name}" for name in CHAIN))
    assert status == 0, lines
    study.targets = ("risks",)
    assert study.made() == before


@pytest.mark.long
def test_half_written_files_of_a_killed_run_are_never_read(tmp_path):
    study = Study(tmp_path / "study")
    before = study.made()
    dataset = study.folder / "results/tiny/datasets/random_D2.npz"
    half = dataset.with_name(f".{dataset.name}.1.partial")
    half.write_bytes(dataset.read_bytes()[:50])
    shutil.rmtree(study.folder / "results/tiny/tickets")
    study.targets = ("tickets", "risks")
    assert study.made() == before
