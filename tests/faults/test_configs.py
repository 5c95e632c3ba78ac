"""Malformed configurations, made from the schema: each fault one line that names its key."""

import copy

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.harness import TINY, Study
from tests.study.test_plan import DEFAULT
from winning_tickets.config import ConfigError
from winning_tickets.study import make_study

# Nothing of this may ever be run.
CODE = "__import__('pathlib').Path('evaluated').touch()"
OF_FOLDERS = ("results", "figures_folder")


def places(config, before=()):
    """Yield the path of every value that is no mapping, lists as a whole."""
    for key, value in config.items():
        if isinstance(value, dict) and value:
            yield from places(value, (*before, key))
        elif key not in OF_FOLDERS:
            yield (*before, key)


def value_at(config, path):
    for key in path:
        config = config[key]
    return config


def changed(path, change):
    """Return the default configuration with one of its mappings changed."""
    config = copy.deepcopy(DEFAULT)
    change(value_at(config, path[:-1]), path[-1])
    return config


def wrong_values(value):
    """Return values that are wrong in place of one of the default configuration."""
    wrong = [{"inner": CODE}, [[]], [], CODE, f"!!python/object/apply:os.system ['{CODE}']"]
    if isinstance(value, int | float):
        wrong += [-1, float("nan"), float("inf"), -float("inf"), str(value), [value], True, None]
    if isinstance(value, list):
        wrong += [None, "", value + value, [*value, CODE], [*value, None], [*value, {}]]
    if isinstance(value, str):
        wrong += [None, 1, "", value.upper(), value + " "]
    return wrong


@st.composite
def malformed(draw):
    """Draw a configuration with one fault, and the key that is at fault."""
    path = draw(st.sampled_from(list(places(DEFAULT))))
    kind = draw(st.sampled_from(["value", "value", "value", "missing", "unknown"]))
    if kind == "missing":
        return ".".join(path), changed(path, lambda part, key: part.pop(key))
    if kind == "unknown":
        name = draw(st.text("abcdefgh_", min_size=2, max_size=8).filter(lambda n: n not in DEFAULT))
        inner = (*path[:-1], f"{name}_x")
        return ".".join(inner), changed(inner, lambda part, key: part.update({key: CODE}))
    wrong = draw(st.sampled_from(wrong_values(value_at(DEFAULT, path))))
    return ".".join(path), changed(path, lambda part, key: part.update({key: wrong}))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=malformed())
def test_a_malformed_configuration_is_refused_in_a_line_that_names_its_key(case):
    key, config = case
    with pytest.raises(ConfigError) as caught:
        make_study(config)
    faults = caught.value.faults
    assert all("\n" not in fault and len(fault) < 600 for fault in faults)
    assert any(fault.startswith(key) for fault in faults), (key, faults)


BY_HAND = {
    "seed": CODE,
    "modulus": 4,
    "activation": {"name": "relu"},
    "ridge_relative": "0.1 or 1",
    "soft_threshold": [0.1],
    "families": ["grid", CODE],
    "targets": "sines",
    "dimensions": [2, 2],
    "nodes": 1e30,
    "replicates": -1,
    "draws": None,
    "samplers": ["spectral", 7],
    "budget": {"memory_mib": "all"},
    "figures": [CODE],
    "results": "../outside",
}


@pytest.mark.long
def test_fifteen_of_them_through_snakemake_leave_nothing(tmp_path):
    study = Study(tmp_path / "study")
    for key, value in BY_HAND.items():
        tiny = yaml.safe_load(TINY) | {key: value}
        (study.folder / "tiny.yaml").write_text(yaml.safe_dump(tiny))
        status, lines = study.make(clear=False)
        faults = [line for line in lines if line.startswith("config: ")]
        assert status != 0 and "Traceback" not in "\n".join(lines), lines
        assert faults and all(fault.startswith(f"config: {key}") for fault in faults), lines
        assert len(lines) <= len(faults) + 1
    assert len(BY_HAND) == 15
    assert not (study.folder / "results").exists()
    assert not list(study.folder.rglob("evaluated"))
