"""The matrix products that are the yardstick run on the best kernel that OpenBLAS has.

To be imported before NumPy, which loads OpenBLAS and with it what the environment asks for.
"""

import os

FORCED = {
    name: os.environ.pop(name)
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    if name in os.environ
}


def describe(libraries: list[dict], forced: dict[str, str]) -> list[str]:
    """Say in lines which kernel the products run on, and what was taken off to get it.

    Parameters
    ----------
    libraries : list of dict
        What `threadpoolctl.threadpool_info` returns.
    forced : dict of str to str
        Variables of the environment that were set.
    """
    blas = [entry for entry in libraries if entry["user_api"] == "blas"]
    lines = [
        f"G runs on {entry['internal_api']} {entry['version']}, "
        f"kernel {entry.get('architecture', 'unknown')}"
        for entry in blas[:1]
    ] or ["no BLAS was found whose kernel could be named"]
    if forced:
        settings = ", ".join(f"{name}={value}" for name, value in forced.items())
        lines.append(
            f"this machine's environment sets {settings}; it is left out here, but everything else "
            "runs with it: products there may be slower than G"
        )
    return lines
