"""Public names: loaded when they are asked for, as if they had been there from the start."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import winning_tickets as wt
from winning_tickets.dependencies import library_files


def test_the_package_loads_nothing_until_a_name_is_asked_for():
    code = (
        "import sys, winning_tickets as wt; assert 'numpy' not in sys.modules;"
        "assert {*wt.__all__} <= {*dir(wt)}; wt.make_activation;"
        "assert 'winning_tickets.samplers' not in sys.modules;"
        "from winning_tickets import *; assert Problem is wt.problem.Problem"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_name_is_that_of_its_module():
    for module, names in wt._MODULES.items():
        for name in names:
            assert getattr(wt, name) is getattr(getattr(wt, module), name)
    assert {name for names in wt._MODULES.values() for name in names} | {"__version__"} == {
        *wt.__all__
    }


def test_what_type_checkers_read_is_what_is_loaded():
    imports = [
        node
        for node in ast.walk(ast.parse(Path(wt.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    read = {node.module: tuple(alias.name for alias in node.names) for node in imports}
    assert read == wt._MODULES


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'winning_tickets' has no attribute 'Poblem'"):
        wt.Poblem  # noqa: B018


def test_what_imports_a_public_name_still_rests_on_where_it_is_defined(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from winning_tickets import OracleProblem\n", encoding="utf-8")
    found = library_files(script)
    assert {"src/winning_tickets/oracle.py", "src/winning_tickets/field.py"} <= {*found}
    assert not [path for path in found if "estimators" in path]
