"""Every exact sampler draws from p*: chi-square against brute force, and the test's own power.

The level of each comparison is 1 % over all of them (`tests.support`); a planted bug of each kind
must be caught by the very same comparison.
"""

import numpy as np
import pytest

from tests.samplers.goodness import chi_square, distance, full_grid, node_counts
from tests.support import (
    EXACT_SAMPLERS,
    POINT_KINDS,
    REFERENCES,
    SmallCase,
    fit_of,
    is_rejected,
    load_reference,
    random_case,
)
from winning_tickets import Nodes
from winning_tickets.samplers import fft, walk

DRAWS = 40_000
SHORT = len(POINT_KINDS)

every_sampler = pytest.mark.parametrize("label", EXACT_SAMPLERS)
every_reference = pytest.mark.parametrize("name", REFERENCES)


@every_sampler
def test_draws_follow_the_reference_probabilities(label, reference):
    case, numbers = reference
    nodes = case.sampler(label).sample(DRAWS, rng=1)
    p_value = chi_square(node_counts(nodes, case.modulus), np.array(numbers["probabilities"]))
    assert not is_rejected(p_value)


def check_random_case(label, seed):
    kind, case = random_case(seed)
    p_value = fit_of(case.sampler(label).sample(DRAWS, rng=seed), case)
    assert not is_rejected(p_value), (kind, p_value)


@every_sampler
@pytest.mark.parametrize("seed", range(SHORT))
def test_draws_follow_p_star_on_small_problems(label, seed):
    check_random_case(label, seed)


@pytest.mark.long
@every_sampler
@pytest.mark.parametrize("seed", range(SHORT, SHORT + 50))
def test_draws_follow_p_star_on_many_small_problems(label, seed):
    check_random_case(label, seed)


