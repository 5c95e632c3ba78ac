"""The record of the machine that times were taken on."""

import json

import numpy as np

from winning_tickets.records.machine import machine_record


def test_the_machine_record_is_plain_and_holds_no_path():
    record = machine_record()
    text = json.dumps(record)
    assert json.loads(text) == record
    assert record["packages"]["numpy"] == np.__version__
    assert record["blas"]
    assert record["memory_bytes"] > 2**20
    assert ".so" not in text and "site-packages" not in text
