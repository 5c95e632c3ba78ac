"""What several test files share: brute force over all nodes, small problems, goodness of fit.

The brute force follows the formulas of docs/method.md by plain loops and shares no code with the
library.
"""

import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import winning_tickets as wt
from tests.samplers.goodness import chi_square, full_grid, node_counts

REFERENCE_FOLDER = Path(__file__).parent / "reference"
_ALL_REFERENCES = sorted(path.stem for path in REFERENCE_FOLDER.glob("*.json"))
PRIOR_REFERENCES = [name for name in _ALL_REFERENCES if name.startswith("prior_")]
REFERENCES = [name for name in _ALL_REFERENCES if name not in PRIOR_REFERENCES]

# All chi-square tests of a run together raise a false alarm with a chance of 1 % at most
# (Bonferroni). Seeds are fixed, so a run repeats itself.
FALSE_ALARM = 0.01
FAMILY_SIZE = 800
_tests_so_far = itertools.count(1)

EXACT_SAMPLERS = {
    "enumeration": ("enumeration", {}),
    "enumeration-streamed": ("enumeration", {"streamed": True}),
    "fft": ("fft", {}),
    "rejection-numba": ("rejection", {"backend": "numba"}),
    "rejection-numpy": ("rejection", {"backend": "numpy"}),
    "spectral-numba": ("spectral", {"backend": "numba"}),
    "spectral-numpy": ("spectral", {"backend": "numpy"}),
    "ancestral-numba": ("ancestral", {"backend": "numba"}),
    "ancestral-numpy": ("ancestral", {"backend": "numpy"}),
}
_WITHOUT_PRIOR = ("enumeration-streamed", "spectral-numba", "spectral-numpy")
PRIOR_SAMPLERS = {
    label: named for label, named in EXACT_SAMPLERS.items() if label not in _WITHOUT_PRIOR
}


def activation_table(name, modulus):
    """Return the admissible activation, one plain number at a time."""
    shapes = {
        "relu": lambda c, t: max(c, 0.0),
        "tanh": lambda c, t: math.tanh(4 * c / modulus),
        "sign": lambda c, t: float((c > 0) - (c < 0)),
        "sine": lambda c, t: math.sin(2 * math.pi * t / modulus),
        "gaussian": lambda c, t: math.exp(-((8 * c / modulus) ** 2) / 2),
    }
    values = [shapes[name](t - (modulus - 1) / 2, t) for t in range(modulus)]
    mean = math.fsum(values) / modulus
    norm = math.sqrt(math.fsum((value - mean) ** 2 for value in values))
    return np.array([(value - mean) / norm for value in values])


def ridge_targets(points, targets, ridge):
    """Return {x: h(x)} with h(x) an array over outputs, example by example."""
    at_point = {}
    for x, y in zip(points, targets, strict=True):
        at_point.setdefault(tuple(int(c) for c in x), []).append(np.atleast_1d(y))
    shares = {x: len(ys) / len(points) for x, ys in at_point.items()}
    return {x: shares[x] / (shares[x] + ridge) * np.mean(ys, axis=0) for x, ys in at_point.items()}


def all_scaled_weights(points, targets, modulus, activation, ridge=0.0):
    """Return u(a, b) of every node in lexicographic order, shape (P^(D+1), C)."""
    table = activation_table(activation, modulus)
    h = ridge_targets(points, targets, ridge)
    nodes = full_grid(modulus, len(points[0]) + 1)
    return sum(
        table[(nodes[:, :-1] @ np.array(x) - nodes[:, -1]) % modulus][:, None] * weight
        for x, weight in h.items()
    )


@dataclass(frozen=True)
class SmallCase:
    """A problem small enough to enumerate."""

    points: np.ndarray
    targets: np.ndarray
    modulus: int
    activation: str = "relu"
    ridge: float = 0.0
    soft_threshold: float | None = None
    prior: np.ndarray | None = None

    def problem(self):
        return wt.Problem(
            self.points,
            self.targets,
            modulus=self.modulus,
            activation=self.activation,
            ridge=self.ridge,
            prior=self.prior,
        )

    def sampler(self, label):
        name, options = EXACT_SAMPLERS[label]
        return wt.make_sampler(name, self.problem(), soft_threshold=self.soft_threshold, **options)

    def probabilities(self):
        """Return the probability of every node of a case without a prior, by brute force."""
        u = all_scaled_weights(self.points, self.targets, self.modulus, self.activation, self.ridge)
        u[np.abs(u) < 1e-11 * np.sqrt(np.mean(u**2) * self.modulus)] = 0.0
        energy = np.sum(u**2, axis=1)
        if self.soft_threshold is not None:
            energy = energy / (energy + self.soft_threshold * energy.mean())
        return energy / energy.sum()


