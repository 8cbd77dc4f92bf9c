import numpy as np
import pytest

from equipoise.base.errors import BadInput
from equipoise.stats.numerics.lattice import lattice_mean
from equipoise.stats.numerics.multivariate_normal import (
    Tails,
    max_quantile,
    rectangle_probability,
)

PAIR = [[1.0, 0.5], [0.5, 1.0]]


def test_the_same_question_has_the_same_answer():
    size = 5
    correlation = np.full((size, size), 0.6) + 0.4 * np.eye(size)
    answers = {
        rectangle_probability([-2] * size, [2] * size, correlation=correlation, tolerance=1e-5)
        for _ in range(3)
    }
    assert len(answers) == 1


def test_no_bounds_hold_for_certain():
    far = [np.inf, np.inf]
    assert rectangle_probability([-np.inf, -np.inf], far, correlation=PAIR) == 1.0


@pytest.mark.parametrize("upper", [[-1, 1], [-1.5, 1], [1, -40]])
def test_bounds_that_leave_no_room_have_no_chance(upper):
    assert rectangle_probability([-1, -np.inf], upper, correlation=PAIR) == 0.0


def test_a_coordinate_without_bounds_changes_nothing():
    lower, upper = [-1, -np.inf, -0.5], [1, np.inf, 2]
    three = np.array([[1, 0.3, 0.5], [0.3, 1, -0.4], [0.5, -0.4, 1]])
    assert rectangle_probability(lower, upper, correlation=three) == pytest.approx(
        rectangle_probability([-1, -0.5], [1, 2], correlation=PAIR), abs=1e-12
    )


def test_nearly_singular_correlations_are_no_harder():
    near = np.array([[1, 1 - 1e-9], [1 - 1e-9, 1]])
    one = rectangle_probability([-np.inf], [1.5], correlation=[[1]])
    found = rectangle_probability([-np.inf] * 2, [1.5] * 2, correlation=near)
    assert one - 1e-4 < found < one


def test_the_quantile_is_the_bound_of_its_level():
    three = np.array([[1, 0.9, 0.5], [0.9, 1, 0.6], [0.5, 0.6, 1]])
    for tails in Tails:
        bound = max_quantile(0.975, correlation=three, tails=tails)
        lower = -bound if tails is Tails.BOTH else -np.inf
        found = rectangle_probability([lower] * 3, [bound] * 3, correlation=three)
        assert found == pytest.approx(0.975, abs=1e-10)


def test_a_wider_tolerance_gives_another_answer_within_it():
    size = 4
    correlation = np.full((size, size), 0.5) + 0.5 * np.eye(size)
    ends = [-1.0] * size, [0.4] * size
    loose = rectangle_probability(*ends, correlation=correlation, tolerance=1e-3)
    tight = rectangle_probability(*ends, correlation=correlation)
    assert loose != tight
    assert loose == pytest.approx(tight, abs=1e-3)


@pytest.mark.parametrize(
    "correlation",
    [
        [[1.0, 0.5]],
        [[1.0, 2.0], [2.0, 1.0]],
        [[1.0, 0.5], [0.4, 1.0]],
        [[2.0, 0.5], [0.5, 1.0]],
        [[1.0, np.nan], [np.nan, 1.0]],
        [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
    ],
)
def test_a_matrix_that_is_no_correlation_is_refused(correlation):
    with pytest.raises(BadInput) as error:
        max_quantile(0.9, correlation=correlation)
    assert error.value.faults[0].where == "correlation"


@pytest.mark.parametrize("lower", [[0], [0, np.nan], [0, 0, 0], 0])
def test_bounds_of_another_shape_are_refused(lower):
    with pytest.raises(BadInput, match="lower and an upper bound"):
        rectangle_probability(lower, [1, 1], correlation=PAIR)


@pytest.mark.parametrize("level", [0, 1, -0.1, np.nan])
def test_a_level_that_is_no_chance_is_refused(level):
    with pytest.raises(BadInput, match="between 0 and 1"):
        max_quantile(level, correlation=PAIR)


def test_more_than_eight_dimensions_are_refused():
    nine = np.full((9, 9), 0.5) + 0.5 * np.eye(9)
    with pytest.raises(BadInput, match="8 dimensions"):
        rectangle_probability([-1] * 9, [1] * 9, correlation=nine)


def test_a_lattice_knows_the_mean_of_a_polynomial():
    found = lattice_mean(
        lambda points: points[:, 0] ** 2 * points[:, 1],
        dimensions=2,
        doublings=(5, 12),
        tolerance=1e-10,
    )
    assert found == pytest.approx(1 / 6, abs=1e-9)


def test_a_lattice_stops_at_its_finest_points():
    calls = []

    def rough(points):
        calls.append(len(points))
        return (points[:, 0] > 0.5).astype(float)

    lattice_mean(rough, dimensions=1, doublings=(3, 5), tolerance=0.0)
    assert len(calls) == 3
    assert 24 <= sum(calls) <= 32
