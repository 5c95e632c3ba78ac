"""Intervals, tests and fits: known answers, coverage at the stated level, planted mistakes."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from winning_tickets import statistics as st


def test_draws_are_averaged_within_a_replicate_and_missing_ones_left_out():
    table = pd.DataFrame(
        {
            "cell": ["x"] * 5,
            "replicate": [0, 0, 1, 1, 2],
            "risk": [0.0, 1.0, 0.2, np.nan, np.nan],
        }
    )
    means = st.average_draws(table, "risk", ["cell"])
    assert means["replicate"].tolist() == [0, 1]
    assert means["risk"].tolist() == [0.5, 0.2]


def mean_coverage(size, draw, studies):
    """Return how often the interval of a mean of one holds it."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(studies):
        found = st.mean_interval(draw(rng, size))
        held += found.low <= 1.0 <= found.high
    return held / studies


@pytest.mark.parametrize("size", [3, 5, 20])
def test_the_interval_of_a_mean_covers_with_few_data_sets(size):
    """Where a corrected bootstrap of five covers 0.84, and of three less."""
    assert 0.925 <= mean_coverage(size, lambda rng, n: rng.normal(1.0, 0.2, n), 1_000) <= 0.975


@pytest.mark.long
@pytest.mark.parametrize("size", [3, 5, 20])
def test_the_interval_of_a_mean_covers_in_many_studies_skewed_ones_too(size):
    covered = mean_coverage(size, lambda rng, n: rng.normal(1.0, 0.2, n), 10_000)
    assert 0.943 <= covered <= 0.957
    assert mean_coverage(size, lambda rng, n: rng.gamma(4.0, 0.25, n), 10_000) >= 0.9


def test_the_interval_of_equal_or_few_values_is_honest():
    same = st.mean_interval([0.1 + 0.2] * 6)
    assert same.low == pytest.approx(same.value, abs=1e-15) == pytest.approx(same.high, abs=1e-15)
    for few in ([0.5], [0.5, 0.7], [0.5, 0.5]):
        assert np.isnan(st.mean_interval(few).low)
    three = st.mean_interval([0.5, 0.7, 0.9])
    assert three.low < three.value < three.high
    with pytest.raises(ValueError, match="finite"):
        st.mean_interval([0.1, np.nan])


def test_the_interval_of_a_mean_of_nonnegative_numbers_ends_at_zero():
    found = st.mean_interval([0.0, 0.0, 0.3])
    assert found.low == 0.0
    assert found.high == pytest.approx(2 * found.value - st.t_interval([0.0, 0.0, 0.3]).low)


