"""Draw from fixed seeds and print what came out; run by other interpreters and other NumPys.

Needs nothing but the library: a digest of all nodes, then risks.
"""

import hashlib
import json

import numpy as np

import winning_tickets as wt

SAMPLERS = (
    "uniform",
    "enumeration",
    "fft",
    "rejection",
    "spectral",
    "ancestral",
    "capped",
    "circuit",
)


def draw():
    """Return digests of nodes, and risks, by case and sampler."""
    found = {}
    for modulus, dimension, activation in ((3, 5, "relu"), (5, 3, "tanh"), (7, 2, "sine")):
        rng = np.random.default_rng(modulus)
        index = rng.choice(modulus**dimension, size=20, replace=False)
        points = np.stack(np.unravel_index(index, (modulus,) * dimension), axis=1)
        targets = rng.normal(size=20)
        problem = wt.Problem(points, targets, modulus=modulus, activation=activation)
        for name in SAMPLERS:
            nodes = wt.make_sampler(name, problem).sample(500, rng=20260513)
            whole = np.column_stack([nodes.a, nodes.b]).astype(np.int64)
            risk = wt.fit_subnetwork(problem, nodes[:8]).relative_risk
            digest = hashlib.sha256(whole.tobytes()).hexdigest()
            found[f"P = {modulus}, {name}"] = [digest, float(risk)]
    return found


if __name__ == "__main__":
    print(json.dumps({"numpy": np.__version__, "found": draw()}, indent=2))
