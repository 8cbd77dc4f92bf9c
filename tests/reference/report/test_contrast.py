import pytest

from equipoise.report.palette import contrast


@pytest.mark.source("WCAG 2.2, definition of contrast ratio: black on white is 21 to 1")
def test_black_on_white_has_the_largest_contrast():
    assert contrast("#000000") == pytest.approx(21.0)


@pytest.mark.source("WebAIM contrast checker: #767676 on white is 4.54 to 1, the lightest AA grey")
def test_the_lightest_legible_grey():
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#777777") < 4.5
