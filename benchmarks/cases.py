"""What the benchmark measures: sizes, contenders, yardsticks and the limits they should keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import scipy.fft
from contenders import Row, Timed

import winning_tickets as wt
from winning_tickets.samplers import SamplerReport

MODULUS = 7
# Weight evaluations, and multiplications, given to one repeat of `rejection`.
REJECTION_EVALUATIONS = 2e7
REJECTION_MULTIPLICATIONS = 4e9


def draw_cost(row: Row) -> float:
    return row["draw_seconds"]


def prepare_cost(row: Row) -> float:
    return row["prepare_seconds"]


def total_cost(row: Row) -> float:
    return row["prepare_seconds"] + row["draw_seconds"]


def node_cost(row: Row) -> float:
    """Seconds per node; the conventional samplers' work is their preparation, so it counts there.

    `rejection` is charged its expected M'^2 weight evaluations, not those of a lucky repeat.
    """
    if row["sampler"] == "rejection":
        return row["draw_seconds"] / row["weight_evaluations"] * row["points"] ** 2
    return (total_cost(row) if row["array_entries"] else draw_cost(row)) / row["nodes"]


def evaluation_cost(row: Row) -> float:
    return row["draw_seconds"] / row["weight_evaluations"]


@dataclass(frozen=True)
class Case:
    """Contenders timed against each other; limits bound their cost over the reference's.

    Goals are lower: what to get to some day.
    """

    dimension: int
    points: int
    nodes: int
    contenders: Mapping[str, Callable[[], Timed]]
    cost: Callable[[Row], float] = draw_cost
    reference: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    goals: Mapping[str, float] = field(default_factory=dict)
    at_least: bool = False


class Work:
    """A yardstick: a fixed piece of work in the place of drawing nodes."""

    def __init__(self, function: Callable[[], object], evaluations: int = 0) -> None:
        self.report = SamplerReport()
        self._function, self._evaluations = function, evaluations

    def sample(self, n: int, rng: int) -> None:
        self._function()
        self.report.weight_evaluations += self._evaluations


class Fewer:
    """A sampler that draws fewer nodes than the others of its case."""

    def __init__(self, sampler: Timed, most: int) -> None:
        self.report = sampler.report
        self._sampler, self._most = sampler, most

    def sample(self, n: int, rng: int) -> None:
        self._sampler.sample(min(n, self._most), rng)


def work(function: Callable[[], object], evaluations: int = 0) -> Callable[[], Work]:
    return lambda: Work(function, evaluations)


def preparing(function: Callable[[], object]) -> Callable[[], Work]:
    """Time a piece of work in the place of preparing a sampler."""

    def prepare() -> Work:
        function()
        return Work(lambda: None)

    return prepare


def sampler(name: str, problem: wt.Problem, **options: Any) -> Callable[[], Timed]:
    if name != "rejection":
        return partial(wt.make_sampler, name, problem, **options)
    evaluations = min(REJECTION_EVALUATIONS, REJECTION_MULTIPLICATIONS / problem.dimension)
    most = max(1, int(evaluations / problem.support_size**2))
    return lambda: Fewer(wt.make_sampler(name, problem), most)


def random_points(dimension: int, count: int, modulus: int = MODULUS) -> np.ndarray:
    rng = np.random.default_rng([dimension, count])
    if modulus**dimension > 100 * count:
        return rng.integers(0, modulus, size=(count, dimension), dtype=np.uint8)
    index = rng.choice(modulus**dimension, size=count, replace=False)
    return np.stack(np.unravel_index(index, (modulus,) * dimension), axis=1).astype(np.uint8)


def make_problem(points: np.ndarray, modulus: int = MODULUS) -> wt.Problem:
    targets = np.random.default_rng(len(points)).normal(size=len(points))
    return wt.Problem(points, targets, modulus=modulus)


def random_problem(dimension: int, count: int, modulus: int = MODULUS) -> wt.Problem:
    return make_problem(random_points(dimension, count, modulus), modulus)


def matrix_product(nodes: int, dimension: int, points: int) -> Callable[[], object]:
    """One float32 product of (nodes x dimension) by (dimension x points), into memory in use."""
    rng = np.random.default_rng(0)
    left = rng.random((nodes, dimension), dtype=np.float32)
    right = rng.random((dimension, points), dtype=np.float32)
    result = np.zeros((nodes, points), dtype=np.float32)
    return lambda: np.matmul(left, right, out=result)


def histogram_work(nodes: int, points: int) -> Callable[[], object]:
    """One weighted bincount of (nodes x points) residues, in node order."""
    rng = np.random.default_rng(0)
    place = rng.integers(0, MODULUS, size=(nodes, points)) + MODULUS * np.arange(nodes)[:, None]
    place, weights = place.reshape(-1), np.tile(rng.normal(size=points), nodes)
    return lambda: np.bincount(place, weights=weights, minlength=nodes * MODULUS)


def in_turn(*functions: Callable[[], object]) -> Callable[[], object]:
    return lambda: [function() for function in functions]


def against_product(
    dimension: int, points: int, nodes: int, modulus: int, reach: float, goal: float, numpy: float
) -> Case:
    problem = random_problem(dimension, points, modulus)
    contenders = {
        "product": work(matrix_product(nodes, dimension, points)),
        "spectral": sampler("spectral", problem),
        "spectral_numpy": sampler("spectral", problem, backend="numpy"),
    }
    return Case(
        dimension,
        points,
        nodes,
        contenders,
        reference="product",
        limits={"spectral": reach, "spectral_numpy": numpy},
        goals={"spectral": goal},
    )


def against_threads(dimension: int, points: int, nodes: int) -> Case:
    problem = random_problem(dimension, points)
    contenders = {
        "two_threads": sampler("spectral", problem, threads=2),
        "spectral": sampler("spectral", problem),
    }
    return Case(
        dimension,
        points,
        nodes,
        contenders,
        reference="two_threads",
        limits={"spectral": 1.7},
        at_least=True,
    )


def against_rejection(dimension: int, points: int, nodes: int) -> Case:
    problem = random_problem(dimension, points)
    names = ("spectral", "rejection")
    return Case(
        dimension,
        points,
        nodes,
        {name: sampler(name, problem) for name in names},
        cost=node_cost,
        reference="spectral",
        limits={"rejection": 0.25 * points},
        at_least=True,
    )


def preparation(dimension: int, points: int) -> Case:
    rows = random_points(dimension, points)
    contenders = {
        "unique": preparing(lambda: np.unique(rows, axis=0)),
        "problem": preparing(lambda: make_problem(rows)),
        "spectral": sampler("spectral", make_problem(rows)),
    }
    limits = {"spectral": 3.0}
    return Case(dimension, points, 1, contenders, prepare_cost, "unique", limits)


def one_hot(size: int, nodes: int) -> Case:
    contenders = {
        "generic": sampler("spectral", random_problem(size, size)),
        "one_hot": sampler("spectral", make_problem(np.eye(size, dtype=np.uint8))),
    }
    return Case(size, size, nodes, contenders, reference="generic", limits={"one_hot": 1.5})


def enumeration_yardstick(dimension: int, points: int, nodes: int) -> Case:
    domain = MODULUS**dimension
    both = in_turn(matrix_product(domain, dimension, points), histogram_work(domain, points))
    contenders = {
        "product_and_bincount": work(both),
        "enumeration": sampler("enumeration", random_problem(dimension, points)),
    }
    limits = {"enumeration": 3.0}
    return Case(dimension, points, nodes, contenders, total_cost, "product_and_bincount", limits)


def fft_yardstick(dimension: int, points: int, nodes: int) -> Case:
    grid = np.random.default_rng(0).normal(size=(MODULUS,) * dimension)
    both = in_turn(
        partial(scipy.fft.fftn, grid),
        matrix_product(nodes, dimension, points),
        histogram_work(nodes, points),
    )
    contenders = {
        "fftn_and_histogram": work(both),
        "fft": sampler("fft", random_problem(dimension, points)),
    }
    return Case(
        dimension, points, nodes, contenders, total_cost, "fftn_and_histogram", {"fft": 1.5}
    )


def rejection_yardstick(dimension: int, points: int, nodes: int) -> Case:
    proposals = nodes * points
    contenders = {
        "products": work(matrix_product(proposals, dimension, points), proposals * points),
        "rejection": sampler("rejection", random_problem(dimension, points)),
    }
    limits = {"rejection": 1.5}
    return Case(dimension, points, nodes, contenders, evaluation_cost, "products", limits)


def prior_problem(dimension: int, points: int, modulus: int, residues: int) -> wt.Problem:
    """Residues 0.. of a table's columns, a bell-shaped prior, and one frequency: the sine's."""
    rng = np.random.default_rng([dimension, points])
    distance = np.minimum(np.arange(modulus), modulus - np.arange(modulus))
    bell = np.exp(-(distance**2) / 8)
    return wt.Problem(
        rng.integers(0, residues, (points, dimension)),
        rng.normal(size=points),
        modulus=modulus,
        activation="sine",
        ridge=1e-3,
        prior=bell / bell.sum(),
    )


def suffix_products(nodes: int, dimension: int, points: int) -> Callable[[], object]:
    """D float64 products (M x M)(M x 2N): every T_j times the real and imaginary parts of z."""
    rng = np.random.default_rng(0)
    kernel, parts = rng.normal(size=(points, points)), rng.normal(size=(points, 2 * nodes))
    result = np.zeros_like(parts)

    def products() -> None:
        for _ in range(dimension):
            np.matmul(kernel, parts, out=result)

    return products


def against_suffix_products(
    dimension: int, points: int, nodes: int, modulus: int, residues: int
) -> Case:
    problem = prior_problem(dimension, points, modulus, residues)
    contenders = {
        "products": work(suffix_products(nodes, dimension, points)),
        "ancestral": sampler("ancestral", problem),
        "ancestral_numpy": sampler("ancestral", problem, backend="numpy"),
    }
    limits = {"ancestral": 3.0}
    return Case(dimension, points, nodes, contenders, reference="products", limits=limits)


def side_by_side(dimension: int, points: int, nodes: int, names: str) -> Case:
    problem = random_problem(dimension, points)
    contenders = {name: sampler(name, problem) for name in names.split()}
    return Case(dimension, points, nodes, contenders, cost=node_cost)


@dataclass(frozen=True)
class Section:
    """A kind of case with its sizes: arguments of ``make``, in full and for ``--tiny``."""

    title: str
    make: Callable[..., Case]
    full: list[tuple]
    tiny: list[tuple]
    slope_limit: float = 0.0
    slope_from: int = 0


ALL = "uniform spectral rejection enumeration fft"
SCALING = "uniform spectral rejection"
DECADES = (100, 316, 1_000, 3_162, 10_000, 31_623, 100_000)

SECTIONS = {
    "product": Section(
        "spectral against one float32 product G, (N x D)(D x M); then P, and what to reach",
        against_product,
        [
            (10_000, 1_000, 10_000, 7, 1.1, 0.95, 2.5),
            (1_000, 1_000, 10_000, 7, 1.6, 1.2, 6.0),
            (1_000, 10_000, 1_000, 7, 1.6, 1.2, 10.0),
            (100, 500, 100_000, 7, 5.0, 3.0, 30.0),
            (10_000, 1_000, 10_000, 5, 0.9, 0.75, 2.5),
            (10_000, 1_000, 10_000, 3, 0.75, 0.6, 2.5),
        ],
        [(40, 30, 50, modulus, 1.1, 0.95, 2.5) for modulus in (7, 5, 3)],
    ),
    "threads": Section(
        "spectral by one thread against two",
        against_threads,
        [(10_000, 1_000, 10_000), (1_000, 1_000, 10_000)],
        [(40, 30, 2_000)],
    ),
    "rejection": Section(
        "rejection against spectral, seconds per node",
        against_rejection,
        [(1_000, 100, 10_000), (1_000, 1_000, 5_000), (1_000, 10_000, 1_000)],
        [(20, 30, 50)],
    ),
    "preparation": Section(
        "preparation of spectral against np.unique over the points",
        preparation,
        [(10_000, 1_000), (1_000, 1_000), (1_000, 10_000), (100, 500), (64, 1_000_000)],
        [(20, 30)],
    ),
    "one_hot": Section("one-hot against generic data", one_hot, [(1_000, 10_000)], [(30, 50)]),
    "enumeration": Section(
        "enumeration against one product and one bincount of P^D M' entries",
        enumeration_yardstick,
        [(5, 200, 1_000), (6, 200, 1_000), (7, 200, 1_000)],
        [(3, 30, 50)],
    ),
    "fft": Section(
        "fft against fftn and the histogram for b",
        fft_yardstick,
        [(7, 200, 1_000), (8, 200, 1_000)],
        [(3, 30, 50)],
    ),
    "proposals": Section(
        "rejection against the products of its proposals, per weight evaluation",
        rejection_yardstick,
        [(1_000, 1_000, 20), (10_000, 1_000, 20), (1_000, 100, 500), (100, 1_000, 50)],
        [(20, 30, 5)],
    ),
    "ancestral": Section(
        "ancestral against D float64 products (M x M)(M x 2N), nodes of one frequency",
        against_suffix_products,
        [
            (30, 400, 256, 5, 5),
            (30, 400, 256, 31, 16),
            (30, 400, 256, 61, 31),
            (30, 400, 64, 61, 31),
            (30, 1_000, 256, 61, 31),
            (1_000, 400, 256, 61, 31),
        ],
        [(10, 30, 50, 5, 5)],
    ),
    "dimension": Section(
        "every sampler over D, seconds per node",
        side_by_side,
        [(d, 100, 1_000, ALL) for d in (3, 4, 5, 6)]
        + [(d, 100, 1_000, SCALING + " fft") for d in (7, 8)]
        + [(d, 100, 1_000, SCALING) for d in DECADES],
        [(d, 30, 50, SCALING) for d in (100, 200, 400)],
        slope_limit=1.1,
        slope_from=100,
    ),
    "points": Section(
        "every sampler over M at D = 64, seconds per node",
        side_by_side,
        [(64, m, 1_000, SCALING) for m in DECADES[:5]]
        + [(64, m, 1_000, "uniform spectral") for m in DECADES[5:]],
        [(20, m, 50, SCALING) for m in (10, 30, 100)],
        slope_limit=1.2,
    ),
    "dense": Section(
        "every sampler over M at D = 5, seconds per node",
        side_by_side,
        [(5, m, 1_000, ALL) for m in (100, 316, 1_000, 3_162)],
        [(3, m, 50, ALL) for m in (10, 30)],
    ),
}

# Sampler, D, M, N and the limit on the memory of its process in bytes.
MEMORY_SIZES = [
    ("spectral", 64, 1_000_000, 1_000, 8 * 2**30),
    ("spectral", 1_000_000, 100, 1_000, 8 * 2**30),
    ("spectral", 10_000, 1_000, 10_000, None),
    ("spectral", 1_000, 10_000, 1_000, None),
    ("rejection", 1_000, 1_000, 20, None),
    ("enumeration", 6, 200, 1_000, None),
    ("fft", 8, 200, 1_000, None),
]
MEMORY_SIZES_TINY = [("spectral", 20, 30, 50, 8 * 2**30)]

# D and M of a problem whose every node can be enumerated.
EXACT_SIZES = [(2, 20)]
