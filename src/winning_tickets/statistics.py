"""Intervals, tests and fits with which the study judges its results.

The independent unit is the replicate (one data set): draws are averaged within a replicate before
anything is estimated, and every interval and test is over replicates. Times have passes over the
whole grid in their place: one slope a pass, and an interval over passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy  # its parts load when they are first used: scipy.stats takes more than a second
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas as pd

LAST_FACTOR = 16
"""A power law is judged over this last factor of its range."""

FEWEST_VALUES = 3
"""The interval of a mean of two values is 13 times as wide as they lie apart: none is shown."""
SMALLEST_EXPECTED_COUNT = 5.0


@dataclass(frozen=True)
class Estimate:
    """A number with the ends of its confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Equivalence:
    """Outcome of two one-sided tests on a difference of means.

    Attributes
    ----------
    difference : Estimate
        Mean difference with the interval that the tests correspond to (level 1 - 2 alpha).
    p_equivalent : float
        Small when the difference is proven to lie inside the margin.
    p_different : float
        Small when the difference is proven to lie outside the margin.
    """

    difference: Estimate
    p_equivalent: float
    p_different: float


@dataclass(frozen=True)
class ChiSquare:
    """A goodness-of-fit test: statistic, degrees of freedom and p-value."""

    statistic: float
    degrees: int
    p_value: float


def average_draws(table: pd.DataFrame, value: str, by: Sequence[str]) -> pd.DataFrame:
    """Average ``value`` over the draws of each replicate.

    Parameters
    ----------
    table : DataFrame
        One row per draw, with the columns ``by``, ``replicate`` and ``value``; rows without a
        value (skipped or failed draws) are left out.
    value : str
        Column to average.
    by : sequence of str
        Columns that name a cell.

    Returns
    -------
    DataFrame
        One row per cell and replicate, with the columns ``by``, ``replicate`` and ``value``.
    """
    keys = [*by, "replicate"]
    known = table.dropna(subset=[value])
    return known.groupby(keys, sort=True, observed=True)[value].mean().reset_index()


def _finite(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"{name} must be a one-dimensional, non-empty list of finite numbers")
    return array


