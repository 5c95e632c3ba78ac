"""No sampler takes more memory than it declares, whatever P, D and M are."""

import os
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass

import numpy as np
import psutil
import pytest

import winning_tickets as wt
from tests.support import assert_one_line
from winning_tickets.samplers.base import MAX_TABLE_MODULUS
from winning_tickets.samplers.circuit import MAX_AMPLITUDES

MIB = 1 << 20
# What the tests themselves may take.
MOST = 128 * MIB

BELOW, ABOVE = 509, 521


@dataclass(frozen=True)
class Size:
    """P, D and M' of a problem, all that declared memory depends on, and nodes to draw."""

    modulus: int
    dimension: int
    support_size: int
    nodes: int

    def problem(self, outputs=1):
        rng = np.random.default_rng(self.support_size)
        shape = (self.support_size, self.dimension)
        points = rng.integers(0, self.modulus, shape, dtype=np.uint16)
        # Two points share every coordinate but the last: all but one make groups of two.
        points[1::2, :-1] = points[: len(points) // 2 * 2 : 2, :-1]
        targets = rng.normal(size=(self.support_size, outputs))
        return wt.Problem(points, targets, modulus=self.modulus)


SIZES = [
    Size(3, 1, 1, 1),
    Size(3, 2, 5, 40_000),
    Size(5, 6, 200, 1_500),
    Size(3, 8, 2_000, 1),
    Size(5, 12, 3_000, 1),
    Size(5, 5_000, 20, 5),
    Size(5, 200_000, 3, 1),
    Size(127, 5_000, 60, 10),
    Size(BELOW, 1, 300, 100),
    Size(BELOW, 2, 1_000, 1),
    Size(ABOVE, 1, 300, 100),
    Size(ABOVE, 3, 1_000, 1),
    Size(1_021, 1, 100, 100),
    Size(20_011, 2, 20, 20),
    Size(65_521, 1, 50, 3),
    Size(65_521, 2, 1_500, 1),
    Size(65_521, 2_000, 30, 1),
]


def test_the_sizes_lie_on_both_sides_of_the_limit_on_tables():
    assert BELOW < MAX_TABLE_MODULUS < ABOVE


def cases():
    """Yield every sampler with its backends at every size that it reaches in `MOST` bytes."""
    for name, sampler in wt.SAMPLERS.items():
        several = name in ("enumeration", "rejection", "spectral", "ancestral", "capped")
        for size in SIZES:
            if sampler.memory_required(size) > MOST:
                continue
            if name == "ancestral" and size.dimension > 1_000:
                continue  # a minute each; tests/samplers/test_ancestral.py measures many dimensions
            if name == "circuit" and size.modulus ** (size.dimension + 1) > MAX_AMPLITUDES:
                continue
            for options in ({"backend": "numba"}, {"backend": "numpy"}) if several else ({},):
                yield name, options, size


def peak_memory(action):
    """Return what an action returns, and the most bytes that it had allocated at a time."""
    tracemalloc.start()
    result = action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, peak


def held_by(nodes):
    return nodes.a.nbytes + nodes.b.nbytes


@pytest.mark.parametrize(("name", "options", "size"), list(cases()))
def test_no_more_is_taken_than_declared(name, options, size):
    problem = size.problem()
    # What loading a kernel for these types takes is not the sampler's.
    wt.make_sampler(name, problem, **options).sample(1, rng=0)

    def draw():
        sampler = wt.make_sampler(name, problem, **options)
        return sampler.report.memory_bytes, sampler.sample(size.nodes, rng=0)

    (declared, nodes), peak = peak_memory(draw)
    assert declared == wt.SAMPLERS[name].memory_required(problem)
    assert peak - held_by(nodes) <= declared


@pytest.mark.parametrize("backend", ["numba", "numpy"])
@pytest.mark.parametrize("size", [Size(7, 2_000, 200, 6_000), Size(31, 3, 3_000, 6_000)])
def test_threads_take_no_more_than_declared(backend, size):
    problem = size.problem()
    wt.make_sampler("spectral", problem, backend=backend, threads=3).sample(1, rng=0)

    def draw():
        sampler = wt.make_sampler("spectral", problem, backend=backend, threads=3)
        return sampler.report.memory_bytes, sampler.sample(size.nodes, rng=0)

    (declared, nodes), peak = peak_memory(draw)
    assert peak - held_by(nodes) <= declared


def test_every_sampler_is_measured_at_small_and_at_large_moduli():
    reached = {}
    for name, _, size in cases():
        reached.setdefault(name, []).append(size.modulus)
    assert set(reached) == set(wt.SAMPLERS)
    assert all(min(moduli) == 3 and max(moduli) > ABOVE for moduli in reached.values())
    for name in ("uniform", "rejection", "spectral", "fft"):
        assert max(reached[name]) == 65_521


def test_memory_does_not_grow_like_the_square_of_the_modulus():
    for name in ("uniform", "rejection", "spectral"):
        required = wt.SAMPLERS[name].memory_required
        small, large = required(Size(1_031, 2, 20, 1)), required(Size(65_521, 2, 20, 1))
        assert large < 3 * small + 64 * MIB
        assert large < 100 * MIB


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("soft_threshold", [None, 0.5, 2.0])
@pytest.mark.parametrize("size", [Size(5, 3, 40, 60_000), Size(65_521, 2, 20, 2)])
def test_samplers_made_of_samplers_declare_what_they_take(size, soft_threshold, outputs):
    problem = size.problem(outputs)

    def draw():
        sampler = wt.make_sampler("spectral", problem, soft_threshold=soft_threshold)
        return sampler.report.memory_bytes, sampler.sample(size.nodes, rng=0)

    (declared, nodes), peak = peak_memory(draw)
    # The draws of one output, or proposals with their energies, are as many as the nodes.
    proposals = max(64, 2 * size.nodes) * (held_by(nodes[:1]) + 8 * (outputs + 4))
    allowed = held_by(nodes) + (3 * proposals if soft_threshold else held_by(nodes))
    assert peak - allowed <= declared


def test_all_outputs_together_must_fit_into_the_machine(monkeypatch):
    problem = Size(5, 6, 200, 1).problem(outputs=3)

    class Memory:
        total = 3 * wt.SAMPLERS["enumeration"].memory_required(problem)

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory)
    assert wt.make_sampler("enumeration", problem).report.memory_bytes == Memory.total
    Memory.total -= 1
    with pytest.raises(MemoryError) as error:
        wt.make_sampler("enumeration", problem)
    assert_one_line(error, "enumeration")


