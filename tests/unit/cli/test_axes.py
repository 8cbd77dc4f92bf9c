import pytest

from equipoise.base.errors import BadInput
from equipoise.cli.axes import axes_of
from equipoise.design.survival.exploring import Assumption


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("hazard_ratio=0.5..0.7", (0.5, 0.55, 0.6, 0.65, 0.7)),
        ("hazard_ratio=0.5..0.7/3", (0.5, 0.6, 0.7)),
        ("hazard_ratio=0.5,0.7", (0.5, 0.7)),
        ("hazard_ratio=0.6", (0.6,)),
    ],
)
def test_an_axis_is_a_span_or_a_list_of_values(word, values):
    (axis,) = axes_of([word])
    assert (axis.assumption, axis.values) == (Assumption.HAZARD_RATIO, values)


def test_every_faulty_axis_is_told():
    with pytest.raises(BadInput) as error:
        axes_of(["hazard=0.5", "subjects=", "alpha=low..high", "dropout=0.1"])
    said = [fault.where for fault in error.value.faults]
    assert said == ["--explore hazard=0.5", "--explore subjects=", "--explore alpha=low..high"]
    assert "hazard_ratio" in error.value.faults[0].fix