def ratio_coverage(size, draw, studies):
    """Return how often the interval of a ratio of means, 1.6, holds it."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(studies):
        under = draw(rng, size)
        over = 1.6 * (0.5 * under + 0.5 * draw(rng, size))
        found = st.ratio_interval(over, under)
        held += found.low <= 1.6 <= found.high
    return held / studies


@pytest.mark.parametrize("size", [5, 20])
def test_the_interval_of_a_ratio_covers_with_few_data_sets(size):
    """Where a percentile bootstrap of five covers 0.84."""
    covered = ratio_coverage(size, lambda rng, n: rng.normal(0.4, 0.04, n), 600)
    assert 0.925 <= covered <= 0.975


@pytest.mark.long
@pytest.mark.parametrize("size", [5, 20])
def test_the_interval_of_a_ratio_covers_in_many_studies_skewed_ones_too(size):
    assert 0.943 <= ratio_coverage(size, lambda rng, n: rng.normal(0.4, 0.04, n), 10_000) <= 0.957
    assert ratio_coverage(size, lambda rng, n: rng.gamma(9.0, 0.05, n), 10_000) >= 0.92


def test_the_interval_of_a_ratio_is_where_the_t_test_accepts():
    rng = np.random.default_rng(1)
    over, under = rng.normal(1.0, 0.2, 12), rng.normal(0.5, 0.1, 12)
    found = st.ratio_interval(over, under)
    assert found.value == pytest.approx(over.mean() / under.mean())
    for end in (found.low, found.high):
        assert stats.ttest_1samp(over - end * under, 0).pvalue == pytest.approx(0.05)
    inverse = st.ratio_interval(under, over)
    assert (inverse.low, inverse.high) == pytest.approx((1 / found.high, 1 / found.low))


def test_a_ratio_over_little_or_nothing_has_no_upper_end():
    assert st.ratio_interval([0.5, 0.7, 0.6], [0.0, 0.0, 0.0]) == st.Estimate(
        np.inf, np.inf, np.inf
    )
    found = st.ratio_interval([0.5, 0.7, 0.6], [0.0, 0.0, 0.3])
    assert 0 < found.low < found.value < found.high == np.inf
    assert st.ratio_interval([0.0, 0.0], [0.4, 0.5]).low == 0
    with pytest.raises(ValueError, match="no ratio"):
        st.ratio_interval([0.0, 0.0], [0.0, 0.0])
    for lists in ([[1.0], [1.0]], [[1.0, 2.0], [1.0]]):
        with pytest.raises(ValueError, match="two paired lists"):
            st.ratio_interval(*lists)


def test_equivalence_agrees_with_the_reference_test():
    rng = np.random.default_rng(3)
    one, two = rng.normal(0.01, 0.05, 20), rng.normal(0.0, 0.08, 20)
    for paired in (True, False):
        found = st.equivalence(one, two, 0.05, paired=paired)
        test = (
            stats.ttest_rel
            if paired
            else lambda x, y, **k: stats.ttest_ind(x, y, equal_var=False, **k)
        )
        lower = test(one + 0.05, two, alternative="greater").pvalue
        upper = test(one - 0.05, two, alternative="less").pvalue
        assert found.p_equivalent == pytest.approx(max(lower, upper), rel=1e-9)
        interval = test(one, two).confidence_interval(0.9)
        assert found.difference.low == pytest.approx(interval.low)
        assert found.difference.high == pytest.approx(interval.high)


def test_false_equivalence_is_rare_at_the_margin_itself():
    rng = np.random.default_rng(4)
    wrong = sum(
        st.equivalence(rng.normal(0.05, 0.02, 20), np.zeros(20), 0.05).p_equivalent < 0.05
        for _ in range(400)
    )
    # Binomial(400, 0.05) lies in 8 to 36 with probability 0.999.
    assert 8 <= wrong <= 36


def test_equivalence_and_difference_exclude_each_other():
    rng = np.random.default_rng(5)
    near = st.equivalence(rng.normal(0.0, 0.02, 20), np.zeros(20), 0.05)
    far = st.equivalence(rng.normal(0.3, 0.02, 20), np.zeros(20), 0.05)
    assert near.p_equivalent < 1e-3 < 0.9 < near.p_different
    assert far.p_different < 1e-3 < 0.9 < far.p_equivalent
    exact = st.equivalence([0.0, 0.0], [0.0, 0.0], 0.05)
    assert (exact.p_equivalent, exact.p_different) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.1, 0.2], [0.1, 0.2], 0.0), "margin"),
        (([0.1], [0.1], 0.05), "two replicates"),
        (([0.1, 0.2], [0.1, 0.2, 0.3], 0.05), "same length"),
    ],
)
def test_equivalence_refuses_what_it_cannot_test(arguments, message):
    with pytest.raises(ValueError, match=message):
        st.equivalence(*arguments)


def test_holm_matches_the_worked_example_and_keeps_the_order():
    assert st.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert st.holm([0.6, 0.9]).max() <= 1.0
    assert st.holm([]).size == 0


def test_holm_keeps_the_family_wise_error():
    rng = np.random.default_rng(6)
    alarms = sum((st.holm(rng.uniform(size=30)) < 0.01).any() for _ in range(2000))
    # Binomial(2000, 0.01) exceeds 36 with probability 4e-4; unadjusted it would be about 520.
    assert alarms <= 36


def test_the_slope_of_each_row_is_that_of_least_squares():
    rng = np.random.default_rng(5)
    places, values = np.sort(rng.random(6)), rng.normal(size=(4, 6))
    expected = [np.polyfit(places, row, 1)[0] for row in values]
    np.testing.assert_allclose(st.slope_of_each(places, values), expected)
    own = rng.random((4, 6))
    expected = [np.polyfit(x, y, 1)[0] for x, y in zip(own, values, strict=True)]
    np.testing.assert_allclose(st.slope_of_each(own, values), expected)
    dimensions = np.array([4, 5, 6, 8])
    exact = st.slope_of_each(dimensions, np.log(1e-3 * 5.5**dimensions))
    assert np.exp(exact) == pytest.approx(5.5)
    for places in ([1, 2], [3, 3, 3]):
        with pytest.raises(ValueError, match="at least three positions"):
            st.slope_of_each(places, np.ones((2, len(places))))


def test_an_interval_over_passes_is_students():
    found = st.t_interval([1.0, 2.0, 4.0, 5.0])
    expected = stats.t.interval(0.95, 3, loc=3.0, scale=stats.sem([1.0, 2.0, 4.0, 5.0]))
    assert (found.value, found.low, found.high) == pytest.approx((3.0, *expected))
    with pytest.raises(ValueError, match="at least two"):
        st.t_interval([1.0])


def test_an_interval_over_four_passes_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(8)
    found = [st.t_interval(rng.normal(1.6, 0.1, 4)) for _ in range(1000)]
    covered = sum(interval.low <= 1.6 <= interval.high for interval in found)
    # Binomial(1000, 0.95) lies in 925..972 but for a chance of 1e-3.
    assert 925 <= covered <= 972


def test_power_is_that_of_the_noncentral_t_and_a_limit_is_seldom_passed():
    passes = np.array([1.58, 1.61, 1.60, 1.65])
    spread, quantile = passes.std(ddof=1), stats.t.ppf(0.975, 3)
    for truth, least in ((1.609, 1.504), (1.55, 1.504), (1.504, 1.504)):
        shift = (truth - least) / (spread / 2)
        expected = stats.nct.sf(quantile, 3, shift) if shift else 0.025
        found = st.interval_power(passes, truth, least=least)
        # Four standard errors of a share of 4,000.
        assert found == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 4000))
    assert st.interval_power(passes, 1.6, most=1.6) < 0.05
    assert st.interval_power(passes, 1.0, least=0.85, most=1.15) > 0.9
    assert st.interval_power(passes, 1.15, least=0.85, most=1.15) < 0.05


def test_a_slope_is_found_within_its_interval_and_an_exponential_is_not_flat():
    rng = np.random.default_rng(7)
    places = 2.0 ** np.arange(10, 15)
    covered = 0
    for _ in range(200):
        noisy = places**1.1 * np.exp(rng.normal(0, 0.05, places.size))
        found = st.power_law_slope(places, noisy)
        covered += found.low <= 1.1 <= found.high
    # Binomial(200, 0.95) is below 178 with probability 3e-4.
    assert covered >= 178
    assert st.power_law_slope(places, 1.001**places).high > 1.3


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, -2.0, 3.0], [1.0, np.inf, 2.0]])
def test_fits_refuse_too_few_or_impossible_points(values):
    places = np.arange(1, len(values) + 1)
    with pytest.raises(ValueError, match=r"fit needs|finite"):
        st.power_law_slope(places, values)


def test_a_crossover_is_where_the_curves_meet_for_the_last_time():
    dimensions = np.arange(4, 9)
    slow = st.log_curve(dimensions, 1e-6 * 5.0**dimensions, exponential=True)
    fast = st.log_curve([4, 8, 16, 32], [1.0, 2.0, 4.0, 8.0], exponential=False)
    found = st.crossover(slow, fast)
    assert 1e-6 * 5.0**found == pytest.approx(found / 4, rel=1e-6)
    assert found > 8, "the crossing lies in the extrapolated part"
    dear = st.log_curve(dimensions, 10 * 5.0**dimensions, exponential=True)
    assert st.crossover(dear, fast, lowest=4.0) == 4.0
    flat = st.log_curve(dimensions, np.full(5, 1e-9), exponential=True)
    assert np.isnan(st.crossover(flat, fast))


def test_curves_pass_through_their_points():
    curve = st.log_curve([4, 5, 7], [1.0, 10.0, 30.0], exponential=True)
    assert np.exp(curve([4, 5, 7])) == pytest.approx([1, 10, 30])
    assert np.exp(curve(3)) == pytest.approx(0.1)


def test_chi_square_keeps_its_level_on_skewed_probabilities_and_sees_a_shift():
    rng = np.random.default_rng(8)
    shares = rng.dirichlet(np.full(300, 0.2))
    values = np.array(
        [st.chi_square(rng.multinomial(20_000, shares), shares).p_value for _ in range(300)]
    )
    # Uniform p-values: Kolmogorov-Smirnov at 1e-3.
    assert stats.kstest(values, "uniform").pvalue > 1e-3
    shifted = rng.multinomial(20_000, np.roll(shares, 1))
    assert st.chi_square(shifted, shares).p_value < 1e-6


def test_chi_square_refutes_an_impossible_draw_and_pools_rare_cells():
    assert st.chi_square([10, 1], [1.0, 0.0]).p_value == 0.0
    found = st.chi_square([50, 48, 1, 1], [0.49, 0.49, 0.01, 0.01])
    assert found.degrees == 1, "two rare cells and one of the others form the pool"
    assert st.chi_square([7], [1.0]).p_value == 1.0
    with pytest.raises(ValueError, match="sum to 1"):
        st.chi_square([1, 2], [0.3, 0.3])


def test_total_variation_and_its_expectation():
    assert st.total_variation([30, 70], [0.5, 0.5]) == pytest.approx(0.2)
    rng = np.random.default_rng(9)
    shares = rng.dirichlet(np.full(40, 0.5))
    for draws in (50, 5_000):
        found = st.expected_total_variation(shares, draws, rng=1)
        simulated = rng.multinomial(draws, shares, size=4_000)
        mean = 0.5 * np.abs(simulated / draws - shares).sum(axis=1).mean()
        assert found.value == pytest.approx(mean, rel=0.01)
        assert found.low < found.value < found.high
    few = st.expected_total_variation(shares, 100, rng=1)
    many = st.expected_total_variation(shares, 10_000, rng=1)
    assert 8 < few.value / many.value < 10.5, "falls as 1 / sqrt(n)"


def test_the_band_of_the_total_variation_holds_exact_draws_and_not_biased_ones():
    rng = np.random.default_rng(10)
    shares = rng.dirichlet(np.full(60, 0.5))
    band = st.expected_total_variation(shares, 10_000, rng=2)
    inside = sum(
        band.low <= st.total_variation(rng.multinomial(10_000, shares), shares) <= band.high
        for _ in range(300)
    )
    # 95 % nominal, the band itself simulated: below 88 % is next to impossible.
    assert inside >= 264
    biased = 0.9 * shares + 0.1 / 60
    assert st.total_variation(rng.multinomial(10_000, biased), shares) > band.high
