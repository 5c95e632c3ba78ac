"""Oracle access: nodes from the heavy Fourier coefficients of a function that is only queried."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from ..field import (
    InnerProducts,
    index_to_digits,
    inner_products,
    inverses,
    smallest_unsigned,
    uniform_residues,
)
from ..inputs import SMALLEST_SQUARE, Seed, is_real, make_generator
from ..oracle import Coefficients, OracleProblem, negative
from ..problem import NEGLIGIBLE, chunks
from .base import Nodes, Sampler, check_memory, choose_index
from .fft import ActivationSpectrum

# Children of a prefix that are looked at together: P^w of them, at least the P of one digit.
_MAX_CHILDREN = 1024
# Prefixes stay above this share of the threshold, coefficients above this share are returned.
_KEEP_PREFIX = 0.25
_KEEP_COEFFICIENT = 0.5625
# Values of h are taken to stay below this many times their root mean square.
_RANGE = 8.0
# Queries made at a time, and entries of the arrays of phases made from them.
_CHUNK_QUERIES = 1 << 15
_CHUNK_ENTRIES = 1 << 22


@dataclass(frozen=True)
class SearchPlan:
    """How many queries the search makes; nothing in it depends on h or on M = P^D.

    Attributes
    ----------
    functionals : int
        Random linear functionals r of k whose values are a prefix's first digits.
    digits : int
        Coordinates w by which a step makes the prefixes longer.
    steps : int
        1 + ceil(D / w): one for all functionals, then the coordinates.
    groups, group_size : int
        A step queries ``groups`` random suffixes z, each with ``group_size`` fresh prefixes x.
    candidates : int
        Prefixes kept at most, one of alpha and -alpha each.
    estimates : int
        Uniform points that decide which candidates are returned; as many again fit their
        coefficients, and as many again judge the fit.
    """

    functionals: int
    digits: int
    steps: int
    groups: int
    group_size: int
    candidates: int
    estimates: int

    @property
    def queries(self) -> int:
        """All queries of a search."""
        return self.steps * self.groups * self.group_size + 3 * self.estimates

    def memory_bytes(self, modulus: int, dimension: int) -> int:
        """Return the bytes of one group's points and of the weights of all children at most."""
        children = max(modulus**self.functionals, self.candidates * modulus**self.digits)
        return 40 * self.group_size * dimension + 24 * children