@pytest.mark.parametrize("name", wt.SAMPLERS)
def test_the_need_is_stated_before_anything_is_taken(name, monkeypatch):
    problem = Size(3, 8, 2_000, 1).problem()
    monkeypatch.setattr(wt.SAMPLERS[name], "memory_required", classmethod(lambda *_: 1 << 60))

    def prepare():
        with pytest.raises(MemoryError) as error:
            wt.make_sampler(name, problem)
        return error

    error, peak = peak_memory(prepare)
    assert_one_line(error, f"{name} needs 10^18.1 bytes")
    # The targets are copied; tables and batches would be a multiple.
    assert peak < 5 * 8 * problem.support_size


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_a_limit_on_addresses_is_the_limit():
    code = (
        "import resource, winning_tickets as wt\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "problem = wt.Problem([[0] * 12], [1.0], modulus=5)\n"
        "wt.make_sampler('fft', problem)"
    )
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert "MemoryError: sampler: fft needs 10^" in told.splitlines()[-1], told
    assert "this process can get 10^9." in told


LIMITED = """
import resource, numpy as np, psutil, winning_tickets as wt

def draw(name, modulus, dimension, nodes, limited=True):
    points = np.random.default_rng(0).integers(0, modulus, (20, dimension))
    problem = wt.Problem(points, np.arange(1.0, 21.0), modulus=modulus)
    declared = wt.SAMPLERS[name].memory_required(problem)
    taken = psutil.Process().memory_info().vms
    # 16 MiB for the allocator, which takes memory in large pieces.
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = taken + declared + (16 << 20) if limited else most
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    wt.make_sampler(name, problem).sample(nodes, rng=0)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))

# Kernels and libraries are loaded by what takes little.
for name in wt.SAMPLERS:
    draw(name, 257, 1, 1, limited=False)
draw("rejection", 20_011, 2, 1, limited=False)
for name in ("uniform", "rejection", "spectral"):
    draw(name, 20_011, 2, 5)
    draw(name, 65_521, 2, 3)
draw("fft", 65_521, 1, 3)
draw("enumeration", 2_003, 1, 5)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_libraries_take_no_more_than_declared_either():
    # What NumPy does not allocate: transforms, matrix products, compiled kernels.
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    run = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, env=os.environ | single
    )
    assert run.returncode == 0, run.stderr
