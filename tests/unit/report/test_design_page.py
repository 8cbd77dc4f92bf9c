import re

import pytest

from equipoise.design.design_file import design_file
from equipoise.design.study_design import design_study
from equipoise.design.survival.exploring import Assumption, Axis, explore
from equipoise.report import render_design

AXES = [
    Axis(assumption=Assumption.SUBJECTS, values=(10, 2000)),
    Axis(assumption=Assumption.HAZARD_RATIO, values=(0.6, 0.7)),
]


@pytest.fixture(scope="module")
def kept(study):
    return design_file(study, design_study(study))


@pytest.fixture(scope="module")
def html(study, kept):
    explored = explore(kept.design.survival.assumptions, axes=AXES)
    return render_design(study, kept, explored=explored)


def test_the_page_says_the_design_its_looks_and_its_hash(html, kept):
    assert kept.design.says in html
    assert kept.content_hash in html
    for look in kept.design.survival.looks:
        assert f"<td>{look.events}</td>" in html
    for warning in kept.design.survival.warnings:
        assert warning in html


def test_every_view_is_a_picture_with_words_for_those_who_hear_it(html):
    names = ("boundary", "power", "calendar", "surface", "explored")
    for name in names:
        assert f'<desc id="{name}-desc">' in html
    assert html.count("<svg") == len(names)


def test_a_combination_that_is_no_design_stands_in_the_table_with_its_reason(html):
    assert "cannot be meant" in html
    assert "&ndash;" in html or "\u2013" in html


def test_the_page_stands_alone_and_is_the_same_each_time(study, kept, html):
    assert not re.search(r"<script|<link|<img|https?://(?!www\.w3\.org)", html)
    explored = explore(kept.design.survival.assumptions, axes=AXES)
    assert render_design(study, kept, explored=explored) == html
    assert "Explored" not in render_design(study, kept)
