"""The record of the machine that times were taken on."""

import json

import numpy as np

from winning_tickets.records import machine
from winning_tickets.records.machine import machine_record


def test_the_machine_record_is_plain_and_holds_no_path():
    record = machine_record()
    text = json.dumps(record)
    assert json.loads(text) == record
    assert record["packages"]["numpy"] == np.__version__
    assert record["blas"]
    assert record["memory_bytes"] > 2**20
    assert ".so" not in text and "site-packages" not in text


def test_the_record_does_not_depend_on_the_order_in_which_libraries_are_found(monkeypatch):
    """Times of two records are never pooled: a chance order would throw away what was measured."""
    found = [{"user_api": "blas", "version": version} for version in ("0.3.31", "0.3.30")]
    records = []
    for libraries in (found, found[::-1]):
        monkeypatch.setattr(machine, "threadpool_info", lambda libraries=libraries: libraries)
        records.append(machine_record())
    assert records[0] == records[1]