@every_sampler
@pytest.mark.parametrize("modulus", [31, 257])
def test_draws_follow_p_star_at_larger_moduli(label, modulus):
    # Beyond 256 residues take two bytes. Sixteen neighbours share a cell there.
    rng = np.random.default_rng(modulus)
    size = modulus if modulus == 31 else 20
    points = rng.permutation(modulus)[:size, None]
    case = SmallCase(points, rng.normal(size=size), modulus)
    width = 1 if modulus == 31 else 16
    cells = -(-modulus // width)
    places = full_grid(modulus, 2) // width
    index = places[:, 0] * cells + places[:, 1]
    probabilities = np.bincount(index, weights=case.probabilities(), minlength=cells**2)
    nodes = case.sampler(label).sample(10_000 if width == 1 else 4_000, rng=1)
    drawn = nodes.a[:, 0] // width * np.int64(cells) + nodes.b // width
    counts = np.bincount(drawn, minlength=cells**2)
    assert not is_rejected(chi_square(counts, probabilities))
    mirrored = nodes.a[:, 0] // width * np.int64(cells) + -nodes.b.astype(int) % modulus // width
    counts = np.bincount(mirrored, minlength=cells**2)
    assert is_rejected(chi_square(counts, probabilities))


def test_the_small_problems_are_of_every_kind():
    cases = [random_case(seed) for seed in range(SHORT)]
    assert [kind for kind, _ in cases] == list(POINT_KINDS)
    by_kind = dict(cases)
    assert {case.modulus for case in by_kind.values()} == {3, 5, 7, 11, 17}
    sizes = {kind: len(case.points) for kind, case in cases}
    assert sizes["one_point"] == 1
    assert sizes["two_points"] == 2
    everything = by_kind["all_points"]
    assert sizes["all_points"] == everything.modulus ** everything.points.shape[1]
    assert by_kind["one_hot"].sampler("spectral-numpy")._directions.matrix is not None
    assert len(np.unique(by_kind["repeated"].points, axis=0)) < sizes["repeated"]
    varying = np.ptp(by_kind["one_coordinate"].points, axis=0) > 0
    assert varying.sum() == 1
    zero = by_kind["generic"].targets == 0
    assert 0 < zero.sum() < len(zero)
    assert {case.ridge > 0 for case in by_kind.values()} == {True, False}


@every_reference
def test_the_test_raises_no_more_false_alarms_than_it_says(name):
    case, _ = load_reference(name)
    probabilities = case.probabilities()
    rng = np.random.default_rng(2)
    p_values = [
        chi_square(counts, probabilities)
        for counts in rng.multinomial(DRAWS, probabilities, size=400)
    ]
    # 400 times 5 %: 20, with a standard deviation of 4.4.
    assert 3 <= np.sum(np.array(p_values) < 0.05) <= 42
    assert np.sum(np.array(p_values) < 0.001) <= 5


def replace(nodes, a=None, b=None):
    return Nodes(nodes.a if a is None else a, nodes.b if b is None else b)


def shift_b(nodes, modulus):
    return replace(nodes, b=(nodes.b.astype(int) + 1) % modulus)


def mirror_b(nodes, modulus):
    return replace(nodes, b=-nodes.b.astype(int) % modulus)


def bias_first_coordinate(nodes, modulus):
    a = nodes.a.copy()
    a[::10, 0] = 0
    return replace(nodes, a=a)


def forget_b(nodes, modulus):
    return replace(nodes, b=np.random.default_rng(0).permutation(nodes.b))


PLANTED = [shift_b, mirror_b, bias_first_coordinate, forget_b]


@pytest.mark.parametrize("bug", PLANTED)
@every_sampler
def test_a_bug_in_the_nodes_is_caught(label, bug, reference):
    case, _ = reference
    nodes = case.sampler(label).sample(DRAWS, rng=1)
    assert is_rejected(fit_of(bug(nodes, case.modulus), case))


def uniform_v(self, uniforms):
    return 1 + (uniforms * (self.modulus - 1)).astype(np.int64)


# With three residues v is uniform indeed.
@pytest.mark.parametrize("name", [name for name in REFERENCES if not name.startswith("P3")])
@pytest.mark.parametrize("label", ["fft", "spectral-numba", "spectral-numpy"])
def test_drawing_v_uniformly_is_caught(monkeypatch, label, name):
    case, _ = load_reference(name)
    monkeypatch.setattr(fft.ActivationSpectrum, "draw", uniform_v)
    assert is_rejected(fit_of(case.sampler(label).sample(DRAWS, rng=1), case))


def without_constant_energy(make_scores):
    def make(level, fourier):
        scores = make_scores(level, fourier)

        def only_groups_with_several_children(values, energy):
            inside = np.sum(np.abs(values) ** 2, axis=0)
            return scores(values, energy) - np.maximum(energy - inside, 0.0)

        return only_groups_with_several_children

    return make


# The other reference cases have no such group next to one with several children.
def test_forgetting_the_energy_of_groups_with_a_single_child_is_caught(monkeypatch):
    case, _ = load_reference("P3_D4_M20_relu")
    monkeypatch.setattr(walk, "_make_scores", without_constant_energy(walk._make_scores))
    nodes = case.sampler("spectral-numpy").sample(DRAWS, rng=1)
    assert is_rejected(fit_of(nodes, case))


@pytest.mark.parametrize("kind", ["one_hot", "generic", "repeated"])
def test_forgetting_that_energy_is_caught_on_small_problems_too(monkeypatch, kind):
    _, case = random_case(list(POINT_KINDS).index(kind))
    monkeypatch.setattr(walk, "_make_scores", without_constant_energy(walk._make_scores))
    assert is_rejected(fit_of(case.sampler("spectral-numpy").sample(DRAWS, rng=1), case))


def distances(nodes, case, sizes):
    """Return total variation at growing numbers of draws, measured and as exact draws have it."""
    probabilities = case.probabilities()
    measured = [distance(node_counts(nodes[:n], case.modulus) / n, probabilities) for n in sizes]
    spread = np.sum(np.sqrt(probabilities * (1 - probabilities) / (2 * np.pi)))
    return np.array(measured), spread / np.sqrt(sizes)


SIZES = 1_000 * 4 ** np.arange(4)


@every_sampler
def test_total_variation_falls_like_the_root_of_the_draws(label):
    case, _ = load_reference("P3_D4_M20_relu")
    nodes = case.sampler(label).sample(int(SIZES[-1]), rng=4)
    measured, expected = distances(nodes, case, SIZES)
    # One distance scatters by 5 %, so 25 % and 0.1 in the slope are no luck.
    np.testing.assert_allclose(measured / expected, 1.0, atol=0.25)
    slope = np.polyfit(np.log(SIZES), np.log(measured), 1)[0]
    assert abs(slope + 0.5) < 0.1


def test_total_variation_of_slightly_wrong_draws_stops_falling():
    case, _ = load_reference("P3_D4_M20_relu")
    nodes = case.sampler("enumeration").sample(int(SIZES[-1]), rng=4)
    wrong = bias_first_coordinate(nodes, 3)
    measured, expected = distances(wrong, case, SIZES)
    assert measured[-1] / expected[-1] > 1.25
    assert np.polyfit(np.log(SIZES), np.log(measured), 1)[0] > -0.4
