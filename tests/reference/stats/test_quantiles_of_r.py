import numpy as np
import pytest

from equipoise.stats.summary import quantile_type_2

PRIMES = np.array([2.0, 3, 5, 7, 11, 13, 17, 19, 23, 29])


@pytest.mark.source("program: R 4.2.2: quantile(x, p, type = 2) of the first ten primes")
@pytest.mark.parametrize(
    ("share", "value"),
    [
        (0, 2),
        (0.05, 2),
        (0.1, 2.5),
        (0.25, 5),
        (0.33, 7),
        (0.5, 12),
        (0.75, 19),
        (0.9, 26),
        (1, 29),
    ],
)
def test_quantiles_of_ten_primes(share, value):
    assert quantile_type_2(PRIMES, share=share) == value
