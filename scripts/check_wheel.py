"""Install the wheel of a folder apart from this one, and use the library as it is there."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

USE = """
import sys, winning_tickets as wt
from importlib.resources import files
where = str(files("winning_tickets"))
assert where.startswith(sys.argv[1]), f"{where} is not the wheel"
assert files("winning_tickets").joinpath("py.typed").is_file(), "py.typed is missing"
problem = wt.Problem([[0, 1], [2, 2], [1, 0]], [1.0, -2.0, 0.5], modulus=3)
nodes = wt.make_sampler("spectral", problem).sample(50, rng=0)
assert wt.fit_subnetwork(problem, nodes).relative_risk < 1e-20
"""


def check(folder):
    """Install the one wheel of a folder into an empty one and run a ticket there."""
    (wheel,) = (path.resolve() for path in Path(folder).glob("*.whl"))
    with tempfile.TemporaryDirectory() as place:
        install = ["pip", "install", "--quiet", "--no-deps", "--target", place, str(wheel)]
        subprocess.run([sys.executable, "-m", *install], check=True)
        environment = os.environ | {"PYTHONPATH": place}
        command = [sys.executable, "-P", "-c", USE, place]
        subprocess.run(command, cwd=place, env=environment, check=True)


if __name__ == "__main__":
    check(*sys.argv[1:])
    print("The wheel works without the repository.")
