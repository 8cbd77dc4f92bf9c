from math import sqrt

import pytest

from equipoise.stats import summarise


@pytest.mark.source("by hand: 1 1 2 3 3 4 5 5 6 9; n q1 = 2.5, so the 3rd; n q2 = 5, 5th and 6th")
def test_ten_values():
    found = summarise([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    assert (found.q1, found.median, found.q3) == (2, 3.5, 5)
    assert (found.minimum, found.maximum, found.n, found.missing) == (1, 9, 10, 0)
    assert found.mean == pytest.approx(3.9)
    assert found.sd == pytest.approx(sqrt((207 - 10 * 3.9**2) / 9))


@pytest.mark.source("program: R 4.2.2: quantile(x, type = 2)")
@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([3, 1, 4, 1, 5, 9, 2], (1, 3, 5)),
        ([1, 2, 3, 4, 5, 6, 7, 8], (2.5, 4.5, 6.5)),
        ([7], (7, 7, 7)),
    ],
)
def test_quartiles_of_type_2(values, quartiles):
    found = summarise(values)
    assert (found.q1, found.median, found.q3) == quartiles
