"""A registry: one line a file, in order, and a clear word where a file does not fit."""

import sys

import pytest

from winning_tickets.families import FAMILIES, FILES
from winning_tickets.registry import load_classes
from winning_tickets.samplers import ALL_SAMPLERS, ORACLE_FILES, Sampler
from winning_tickets.samplers import FILES as SAMPLER_FILES


def test_names_are_those_of_the_files_in_order():
    assert tuple(FAMILIES) == FILES
    assert tuple(ALL_SAMPLERS) == SAMPLER_FILES + ORACLE_FILES
    assert [family.name for family in FAMILIES.values()] == list(FILES)
    assert [sampler.name for sampler in ALL_SAMPLERS.values()] == list(ALL_SAMPLERS)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("", "found: none"),
        ("from winning_tickets.samplers.fft import FFTSampler", "found: none"),
        ("class A(Sampler): name = 'other'", "found: A"),
        ("class A(Sampler): name = 'one'\nclass B(Sampler): name = 'two'", "found: A, B"),
    ],
)
def test_a_file_without_its_one_class_is_named(code, found, tmp_path, monkeypatch):
    package = tmp_path / "registered"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "one.py").write_text(
        f"from winning_tickets.samplers.base import Sampler\n{code}\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("registered", "registered.one"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    expected = rf"registered\.one: must define one Sampler with name = 'one'; {found}"
    with pytest.raises(TypeError, match=expected):
        load_classes("registered", ["one"], Sampler)
    for name in ("registered", "registered.one"):
        sys.modules.pop(name, None)
