import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from equipoise.base.provenance import SIMULATED
from equipoise.report import render_report
from equipoise.report.page import NOT_A_DEVICE

VOID = {"meta", "br", "use", "path", "rect", "line", "circle", "stop"}


class Page(HTMLParser):
    """What a browser finds in a page: its elements, and whether each one is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(*, study, results, design, provenance):
    return render_report(study, results, design=design, provenance=provenance)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_every_element_is_closed(page):
    assert page.open == []


def test_the_page_stands_alone(page, html):
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("img")
    links = [attrs["href"] for _, attrs in page.elements if "href" in attrs]
    links += [attrs["xlink:href"] for _, attrs in page.elements if "xlink:href" in attrs]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\((?!#)|@import", html)


def test_no_two_elements_share_an_id_and_every_link_has_its_end(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    ends = {attrs["href"][1:] for attrs in page.all("a")}
    named = {
        word for _, attrs in page.elements for word in attrs.get("aria-labelledby", "").split()
    }
    assert ends | named <= set(ids)


def test_equal_inputs_give_equal_pages(*, html, study, results, design, provenance):
    assert render_report(study, results, design=design, provenance=provenance) == html


def test_sections_and_analyses_come_in_the_order_of_the_study(study, html):
    asked = [name for section in study.report for name in section.show]
    assert re.findall(r'<article id="part-([a-z0-9_]+)"', html) == asked
    headings = re.findall(r'<h2 id="section-\d"><span class="number">\d</span> ([^<]+)<', html)
    assert [heading.strip() for heading in headings] == [one.heading for one in study.report]


def test_every_number_of_a_table_has_the_address_of_a_result_and_shows_it(page, results):
    cells = [attrs for _, attrs in page.elements if "data-cell" in attrs]
    known = set(results["cell"])
    assert len(cells) > 200
    assert all(attrs["data-cell"] in known for attrs in cells)
    assert all(attrs["title"] == attrs["data-cell"] for attrs in cells)


def test_every_head_of_a_table_says_what_it_heads(page):
    heads = page.all("th")
    assert heads
    assert {attrs.get("scope") for attrs in heads} == {"col", "row", "rowgroup", "colgroup"}


def test_every_picture_has_words(page):
    pictures = page.all("svg")
    assert len(pictures) == 7
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in pictures)


def test_a_simulated_report_says_so_on_every_page_section_picture_and_table(study, html):
    sections = html.split('<section class="chapter"')[1:]
    assert len(sections) == len(study.report)
    assert all(SIMULATED in section.split("</h2>")[0] for section in sections)
    captions = re.findall(
        r"<(?:figcaption|caption)>(.*?)</(?:figcaption|caption)>", html, re.DOTALL
    )
    marked = [caption for caption in captions if SIMULATED in caption]
    assert [caption for caption in captions if caption not in marked] == [
        "Looks of the primary endpoint"
    ]
    pictures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert all(f">{SIMULATED}</text>" in drawing for drawing in pictures)
    assert f'<div class="running" aria-hidden="true">{SIMULATED}</div>' in html
    assert f'@top-center {{ content: "{SIMULATED}"' in html
    assert html.index(SIMULATED) < html.index("</title>")


def test_a_report_of_real_subjects_bears_no_mark(*, study, results, design, provenance):
    real = replace(provenance, simulated=False, scenario=None, seed=None)
    html = render_report(study, results, design=design, provenance=real)
    assert "SIMULATED" not in html
    assert "virtual" not in html
    assert 'class="running"' not in html
    assert "<dd>none: nothing was drawn</dd>" in html


def test_the_first_page_says_where_the_report_comes_from(html, provenance):
    for words in (
        provenance.study_hash,
        provenance.results_hash,
        provenance.snapshot_head,
        "Equipoise 0.1.0",
        "2027-03-31",
        "2027-04-02T09:30:00+00:00",
        "NCT00000000",
        "oesophageal carcinoma",
    ):
        assert words in html


def test_the_page_says_what_it_is_not(html):
    assert html.count(NOT_A_DEVICE) == 2
    assert "not a medical device" in NOT_A_DEVICE
    assert "not been validated" in NOT_A_DEVICE.replace("\n", " ")


def test_words_of_a_study_are_words_and_never_mark_up(*, study, results, design, provenance):
    sly = "<script>alert(1)</script>"
    arms = {**study.arms, "chemo": study.arms["chemo"].model_copy(update={"label": sly})}
    changed = study.model_copy(update={"title": sly, "arms": arms})
    html = render_report(changed, results, design=design, provenance=provenance)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert Page(html).open == []


def test_an_analysis_without_results_says_so(*, study, results, design, provenance):
    rest = results.filter(pl.col("analysis") != "baseline")
    html = render_report(study, rest, design=design, provenance=provenance)
    part = html.split('<article id="part-baseline"')[1].split("</article>")[0]
    assert "This analysis gave no results." in part


def test_no_results_and_no_design_are_still_a_page(study, results, provenance):
    bare = study.model_copy(update={"design": None, "registry": ()})
    html = render_report(bare, results.clear(), design=None, provenance=provenance)
    assert Page(html).open == []
    assert html.count("This analysis gave no results.") == 13
    assert "At a glance" not in html
    assert '<h2 id="design">' not in html


def test_a_page_prints_on_a4_with_heads_on_every_page_of_a_table(html):
    assert "@page { size: A4;" in html
    assert "thead { display: table-header-group; }" in html
