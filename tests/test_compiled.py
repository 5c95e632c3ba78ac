"""Compiled kernels: cached where that works, and drawing all the same where it does not."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import winning_tickets as wt
from winning_tickets import compiled

KERNEL = """
from winning_tickets.compiled import compiled

@compiled
def double(x):
    return 2 * x
"""

DRAW = """
import numpy as np, winning_tickets as wt
problem = wt.Problem([[0, 1], [1, 2], [2, 2]], [1.0, -1.0, 2.0], modulus=3)
for name in ("enumeration", "rejection", "spectral"):
    numba, numpy = (
        wt.make_sampler(name, problem, backend=backend).sample(50, rng=0)
        for backend in ("auto", "numpy")
    )
    assert np.array_equal(numba.a, numpy.a) and np.array_equal(numba.b, numpy.b)
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of a cache that no other kernel uses; what was said before is forgotten."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    compiled._say.cache_clear()
    yield tmp_path / "cache"
    compiled._say.cache_clear()


def load_kernel(folder):
    """Return the kernel as a new process would see it."""
    path = folder / "kernels.py"
    if not path.exists():
        path.write_text(KERNEL)
    spec = importlib.util.spec_from_file_location("kernels", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.double


def was_cached(kernel):
    """Call a kernel with a new type and return whether its code was in the cache."""
    assert kernel(21) == 42
    return bool(kernel.stats.cache_hits)


def test_a_second_process_takes_the_kernel_from_the_cache(cache, tmp_path, capsys):
    assert not was_cached(load_kernel(tmp_path))
    assert was_cached(load_kernel(tmp_path))
    assert capsys.readouterr().err == ""


def change_in_the_middle(content):
    middle = len(content) // 2
    return content[:middle] + bytes(255 - byte for byte in content[middle:])


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "damage",
    [lambda content: b"", lambda content: content[: len(content) // 2], change_in_the_middle],
    ids=["emptied", "cut", "changed"],
)
def test_a_damaged_cache_is_made_anew(cache, tmp_path, capsys, suffix, damage):
    was_cached(load_kernel(tmp_path))
    (file,) = cache.rglob(f"*.{suffix}")
    file.write_bytes(damage(file.read_bytes()))
    assert not was_cached(load_kernel(tmp_path))
    assert capsys.readouterr().err.count("\n") == 1
    assert was_cached(load_kernel(tmp_path))


def test_a_cut_of_the_last_bytes_is_damage_too(cache, tmp_path):
    was_cached(load_kernel(tmp_path))
    (file,) = cache.rglob("*.nbc")
    file.write_bytes(file.read_bytes()[:-1])
    assert not was_cached(load_kernel(tmp_path))
    assert was_cached(load_kernel(tmp_path))


def test_a_cache_that_can_be_written_no_more_is_said_once(cache, tmp_path, capsys):
    kernel = load_kernel(tmp_path)
    shutil.rmtree(cache)
    cache.write_text("a file where the folder was")
    assert kernel(21) == 42
    assert kernel(2.5) == 5.0
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "NUMBA_CACHE_DIR" in message


def test_draws_need_no_cache(tmp_path):
    # Read-only to every user: a file stands where each folder of a cache would be made.
    shutil.copytree(
        Path(wt.__file__).parent,
        tmp_path / "winning_tickets",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (tmp_path / "winning_tickets" / "samplers" / "__pycache__").touch()
    (tmp_path / "home").touch()
    homeless = {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(tmp_path)}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG", "NUMBA"))}
    run = subprocess.run(
        [sys.executable, "-c", DRAW], capture_output=True, text=True, env=kept | homeless
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("\n") == 1
    assert "NUMBA_CACHE_DIR" in run.stderr
