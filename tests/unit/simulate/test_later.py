"""Values after enrolment that are as another item was before."""

from __future__ import annotations

import pytest

from equipoise.base.quantities import Span
from equipoise.simulate.later import draw_item
from equipoise.study.forms import Item, ItemType
from equipoise.study.scenarios import Chance, Like, read_later, say_later

NUMBER = Item(label="Number", type=ItemType.NUMBER)
YES_NO = Item(label="Yes or no", type=ItemType.YES_NO)
BASELINE = {"tumour_cm": 6.0, "vessels": True, "sex": "female"}


def test_like_an_item_is_its_value_before():
    like = Like(item="tumour_cm")
    assert draw_item(like, 0.3, item=NUMBER, baseline=BASELINE) == 6.0


@pytest.mark.parametrize(("u", "truth"), [(0.0, 3.0), (0.5, 4.5), (1.0, 6.0)])
def test_a_factor_is_drawn_from_its_range(u: float, truth: float):
    like = Like(item="tumour_cm", factor=Span(low=0.5, high=1.0))
    assert draw_item(like, u, item=NUMBER, baseline=BASELINE) == pytest.approx(truth)


def test_yes_times_a_factor_is_yes_from_one_half_on():
    like = Like(item="vessels", factor=Span(low=0.0, high=1.0))
    assert draw_item(like, 0.5, item=YES_NO, baseline=BASELINE) is True
    assert draw_item(like, 0.49, item=YES_NO, baseline=BASELINE) is False


@pytest.mark.parametrize("name", ["sex", "nothing"])
def test_what_has_no_number_before_stays_empty(name: str):
    assert draw_item(Like(item=name), 0.5, item=NUMBER, baseline=BASELINE) is None


def test_a_distribution_does_not_look_at_the_baseline():
    assert draw_item(Chance(share=0.4), 0.39, item=YES_NO, baseline={}) is True


@pytest.mark.parametrize("words", ["like tumour_cm", "like tumour_cm x 0.5 .. 0.9", "45 %"])
def test_what_is_said_is_read_and_said_again(words: str):
    assert say_later(read_later(words)) == words