def mean_interval(values: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Mean of nonnegative numbers over replicates with Student's t interval, cut off at 0.

    Parameters
    ----------
    values : array_like, shape (replicates,)
        One nonnegative number per replicate, such as a risk or a share.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Estimate
        The mean and its interval; the interval is (nan, nan) when there are fewer than
        `FEWEST_VALUES`.

    Raises
    ------
    ValueError
        If ``values`` is empty or holds a number that is not finite.
    """
    array = _finite(values, "values")
    if array.size < FEWEST_VALUES:
        return Estimate(float(array.mean()), np.nan, np.nan)
    found = t_interval(array, level=level)
    return Estimate(found.value, max(found.low, 0.0), found.high)


def ratio_interval(
    numerator: ArrayLike, denominator: ArrayLike, *, level: float = 0.95
) -> Estimate:
    """Ratio of two means of paired nonnegative numbers with Fieller's interval.

    Parameters
    ----------
    numerator, denominator : array_like, shape (replicates,)
        Nonnegative numbers; entry i of both comes from the same data set. At least two.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Estimate
        The interval holds every ratio r >= 0 for which the paired t-test does not tell the mean of
        numerator - r denominator from 0, so its coverage is that of the t-test. The high end is
        infinite where the denominator's mean is not told from 0, the low end too where all of it
        is 0.

    Raises
    ------
    ValueError
        If a list is empty or not finite, the lists differ in length or have one number only, or
        both are all zero.

    References
    ----------
    E. C. Fieller, J. R. Stat. Soc. B 16, 175 (1954).
    """
    over, under = _finite(numerator, "numerator"), _finite(denominator, "denominator")
    if over.size != under.size or over.size < 2:
        raise ValueError("a ratio needs two paired lists of at least two replicates")
    if not over.any() and not under.any():
        raise ValueError("numerator and denominator are all zero: they have no ratio")
    above, below = float(over.mean()), float(under.mean())
    # Squares of the quantile times the standard errors, and the same of the covariance.
    spread = (
        np.cov(over, under) / over.size * scipy.special.stdtrit(over.size - 1, 0.5 + level / 2) ** 2
    )
    # The interval is where constant - 2 slope r + square r^2 <= 0.
    constant, slope = above**2 - spread[0, 0], above * below - spread[0, 1]
    square = below**2 - spread[1, 1]
    root = float(np.sqrt(max(slope**2 - constant * square, 0.0)))
    value = above / below if below else np.inf
    low = 0.0
    if constant > 0:
        low = constant / (slope + root) if slope + root > 0 else np.inf
    high = (slope + root) / square if square > 0 else np.inf
    return Estimate(value, low, high)


def _one_sided(contrast: float, error: float, degrees: float) -> float:
    """Return the p-value against mean <= 0, also where the standard error is 0."""
    if error == 0.0:
        return 0.0 if contrast > 0 else 1.0
    return float(scipy.special.stdtr(degrees, -contrast / error))


def _difference(first: np.ndarray, second: np.ndarray, paired: bool) -> tuple[float, float, float]:
    """Return the mean difference, its standard error and the degrees of freedom."""
    if paired:
        gaps = first - second
        return float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(gaps.size)), gaps.size - 1.0
    parts = np.array([first.var(ddof=1) / first.size, second.var(ddof=1) / second.size])
    error = float(np.sqrt(parts.sum()))
    if error == 0.0:
        return float(first.mean() - second.mean()), 0.0, 1.0
    # Welch and Satterthwaite: unequal variances are the rule between samplers.
    sizes = np.array([first.size - 1, second.size - 1])
    return float(first.mean() - second.mean()), error, parts.sum() ** 2 / (parts**2 / sizes).sum()


def equivalence(
    first: ArrayLike,
    second: ArrayLike,
    margin: float,
    *,
    paired: bool = True,
    level: float = 0.95,
) -> Equivalence:
    """Test by two one-sided t-tests whether two means agree within a margin.

    Parameters
    ----------
    first, second : array_like, shape (replicates,)
        One number per replicate.
    margin : float
        Largest difference that counts as equivalent, positive.
    paired : bool
        Whether entry i of both comes from the same data set; otherwise Welch's test is used.
    level : float
        Each one-sided test is at 1 - level; the interval given has level 2 level - 1.

    Returns
    -------
    Equivalence
        ``p_different`` doubles the smaller one-sided p-value, since either side would do.

    Raises
    ------
    ValueError
        If the margin is not positive, a list has fewer than two numbers, or paired lists differ
        in length.

    References
    ----------
    D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15, 657 (1987).
    """
    one, two = _finite(first, "first"), _finite(second, "second")
    if not margin > 0:
        raise ValueError("margin must be positive")
    if min(one.size, two.size) < 2:
        raise ValueError("an equivalence test needs at least two replicates on each side")
    if paired and one.size != two.size:
        raise ValueError("paired lists must have the same length")
    gap, error, degrees = _difference(one, two, paired)
    half = error * float(scipy.special.stdtrit(degrees, level))
    inside = (_one_sided(margin - gap, error, degrees), _one_sided(gap + margin, error, degrees))
    outside = (_one_sided(gap - margin, error, degrees), _one_sided(-gap - margin, error, degrees))
    return Equivalence(
        difference=Estimate(gap, gap - half, gap + half),
        p_equivalent=max(inside),
        p_different=min(1.0, 2 * min(outside)),
    )


def holm(p_values: ArrayLike) -> np.ndarray:
    """Adjust p-values for their number by Holm's step-down method.

    Parameters
    ----------
    p_values : array_like, shape (tests,)
        P-values in [0, 1].

    Returns
    -------
    numpy.ndarray, shape (tests,)
        Adjusted p-values: rejecting those below alpha keeps the family-wise error below alpha.

    References
    ----------
    S. Holm, Scand. J. Statist. 6, 65 (1979).
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def _log_points(positions: ArrayLike, values: ArrayLike, fewest: int) -> tuple:
    places, numbers = _finite(positions, "positions"), _finite(values, "values")
    if places.size != numbers.size or places.size < fewest:
        raise ValueError(f"a fit needs at least {fewest} positions with one value each")
    if (np.diff(places) <= 0).any() or (numbers <= 0).any():
        raise ValueError("a fit needs increasing positions and positive values")
    return places, np.log(numbers)


def slope_of_each(positions: ArrayLike, values: ArrayLike) -> np.ndarray:
    """Least-squares slope of every row of values on the same positions.

    Parameters
    ----------
    positions : array_like, shape (n,) or (rows, n)
        Numbers that are not all equal, n >= 3; one row for all or one for each.
    values : array_like, shape (rows, n)
        Finite numbers, a row for each pass or replicate.

    Returns
    -------
    numpy.ndarray of float64, shape (rows,)
        The slopes.

    Raises
    ------
    ValueError
        If there are fewer than three positions, or a row of them is constant.
    """
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    places = np.broadcast_to(np.asarray(positions, dtype=np.float64), rows.shape)
    centred = places - places.mean(axis=1, keepdims=True)
    spread = np.sum(centred**2, axis=1)
    if rows.shape[1] < 3 or not (spread > 0).all():
        raise ValueError("a slope needs at least three positions that are not all equal")
    return np.sum(centred * rows, axis=1) / spread


def t_interval(values: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Mean of independent numbers with Student's t interval.

    Parameters
    ----------
    values : array_like, shape (n,)
        One number a pass, n >= 2.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Estimate
        The mean and its interval.

    Raises
    ------
    ValueError
        If there are fewer than two numbers, or one is not finite.
    """
    array = _finite(values, "values")
    if array.size < 2:
        raise ValueError("an interval needs at least two values")
    mean = float(array.mean())
    quantile = float(scipy.special.stdtrit(array.size - 1, (1 + level) / 2))
    half = float(array.std(ddof=1)) / np.sqrt(array.size) * quantile
    return Estimate(mean, mean - half, mean + half)


def interval_power(
    values: ArrayLike,
    truth: float,
    *,
    least: float = -np.inf,
    most: float = np.inf,
    simulations: int = 4_000,
    rng: object = 0,
) -> float:
    """Chance that the interval of `t_interval` lies within limits, were the mean a given number.

    Parameters
    ----------
    values : array_like, shape (n,)
        Measured numbers, one a pass: how many they are, and how they scatter, is taken from them.
    truth : float
        The mean that is supposed.
    least, most : float
        The limits.
    simulations : int
        Simulated sets of n numbers, normal about the truth with the deviation of the values.
    rng : int or numpy.random.Generator
        Random stream of the simulation.

    Returns
    -------
    float
        The share of simulated intervals inside the limits: the power where the truth is inside, the
        rate of false reproduction where it is a limit.
    """
    array = _finite(values, "values")
    generator = np.random.default_rng(rng)
    drawn = truth + array.std(ddof=1) * generator.normal(size=(simulations, array.size))
    means = drawn.mean(axis=1)
    quantile = scipy.special.stdtrit(array.size - 1, 0.975)
    half = drawn.std(axis=1, ddof=1) / np.sqrt(array.size) * quantile
    return float(np.mean((means - half >= least) & (means + half <= most)))


def power_law_slope(positions: ArrayLike, values: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Slope of log(values) on log(positions) by least squares.

    Parameters
    ----------
    positions : array_like, shape (n,)
        Increasing positive numbers (dimensions or points), n >= 3.
    values : array_like, shape (n,)
        Positive numbers, one per position (for times, the median).
    level : float
        Confidence level of the interval, Student's t with n - 2 degrees of freedom.

    Returns
    -------
    Estimate
        Slope with its interval.

    Raises
    ------
    ValueError
        If there are fewer than three points, or they are not increasing and positive.
    """
    places, logs = _log_points(positions, values, 3)
    (slope, _), covariance = np.polyfit(np.log(places), logs, 1, cov=True)
    half = np.sqrt(covariance[0, 0]) * scipy.special.stdtrit(places.size - 2, (1 + level) / 2)
    return Estimate(float(slope), float(slope - half), float(slope + half))


def log_curve(
    dimensions: ArrayLike, values: ArrayLike, *, exponential: bool
) -> Callable[[ArrayLike], np.ndarray]:
    """Curve through measured points that goes on by their growth beyond them.

    Parameters
    ----------
    dimensions : array_like, shape (n,)
        Increasing positive dimensions, n >= 2.
    values : array_like, shape (n,)
        Positive numbers, one per dimension.
    exponential : bool
        Whether the logarithm is linear in D (else in log D), between the points and beyond.

    Returns
    -------
    callable
        D -> natural logarithm of the value; beyond the last point it follows the mean growth of
        the last three, before the first that of the first two.
    """
    raw, logs = _log_points(dimensions, values, 2)
    places = raw if exponential else np.log(raw)
    last = max(0, places.size - 3)
    after = (logs[-1] - logs[last]) / (places[-1] - places[last])
    before = (logs[1] - logs[0]) / (places[1] - places[0])

    def curve(at: ArrayLike) -> np.ndarray:
        where = np.asarray(at, dtype=np.float64)
        where = where if exponential else np.log(where)
        inner = np.interp(where, places, logs)
        beyond = after * np.maximum(where - places[-1], 0.0)
        return inner + beyond + before * np.minimum(where - places[0], 0.0)

    return curve


def crossover(
    slow: Callable[[ArrayLike], np.ndarray],
    fast: Callable[[ArrayLike], np.ndarray],
    *,
    lowest: float = 1.0,
    highest: float = 64.0,
) -> float:
    """Dimension from which the slow curve stays above the fast one.

    Parameters
    ----------
    slow, fast : callable
        Curves D -> logarithm of the time, as :func:`log_curve` makes them.
    lowest, highest : float
        Range that is searched.

    Returns
    -------
    float
        The last crossing; ``lowest`` if the slow curve lies above everywhere, nan if it is still
        below at ``highest``.
    """
    grid = np.linspace(lowest, highest, 20 * int(np.ceil(highest - lowest)) + 1)
    gap = slow(grid) - fast(grid)
    if gap[-1] <= 0:
        return float("nan")
    below = np.flatnonzero(gap <= 0)
    if below.size == 0:
        return float(lowest)
    left = below[-1]
    root = scipy.optimize.brentq(
        lambda d: float(slow(d)) - float(fast(d)), grid[left], grid[left + 1]
    )
    return float(root)


def _counts(counts: ArrayLike, probabilities: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    seen = np.asarray(counts, dtype=np.float64).ravel()
    shares = np.asarray(probabilities, dtype=np.float64).ravel()
    if seen.size != shares.size:
        raise ValueError("counts and probabilities must have the same number of cells")
    if (shares < 0).any() or not np.isclose(shares.sum(), 1.0, rtol=0, atol=1e-9):
        raise ValueError("probabilities must be nonnegative and sum to 1")
    if (seen < 0).any() or seen.sum() == 0:
        raise ValueError("counts must be nonnegative and not all zero")
    return seen, shares / shares.sum()


def chi_square(
    counts: ArrayLike, probabilities: ArrayLike, *, smallest: float = SMALLEST_EXPECTED_COUNT
) -> ChiSquare:
    """Goodness of fit of counts to probabilities, cells of small expectation pooled.

    Parameters
    ----------
    counts : array_like of int, shape (cells,)
        How often each cell was drawn.
    probabilities : array_like, shape (cells,)
        Probability of each cell; a draw in a cell of probability 0 refutes the fit at once.
    smallest : float
        Cells that expect fewer draws are pooled, and the pool grows by further cells, the rarest
        first, until it expects that many.

    Returns
    -------
    ChiSquare
        P-value 1 with 0 degrees of freedom where one cell remains.

    Raises
    ------
    ValueError
        If the sizes differ, the probabilities do not sum to 1, or nothing was counted.
    """
    seen, shares = _counts(counts, probabilities)
    if seen[shares == 0].sum() > 0:
        return ChiSquare(float("inf"), 0, 0.0)
    expected = seen.sum() * shares
    order = np.argsort(expected, kind="stable")
    seen, expected = seen[order], expected[order]
    pooled = int(np.searchsorted(expected, smallest))
    while 0 < pooled < expected.size and expected[:pooled].sum() < smallest:
        pooled += 1
    if pooled:
        seen = np.append(seen[pooled:], seen[:pooled].sum())
        expected = np.append(expected[pooled:], expected[:pooled].sum())
    if seen.size < 2:
        return ChiSquare(0.0, 0, 1.0)
    result = scipy.stats.chisquare(seen, expected * (seen.sum() / expected.sum()))
    return ChiSquare(float(result.statistic), seen.size - 1, float(result.pvalue))


def total_variation(counts: ArrayLike, probabilities: ArrayLike) -> float:
    """Total-variation distance between observed shares and probabilities, in [0, 1].

    Parameters
    ----------
    counts : array_like of int, shape (cells,)
        How often each cell was drawn.
    probabilities : array_like, shape (cells,)
        Probability of each cell.

    Returns
    -------
    float
        Half the sum of the absolute differences.

    Raises
    ------
    ValueError
        If the sizes differ, the probabilities do not sum to 1, or nothing was counted.
    """
    seen, shares = _counts(counts, probabilities)
    return float(0.5 * np.abs(seen / seen.sum() - shares).sum())


def expected_total_variation(
    probabilities: ArrayLike,
    draws: int,
    *,
    level: float = 0.95,
    simulations: int = 500,
    rng: object = 0,
) -> Estimate:
    """Total-variation distance that exact draws themselves show, with its band.

    Parameters
    ----------
    probabilities : array_like, shape (cells,)
        Probability of each cell.
    draws : int
        Number of independent draws.
    level : float
        Share of exact experiments that fall inside the band.
    simulations : int
        Simulated experiments behind the band.
    rng : int or numpy.random.Generator
        Random stream of the simulation.

    Returns
    -------
    Estimate
        Exact expectation; simulated band.

    Notes
    -----
    The mean absolute deviation of a binomial count is De Moivre's
    ``2 k (1 - p) Pr[X = k]`` with ``k = floor(n p) + 1``.
    """
    _, shares = _counts(np.ones(np.size(probabilities)), probabilities)
    turn = np.floor(draws * shares) + 1
    deviation = 2 * turn * (1 - shares) * scipy.stats.binom.pmf(turn, draws, shares)
    simulated = np.random.default_rng(rng).multinomial(draws, shares, size=simulations)
    distances = 0.5 * np.abs(simulated / draws - shares).sum(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(distances, [tail, 1 - tail])
    return Estimate(float(0.5 * deviation.sum() / draws), float(low), float(high))


def last_slope(curve: pd.DataFrame, along: str, value: str = "seconds") -> Estimate | None:
    """Log-log slope over the last factor 16 of the range.

    Parameters
    ----------
    curve : DataFrame
        Summary rows of one sampler on one grid.
    along : str
        "dimension" or "points".
    value : str
        What grows.

    Returns
    -------
    Estimate or None
        None where fewer than three sizes lie in that range.
    """
    judged = curve[curve[along] * LAST_FACTOR >= curve[along].max()]
    if len(judged) < 3:
        return None
    return power_law_slope(judged[along], judged[value])