def load_reference(name):
    """Return a reference case and the numbers that belong to it."""
    numbers = json.loads((REFERENCE_FOLDER / f"{name}.json").read_text())
    keys = ("modulus", "activation", "ridge", "prior")
    case = SmallCase(
        np.array(numbers["points"]),
        np.array(numbers["targets"]),
        **{key: numbers[key] for key in keys if key in numbers},
    )
    return case, numbers


def smooth_prior(modulus, width=1.5, zero=0.3):
    """Return a discrete Gaussian on the circle of residues with some more weight at 0."""
    distance = np.minimum(np.arange(modulus), modulus - np.arange(modulus))
    bell = np.exp(-(distance**2) / (2 * width**2))
    prior = (1 - zero) * bell / bell.sum()
    prior[0] += zero
    return prior


def _generic(rng, modulus, dimension):
    size = min(modulus**dimension, int(rng.integers(3, 30)))
    index = rng.choice(modulus**dimension, size=size, replace=False)
    return full_grid(modulus, dimension)[index]


def _repeated(rng, modulus, dimension):
    points = _generic(rng, modulus, dimension)
    return points[rng.integers(0, len(points), size=3 * len(points))]


def _shared_columns(rng, modulus, dimension):
    points = _generic(rng, modulus, dimension)
    points[:, -1] = points[:, 0]
    return points


def _constant_column(rng, modulus, dimension):
    points = _generic(rng, modulus, dimension)
    points[:, rng.integers(dimension)] = rng.integers(modulus)
    return points


def _one_point(rng, modulus, dimension):
    return rng.integers(0, modulus, size=(1, dimension))


def _all_points(rng, modulus, dimension):
    while modulus**dimension > 50:
        dimension -= 1
    return rng.permutation(full_grid(modulus, dimension))


def _two_points(rng, modulus, dimension):
    return full_grid(modulus, dimension)[rng.choice(modulus**dimension, size=2, replace=False)]


def _one_coordinate(rng, modulus, dimension):
    points = np.tile(rng.integers(0, modulus, size=dimension), (modulus, 1))
    points[:, rng.integers(dimension)] = np.arange(modulus)
    return points[: rng.integers(2, modulus + 1)]


def _one_hot(rng, modulus, dimension):
    # The origin belongs to it: then no coordinate can be spared to tell the points apart.
    return np.vstack([np.zeros(dimension, dtype=int), np.eye(dimension, dtype=int)])


POINT_KINDS = {
    "generic": _generic,
    "repeated": _repeated,
    "shared_columns": _shared_columns,
    "constant_column": _constant_column,
    "one_point": _one_point,
    "all_points": _all_points,
    "two_points": _two_points,
    "one_coordinate": _one_coordinate,
    "one_hot": _one_hot,
    "several_outputs": _generic,
    "soft_below_one": _generic,
    "soft_above_one": _repeated,
}
# The largest dimension for each modulus that keeps P^(D+1) below 7,000.
_DIMENSIONS = {3: 7, 5: 4, 7: 3, 11: 2, 17: 2}


def random_case(seed):
    """Return (kind, case); seeds that differ by the number of kinds give the same kind."""
    rng = np.random.default_rng([20260513, seed])
    kind = list(POINT_KINDS)[seed % len(POINT_KINDS)]
    modulus = int(rng.choice([3, 5])) if kind == "one_hot" else list(_DIMENSIONS)[seed % 5]
    low = _DIMENSIONS[modulus] if kind == "one_hot" else 2
    dimension = int(rng.integers(low, _DIMENSIONS[modulus] + 1))
    points = POINT_KINDS[kind](rng, modulus, dimension)
    shape = (len(points), 3) if kind == "several_outputs" else len(points)
    targets = rng.normal(size=shape)
    if kind == "generic":
        targets[1::4] = 0.0  # points without target are data, but not support
    soft = {"soft_below_one": 0.3, "soft_above_one": 4.0}.get(kind)
    return kind, SmallCase(
        points,
        targets,
        modulus,
        activation=str(rng.choice(wt.ACTIVATIONS)),
        ridge=float(rng.choice([0.0, 0.05])),
        soft_threshold=soft,
    )


def fit_of(nodes, case):
    """Return the p-value of nodes drawn for a case, by chi-square."""
    return chi_square(node_counts(nodes, case.modulus), case.probabilities())


def is_rejected(p_value):
    """Judge one of the family's tests."""
    assert next(_tests_so_far) <= FAMILY_SIZE, "more chi-square tests than the level allows for"
    return p_value < FALSE_ALARM / FAMILY_SIZE


def uniform_fit(values, cells):
    """Return the p-value of whole numbers 0..cells-1 that should be uniform."""
    counts = np.bincount(np.ravel(values), minlength=cells)
    return chi_square(counts, np.full(cells, 1 / cells))


def assert_one_line(error, word):
    """Check that an error is one line that names what is wrong."""
    message = str(error.value)
    assert word in message
    assert "\n" not in message
    assert len(message) < 250
