"""The machine that results come from."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
from threadpoolctl import threadpool_info

_PACKAGES = ("winning-tickets", "numpy", "scipy", "numba", "scikit-learn", "pandas", "snakemake")
_LIBRARY_FACTS = ("internal_api", "version", "architecture", "threading_layer", "num_threads")


def machine_record() -> dict[str, Any]:
    """Return what a table of times has to be read with.

    Returns
    -------
    dict
        Processor, cores, memory in bytes, operating system, Python and package versions, and the
        BLAS libraries with their threads; plain values without any path.
    """
    return {
        "processor": _processor_name(),
        "cores_physical": psutil.cpu_count(logical=False),
        "cores_logical": psutil.cpu_count(),
        "cores_usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "blas": _blas_libraries(),
    }


def _blas_libraries() -> list[dict[str, Any]]:
    """Return the BLAS libraries by version: they are found in an order that is left to chance."""
    libraries = [
        {fact: library.get(fact) for fact in _LIBRARY_FACTS}
        for library in threadpool_info()
        if library["user_api"] == "blas"
    ]
    return sorted(libraries, key=str)


def _processor_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
