"""Draws from seeds on every Python found, with the oldest NumPy and that of the lock.

All are held to tests/faults/draws.json: ``python tests/faults/draws.py > tests/faults/draws.json``
writes it anew, after a change that is meant to change draws.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.draws import draw
from tests.workflow.pipeline import ROOT

LOCK = dict(
    re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "envs/requirements.lock").read_text(), re.MULTILINE)
)
NEEDED = ("scipy", "numba", "psutil", "pyyaml", "jsonschema", "msgspec", "scikit-learn")
NUMPYS = ("2.1.*", LOCK["numpy"])


def interpreters():
    """Return a Python of each version from 3.11 on that is installed here."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = {}
    for minor in range(11, 15):
        named = shutil.which(f"python3.{minor}")
        own = sorted(home.glob(f"versions/3.{minor}.*/bin/python"))
        if own or (named and "shims" not in named):
            found[f"3.{minor}"] = str(own[-1] if own else named)
    return found


def assert_as_committed(found):
    """Compare digests of nodes exactly, and risks to a millionth."""
    committed = json.loads((ROOT / "tests/faults/draws.json").read_text())["found"]
    assert found.keys() == committed.keys()
    for case, (digest, risk) in committed.items():
        assert found[case][0] == digest, case
        assert found[case][1] == pytest.approx(risk, abs=1e-6), case


def test_draws_here_are_those_committed():
    assert_as_committed(draw())


@pytest.mark.long
@pytest.mark.parametrize("numpy", NUMPYS)
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_draws_are_equal_and_risks_to_a_millionth(tmp_path, version, numpy):
    if version not in interpreters():
        pytest.skip(f"no Python {version} on this machine")
    python = tmp_path / "venv/bin/python"
    subprocess.run([interpreters()[version], "-m", "venv", tmp_path / "venv"], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    installed = subprocess.run(
        [*install, f"numpy=={numpy}", *NEEDED], capture_output=True, text=True, check=False
    )
    if installed.returncode:
        pytest.skip(f"NumPy {numpy} cannot be installed: {installed.stderr.splitlines()[-1]}")
    told = subprocess.run(
        [python, ROOT / "tests/faults/draws.py"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    there = json.loads(told.stdout)
    assert there["numpy"].startswith(numpy.removesuffix("*"))
    assert_as_committed(there["found"])
