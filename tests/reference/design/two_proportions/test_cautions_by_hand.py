import pytest

from equipoise.design.two_proportions.cautions import count_cautions


@pytest.mark.source(
    "by hand: 100 x 0.05 = 5 are enough; 99 x 0.05 = 4.95 and 40 x (1 - 0.9) are few"
)
def test_the_fewest_expected_of_either_kind_decide():
    assert count_cautions(((100, 0.05), (100, 0.5))) == ()
    assert "(4.95)" in count_cautions(((99, 0.05), (100, 0.5)))[0]
    assert "(4.00)" in count_cautions(((100, 0.5), (40, 0.9)))[0]