def plan_search(
    modulus: int, dimension: int, threshold: float, failure_probability: float
) -> SearchPlan:
    """Derive the sample sizes of the search from what is asked of it.

    Parameters
    ----------
    modulus, dimension : int
        P and D.
    threshold : float
        The share tau of the mean square of h that makes a coefficient heavy, in (0, 1).
    failure_probability : float
        Accepted probability delta of missing a heavy coefficient or of returning one below
        tau / 4, in (0, 1).

    Returns
    -------
    SearchPlan
        The sizes, O(D log(D / (tau delta)) / tau) queries in all.

    Notes
    -----
    Let E_x h^2 = 1. At most 1 / (2 tau) pairs +-k are heavy, so each decision below may fail with
    delta over twice their number (delta / 2 for the search, delta / 2 for the estimates).

    *Search.* For one suffix z and B fresh prefixes, S = sum_i h(x_i, z) omega^(-alpha.x_i) has
    E|S|^2 / (B (B - 1)) = W + 1 / (B - 1), W the weight of the prefix alpha. The left side is the
    mean of a Y that is not negative, so E exp(-s Y) <= exp(-s E Y + s^2 E Y^2 / 2) for s > 0, and
    the mean of G such Y lies below E Y - d with probability at most exp(-G d^2 / (2 E Y^2)).
    Assumed, not proven, for every h: S has no heavier a tail than a complex Gaussian, so that
    E Y^2 <= 2 (E Y)^2. The random functionals are there to make this so: after them a prefix holds
    P^-r <= tau / 4 of the other coefficients on average, however these are arranged. With
    B - 1 >= 2 / tau, W >= tau, pruning below tau / 4 and E_x h^2 known to 5 % the exponent is at
    least G / 18. Light prefixes that stay cost only time: at most 2 / tau pairs weigh tau / 4, the
    heaviest 4 / tau are kept, and the estimates sort them out.

    *Estimates.* A candidate is returned if |estimate|^2 >= 0.75^2 tau, so an error of sqrt(tau) / 4
    in h~(k) is harmless on both sides. The real and imaginary parts have variance at most 1 / n
    and |h| is assumed to stay below 8: Bernstein's inequality gives n for each of the 4 / tau
    candidates.
    """
    functionals = math.ceil(math.log(16 / threshold) / math.log(modulus))
    digits = max(1, int(math.log(_MAX_CHILDREN) / math.log(modulus)))
    steps = 1 - (-dimension // digits)
    pairs = 1 + 1 / (2 * threshold)
    groups = math.ceil(18 * math.log(2 * steps * pairs / failure_probability))
    variance = 1 + _RANGE * math.sqrt(threshold / 32) / 3
    candidates = 1 + math.ceil(4 / threshold)
    tail = math.log(2 * 4 * candidates / failure_probability)
    return SearchPlan(
        functionals=functionals,
        digits=digits,
        steps=steps,
        groups=groups,
        group_size=1 + math.ceil(2 / threshold),
        candidates=candidates,
        estimates=math.ceil(64 * variance * tail / threshold),
    )


class HeavySampler(Sampler):
    """Find the heavy Fourier coefficients of h by queries, then draw nodes from them.

    Parameters
    ----------
    problem : OracleProblem
        The function and its field.
    threshold : float
        tau in (0, 1): coefficients with |h~(k)|^2 >= tau E_x h^2 are found.
    failure_probability : float, default 1e-3
        Accepted probability in (0, 1) that one of them is missed, or that one below tau / 4 is
        returned.
    seed : int, numpy.random.Generator or None, default 0
        Chooses the points that are queried; ``sample`` has a source of its own.

    Attributes
    ----------
    coefficients : Coefficients
        What was found, with -k beside every k.
    queries : int
        Points asked for.
    mean_square : float
        E_x h^2, estimated.
    missed : float
        Share of E_x h^2 outside the found coefficients, an upper estimate.
    total_variation_bound : float
        Bound on the total variation between the nodes' distribution and p* of h, at most 1.
    denoised_total_variation_bound : float
        The same against p* of the denoised h, that is of h without everything that was not found.

    Raises
    ------
    TypeError
        If ``problem`` is not an OracleProblem, or an option is not a number.
    ValueError
        If an option is out of range, if h returns nonsense, or if no coefficient is heavy.

    Notes
    -----
    Prefix search over Z_P^D after Goldreich and Levin (1989) and Kushilevitz and Mansour (1993):
    the weight of alpha in Z_P^j is E |E_x h(x, z) omega^(-alpha.x)|^2 over suffixes z, and only
    prefixes of enough weight are made longer, here by several digits at once. Fresh x serve each
    z; the diagonal of |sum|^2 is subtracted. The first digits of a prefix are random linear
    functionals of k, which tell coefficients apart that share their first coordinates.
    `plan_search` derives the sample sizes. That derivation is a proof only under its two stated
    assumptions on h; the failure rate is therefore also measured, in the tests.

    The coefficients found are fitted by least squares on fresh points, so that they do not leak
    into each other, and judged on further fresh points. Then v is drawn from |g^(v)|^2, k from the
    found |h~(k)|^2, a = k / v, and b from the found coefficients at the multiples of a, others
    counting as 0.

    The bound is sqrt(missed) + sqrt(sum |error|^2 / sum_found |h~|^2) (docs/method.md, section 6),
    each term at its upper 1 - failure_probability estimate. With noise in h the first term
    includes the noise, which no sampler of the signal could follow.
    """

    name = "heavy"
    role = "oracle"
    exact = False

    def __init__(
        self,
        problem: OracleProblem,
        *,
        threshold: float,
        failure_probability: float = 1e-3,
        seed: Seed = 0,
    ) -> None:
        if not isinstance(problem, OracleProblem):
            raise TypeError("problem: heavy needs an OracleProblem, a function to query")
        self.threshold = _check_share("threshold", threshold)
        self.failure_probability = _check_share("failure_probability", failure_probability)
        super().__init__(problem)
        self.plan = plan_search(
            problem.modulus, problem.dimension, self.threshold, self.failure_probability
        )
        self.report.memory_bytes += self.plan.memory_bytes(problem.modulus, problem.dimension)
        check_memory(self.name, self.report.memory_bytes)
        before = problem.queries
        self._find(make_generator(seed, "seed"))
        self.queries = problem.queries - before
        self.report.weight_evaluations = self.queries
        self.report.levels = self.plan.steps
        self._ridgelet = ActivationSpectrum(problem.activation)
        self._prepare_lines()

    @classmethod
    def memory_required(cls, problem: OracleProblem) -> int:
        """Return the bytes of one batch of queries; the report adds what the threshold asks for."""
        return 8 * 16 * _CHUNK_ENTRIES

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time."""
        return 1 << 14

    def _find(self, rng: np.random.Generator) -> None:
        problem, plan = self.problem, self.plan
        candidates = find_candidates(problem, plan, self.threshold, rng)
        kept = screen_candidates(problem, candidates, plan.estimates, self.threshold, rng)
        if len(kept) == 0:
            raise ValueError(
                f"threshold: h has no Fourier coefficient above {self.threshold:g} of its mean "
                "square, so there is nothing to draw nodes from; try a smaller threshold"
            )
        values = fit_coefficients(problem, kept, plan.estimates, rng)
        fit = judge_coefficients(problem, kept, values, plan.estimates, rng)
        self.mean_square = fit.mean_square
        self._bound(kept, values, fit)
        self.coefficients = Coefficients.with_negatives(kept, values, problem.modulus)

    def _bound(self, frequencies: np.ndarray, values: np.ndarray, fit: Judgement) -> None:
        """Set the missed share and both bounds, each quantity at its upper estimate."""
        sure = 1 - self.failure_probability
        margin = scipy.special.ndtri(sure)
        residual = fit.residual + margin * fit.residual_error
        total = max(fit.mean_square - margin * fit.mean_square_error, fit.residual)
        self.missed = float(min(1.0, residual / total))
        constant = ~frequencies.any(axis=1)
        found = np.sum(np.where(constant, 1, 2) * np.abs(values) ** 2)
        # Each real amplitude is fitted with variance residual / n; cos and sin enter with weight
        # 1/2 and have twice that variance.
        freedom = int(np.sum(np.where(constant, 1, 2)))
        error = 2 * residual * scipy.special.gammaincinv(freedom / 2, sure) / self.plan.estimates
        noise = math.sqrt(error / found)
        self.denoised_total_variation_bound = min(1.0, noise)
        self.total_variation_bound = min(1.0, math.sqrt(self.missed) + noise)

    def _prepare_lines(self) -> None:
        """Tabulate the found coefficients along each line {m r}, r its first multiple."""
        modulus = self.problem.modulus
        k = self.coefficients.frequencies
        leading = k[np.arange(len(k)), np.argmax(k != 0, axis=1)].astype(np.int64)
        self._inverses = inverses(modulus)
        direction = self._inverses[leading][:, None] * k % modulus
        self._directions, self._line = np.unique(direction, axis=0, return_inverse=True)
        self._line, self._multiple = self._line.reshape(-1), leading
        self._table = np.zeros((len(self._directions), modulus), dtype=complex)
        self._table[self._line, leading] = self.coefficients.values
        # The line of k = 0 is one point: all its multiples are k = 0 itself.
        zero = ~self._directions.any(axis=1)
        self._table[zero] = self._table[zero, :1]
        self._cumulative = np.cumsum(np.abs(self.coefficients.values) ** 2)
        self._negligible = NEGLIGIBLE * math.sqrt(self._cumulative[-1])

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        modulus = self.problem.modulus
        k = choose_index(self._cumulative, rng.random(count))
        v = self._ridgelet.draw(rng.random(count))
        line = self._line[k]
        place = self._inverses[v] * self._multiple[k] % modulus
        a = place[:, None] * self._directions[line] % modulus
        steps = np.arange(1, modulus // 2 + 1)[:, None]
        b = self._ridgelet.draw_shifts(
            lambda nodes: self._table[line[nodes], steps * place[nodes] % modulus],
            self._negligible,
            rng.random(count),
        )
        self.report.proposals += count
        return Nodes(a.astype(smallest_unsigned(modulus)), b)


def find_candidates(
    problem: OracleProblem, plan: SearchPlan, threshold: float, rng: np.random.Generator
) -> np.ndarray:
    """Search the prefixes for all frequencies that may be heavy.

    Parameters
    ----------
    problem : OracleProblem
        The function.
    plan : SearchPlan
        The sample sizes.
    threshold : float
        tau; prefixes are kept from tau / 4 on.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (L, D)
        One of k and -k each; k = 0 is always among them.
    """
    modulus, dimension = problem.modulus, problem.dimension
    functionals = uniform_residues(rng, (dimension, plan.functionals), modulus)
    prefixes = np.zeros((1, 0), dtype=functionals.dtype)
    digits = plan.functionals
    while digits > 0:
        weights, mean_square = _child_weights(problem, plan, functionals, prefixes, digits, rng)
        prefixes = _heavy_children(prefixes, weights, threshold * mean_square, plan, modulus)
        digits = min(plan.digits, plan.functionals + dimension - prefixes.shape[1])
    k = prefixes[:, plan.functionals :]
    mirrored = k.any(axis=1) & ~_canonical(k, modulus)
    return np.unique(np.where(mirrored[:, None], negative(k, modulus), k), axis=0)


def _child_weights(
    problem: OracleProblem,
    plan: SearchPlan,
    functionals: np.ndarray,
    prefixes: np.ndarray,
    digits: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, float]:
    """Estimate the weights of all children of all prefixes, shape (prefixes, P^digits).

    The mean square of h at the points queried comes second.
    """
    modulus, size, kept = problem.modulus, plan.group_size, prefixes.shape[1]
    powers = np.zeros((len(prefixes), modulus**digits))
    squares = 0.0
    for groups in _group_chunks(plan, problem.dimension, modulus**digits):
        y = uniform_residues(rng, (groups * size, kept + digits), modulus)
        h = problem.query(_points_of_groups(y, groups, functionals, modulus, rng))
        squares += h @ h
        cells = y[:, kept:] @ modulus ** np.arange(digits - 1, -1, -1)
        cells += np.repeat(np.arange(groups) * modulus**digits, size)
        for rows in chunks(len(prefixes), len(y) + groups * modulus**digits):
            terms = h * _characters(prefixes[rows], y[:, :kept], modulus)
            powers[rows] += _child_powers(terms, cells, groups, (modulus,) * digits)
    queries = plan.groups * size
    return (powers - squares) / (queries * (size - 1)), squares / queries


def _child_powers(
    terms: np.ndarray, cells: np.ndarray, groups: int, shape: tuple[int, ...]
) -> np.ndarray:
    """Return |sum over a group's points|^2, summed over groups, for all children of each prefix.

    ``terms`` (prefixes, n) are the points' values times the prefix's characters, ``cells`` (n,) the
    points' further digits, groups apart. A sum for each value of the digits and a Fourier transform
    over them gives all children at once.
    """
    count = groups * math.prod(shape)
    sums = np.empty((len(terms), count), dtype=complex)
    for row, term in zip(sums, terms, strict=True):
        row.real = np.bincount(cells, weights=term.real, minlength=count)
        row.imag = np.bincount(cells, weights=term.imag, minlength=count)
    sums = sums.reshape(len(terms), groups, *shape)
    sums = scipy.fft.fftn(sums, axes=range(2, sums.ndim), overwrite_x=True)
    return np.sum(sums.real**2 + sums.imag**2, axis=1).reshape(len(terms), -1)


def _heavy_children(
    prefixes: np.ndarray, weights: np.ndarray, threshold: float, plan: SearchPlan, modulus: int
) -> np.ndarray:
    """Return the children to keep: 0, and of the others one of alpha and -alpha."""
    digits = round(math.log(weights.shape[1]) / math.log(modulus))
    # Where h was zero, or its squares underflow, the threshold is 0 and no prefix is heavy.
    parent, child = np.nonzero((weights >= _KEEP_PREFIX * threshold) & (weights > 0))
    longer = np.hstack([prefixes[parent], index_to_digits(child, modulus, digits)])
    single = _canonical(longer, modulus)
    heaviest = np.argsort(-weights[parent, child][single], kind="stable")[: plan.candidates]
    # The prefix 0 stays whatever it weighs: its sums are real, with a heavier tail.
    zero = np.zeros_like(longer, shape=(1, longer.shape[1]))
    return np.vstack([zero, longer[single][heaviest]])


def _points_of_groups(
    y: np.ndarray,
    groups: int,
    functionals: np.ndarray,
    modulus: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return x = L y_functionals + y_coordinates + x0, one uniform x0 for all points of a group.

    Then k.x = (L^T k).y_functionals + k.y_coordinates + k.x0: the digits of a prefix are those of
    L^T k, then the first coordinates of k, and x0 does what a suffix z does.
    """
    hashed = min(y.shape[1], functionals.shape[1])
    x = inner_products(y[:, :hashed], functionals[:, :hashed], modulus)
    x[:, : y.shape[1] - hashed] += y[:, hashed:]
    offsets = uniform_residues(rng, (groups, len(functionals)), modulus)
    x += np.repeat(offsets, len(y) // groups, axis=0)
    x %= modulus
    return x


def _group_chunks(plan: SearchPlan, dimension: int, children: int) -> Iterator[int]:
    """Yield how many groups to handle at a time, ``plan.groups`` in all."""
    points = min(_CHUNK_QUERIES, _CHUNK_ENTRIES // dimension)
    most = max(1, min(points // plan.group_size, _CHUNK_ENTRIES // children))
    for start in range(0, plan.groups, most):
        yield min(most, plan.groups - start)


def _canonical(k: np.ndarray, modulus: int) -> np.ndarray:
    """Return which rows are the one of k and -k to keep; the row 0 is not."""
    leading = k[np.arange(len(k)), np.argmax(k != 0, axis=1)]
    return (leading > 0) & (leading <= modulus // 2)


def screen_candidates(
    problem: OracleProblem,
    candidates: np.ndarray,
    count: int,
    threshold: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Keep the candidates whose estimated share is at least (3/4)^2 of the threshold.

    Parameters
    ----------
    problem : OracleProblem
        The function.
    candidates : numpy.ndarray of unsigned int, shape (L, D)
        Frequencies.
    count : int
        Uniform points to query.
    threshold : float
        tau.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    numpy.ndarray of unsigned int, shape (K, D)
        The heavy ones.

    Raises
    ------
    ValueError
        If h is zero at all points queried, or too small for sums of its squares.
    """
    sums = np.zeros(len(candidates), dtype=complex)
    squares = largest = 0.0
    for points, h in _uniform_queries(problem, count, rng):
        squares += h @ h
        largest = max(largest, np.abs(h).max())
        for rows in chunks(len(candidates), len(points)):
            sums[rows] += _characters(candidates[rows], points, problem.modulus) @ h
    if largest == 0:
        raise ValueError(f"h: zero at all of {count} random points; there is nothing to learn")
    if squares / count < SMALLEST_SQUARE:
        raise ValueError("h: too small for sums of its squares; rescale it")
    # |mean|^2 is too large by its variance, about E h^2 / n.
    power = (np.abs(sums) ** 2 / count - squares / count) / count
    return candidates[power >= _KEEP_COEFFICIENT * threshold * squares / count]


def fit_coefficients(
    problem: OracleProblem, frequencies: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Fit the coefficients at given frequencies by least squares on fresh points.

    Parameters
    ----------
    problem : OracleProblem
        The function.
    frequencies : numpy.ndarray of unsigned int, shape (K, D)
        Distinct also up to sign.
    count : int
        Uniform points to query.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    numpy.ndarray of complex128, shape (K,)
        The coefficients h~(k).
    """
    width = 2 * len(frequencies)
    gram, moments = np.zeros((width, width)), np.zeros(width)
    for points, h in _uniform_queries(problem, count, rng, width):
        design = _design(frequencies, points, problem.modulus)
        gram += design @ design.T
        moments += design @ h
    # The sine of k = 0 is zero everywhere.
    used = gram.diagonal() > 0
    amplitudes = np.zeros(width)
    amplitudes[used] = scipy.linalg.solve(
        gram[np.ix_(used, used)], moments[used], assume_a="positive definite"
    )
    cosine, sine = amplitudes.reshape(2, -1)
    return cosine + 1j * sine


@dataclass(frozen=True)
class Judgement:
    """Mean squares over fresh points, with their standard errors.

    Attributes
    ----------
    mean_square, mean_square_error : float
        E_x h^2.
    residual, residual_error : float
        E_x (h - s)^2, s the function with the fitted coefficients.
    """

    mean_square: float
    mean_square_error: float
    residual: float
    residual_error: float


def judge_coefficients(
    problem: OracleProblem,
    frequencies: np.ndarray,
    values: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> Judgement:
    """Measure what fitted coefficients leave of h, on fresh points.

    Parameters
    ----------
    problem : OracleProblem
        The function.
    frequencies : numpy.ndarray of unsigned int, shape (K, D)
        Distinct also up to sign.
    values : numpy.ndarray of complex128, shape (K,)
        Their coefficients.
    count : int
        Uniform points to query.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    Judgement
        Mean squares of h and of the residual.
    """
    amplitudes = np.concatenate([values.real, values.imag])
    # In units of a power of two near the largest, fourth powers stay inside float64 and no digit
    # changes.
    exponent = int(np.frexp(np.abs(amplitudes).max())[1])
    amplitudes = np.ldexp(amplitudes, -exponent)
    powers = np.zeros((2, 2))
    for points, h in _uniform_queries(problem, count, rng, len(amplitudes)):
        h = np.ldexp(h, -exponent)
        rest = h - amplitudes @ _design(frequencies, points, problem.modulus)
        squares = np.stack([h**2, rest**2])
        powers += np.stack([squares.sum(axis=1), (squares**2).sum(axis=1)])
    means, fourth = powers / count
    errors = np.sqrt(np.maximum(fourth - means**2, 0.0) / count)
    (mean_square, residual), spread = np.ldexp([means, errors], 2 * exponent)
    return Judgement(mean_square, spread[0], residual, spread[1])


def _design(frequencies: np.ndarray, points: np.ndarray, modulus: int) -> np.ndarray:
    """Return the functions whose real amplitudes are Re and Im of h~(k), shape (2 K, n).

    h~(k) omega^(k.x) and its mirror image at -k add up to 2 Re h~ cos - 2 Im h~ sin.
    """
    characters = _characters(frequencies, points, modulus)
    weight = np.where(frequencies.any(axis=1), 2.0, 1.0)[:, None]
    return np.concatenate([weight * characters.real, weight * characters.imag])


def _characters(frequencies: np.ndarray, points: np.ndarray, modulus: int) -> np.ndarray:
    """Return omega^(-k.x), shape (K, n)."""
    return _roots(modulus)[InnerProducts(frequencies, modulus).residues(points)]


def _roots(modulus: int) -> np.ndarray:
    """Return omega^(-t) for t = 0..P-1."""
    return np.exp(-2j * np.pi * np.arange(modulus) / modulus)


def _uniform_queries(
    problem: OracleProblem, count: int, rng: np.random.Generator, width: int = 1
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield uniform points and h there, ``count`` in all, few at a time if ``width`` is large."""
    step = min(_CHUNK_QUERIES, max(1, _CHUNK_ENTRIES // max(problem.dimension, width)))
    for start in range(0, count, step):
        size = min(step, count - start)
        points = uniform_residues(rng, (size, problem.dimension), problem.modulus)
        yield points, problem.query(points)


def _check_share(name: str, value: float) -> float:
    if not is_real(value):
        raise TypeError(f"{name}: {value!r} is not a number; a value between 0 and 1 is needed")
    if not 0 < value < 1:
        raise ValueError(f"{name}: {value} must lie between 0 and 1, both excluded")
    return float(value)
