import pytest

from equipoise.report.palette import BLACK, GROUP_COLOURS, Grey, colours_of, contrast


@pytest.mark.parametrize("colour", [*GROUP_COLOURS, BLACK], ids=lambda colour: colour.name)
def test_every_ink_is_legible_on_white(colour):
    assert contrast(colour.ink) >= 4.5


def test_soft_words_are_legible_on_white_too():
    assert contrast(Grey.SOFT) >= 4.5


def test_no_two_groups_share_a_colour():
    assert len({colour.line for colour in GROUP_COLOURS}) == len(GROUP_COLOURS)


def test_everybody_is_black_and_takes_no_colour_from_a_group():
    alone = colours_of(("a", "b"))
    with_all = colours_of(("a", "all", "b"))
    assert with_all["all"] is BLACK
    assert {group: with_all[group] for group in ("a", "b")} == alone


def test_a_seventh_group_starts_the_colours_again():
    groups = [f"g{k}" for k in range(7)]
    assert colours_of(groups)["g6"] is GROUP_COLOURS[0]
