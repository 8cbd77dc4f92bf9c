import re
from xml.etree import ElementTree as ET

from equipoise.report.drawing import fitted, one_line, overlay, write
from equipoise.report.svg import Canvas, inches, picture


def drawn(name="one", title="One", mark=None):
    def draw(figure):
        axes = inches(figure, left=0.5, bottom=0.5, right=0.5, top=0.2)
        axes.plot((0, 1), (0, 1), marker="o")
        write(overlay(figure), (1, 1), "a < b & c")

    canvas = Canvas(name=name, title=title, description="A <line>.", mark=mark)
    return picture(canvas, height=2, draw=draw)


def test_the_same_picture_is_the_same_bytes():
    assert drawn() == drawn()


def test_a_picture_is_one_svg_element_without_date_or_metadata():
    svg = drawn()
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert "<metadata" not in svg
    assert "<!DOCTYPE" not in svg
    assert not re.search(r"20\d\d-\d\d", svg)


def test_a_picture_is_well_formed_whatever_its_words_are():
    root = ET.fromstring(drawn(title="<b>&"))  # noqa: S314 - our own picture
    assert "a < b & c" in "".join(root.itertext())


def test_a_reader_who_hears_the_page_is_told_title_and_description():
    svg = drawn()
    assert 'role="img" aria-labelledby="one-title one-desc"' in svg
    assert '<title id="one-title">One</title>' in svg
    assert '<desc id="one-desc">A &lt;line&gt;.</desc>' in svg


def test_two_pictures_in_a_page_share_no_name():
    one, two = (set(re.findall(r' id="([^"]+)"', drawn(name))) for name in ("one", "two"))
    assert one
    assert not one & two


def test_every_reference_of_a_picture_points_into_it():
    svg = drawn()
    names = set(re.findall(r' id="([^"]+)"', svg))
    targets = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
    assert targets
    assert set(targets) <= names


def test_a_picture_of_virtual_subjects_says_so_across_it():
    assert ">SIMULATED - virtual subjects<" in drawn(mark="SIMULATED - virtual subjects")
    assert "SIMULATED" not in drawn()


def test_letters_stay_letters():
    assert "<text" in drawn()


def test_words_that_do_not_fit_are_broken_or_cut():
    assert fitted("one two three", inches=0.6, size=9) == ("one two", "three")
    assert fitted("", inches=1) == ("",)
    assert one_line("Alanine aminotransferase", inches=0.9, size=9) == "Alanine ami\u2026"
    assert one_line("Rash", inches=0.9, size=9) == "Rash"
