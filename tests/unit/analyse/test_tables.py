"""Tables of characteristics and categories, counted on ten subjects."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.base import BadInput
from equipoise.study.analyses import BaselineAnalysis, CategoriesAnalysis
from equipoise.study.forms import Form, FormPurpose, Item, ItemType

PLAN = {"population": "all_randomised", "by": "arm", "title": "Table"}


def baseline(*items, **words):
    return BaselineAnalysis(method="baseline", items=items, **{**PLAN, **words})


def categories(*items, **words):
    return CategoriesAnalysis(method="categories", items=items, **{**PLAN, **words})


def test_a_number_is_summarised_in_each_group_and_in_all(run, data, value):
    found = run(baseline("age"), data)
    assert value(found, "it/age/chemo/mean") == 60.0
    assert value(found, "it/age/surgery_first/median") == 60.0
    assert value(found, "it/age/all/minimum") == 40.0
    assert value(found, "it/age/all/n") == 8.0


def test_missing_values_are_counted_and_not_averaged(run, data, value):
    found = run(baseline("ecog"), data)
    assert value(found, "it/ecog/chemo/missing") == 1.0
    assert value(found, "it/ecog/chemo/n") == 3.0
    assert value(found, "it/ecog/chemo/mean") == pytest.approx(1 / 3)


def test_an_item_that_nobody_answered_is_not_estimable(run, data):
    found = run(baseline("height_cm"), data).filter(pl.col("statistic") == "mean")
    assert set(found["text"]) == {"not estimable: no values"}


def test_codes_come_in_the_order_of_their_list_with_their_labels(run, data):
    found = run(baseline("sex"), data).filter(group="chemo", statistic="count")
    assert found["level"].to_list() == ["female", "male", "missing"]
    assert found["text"].to_list() == ["Female", "Male", "Not recorded"]


def test_per_cents_are_of_all_subjects_of_the_group_missing_included(run, data, value):
    found = run(categories("surgery_outcome"), data)
    assert value(found, "it/surgery_outcome/chemo/resected/percent") == 50.0
    assert value(found, "it/surgery_outcome/chemo/missing/percent") == 25.0


def test_who_was_never_asked_is_not_missing(run, data, value):
    # The outcome of surgery is asked of the operated: one of the chemo arm was not operated, and
    # of another nobody knows whether there was an operation, so that an outcome was to be expected.
    found = run(categories("surgery_outcome"), data)
    assert value(found, "it/surgery_outcome/chemo/not_applicable/count") == 1.0
    assert value(found, "it/surgery_outcome/chemo/missing/count") == 1.0
    assert value(found, "it/surgery_outcome/surgery_first/explored_only/count") == 1.0


def test_yes_comes_before_no(run, data):
    found = run(categories("operated"), data).filter(group="all", statistic="count")
    assert found.select("level", "value").rows() == [("yes", 5.0), ("no", 2.0), ("missing", 1.0)]


def test_a_stratum_can_be_a_characteristic(run, data, value):
    assert value(run(baseline("older"), data), "it/older/all/yes/count") == 4.0


def test_whole_numbers_can_be_categories(run, data, value):
    found = run(categories("ecog"), data)
    assert value(found, "it/ecog/all/0/count") == 4.0
    assert value(found, "it/ecog/all/1/count") == 3.0


def test_of_a_date_only_who_has_one_is_counted(run, data, value):
    found = run(baseline("surgery_date"), data)
    assert value(found, "it/surgery_date/chemo/n") == 2.0
    assert set(found.filter(statistic="count")["level"]) == {"missing", "not_applicable"}


def test_the_size_of_each_group_comes_first(run, data):
    first = run(baseline("age"), data).head(3)
    assert first.select("group", "value").rows() == [
        ("chemo", 4.0),
        ("surgery_first", 4.0),
        ("all", 8.0),
    ]


def test_without_groups_there_is_everybody_once(run, data):
    assert set(run(baseline("age", by=None), data)["group"]) == {"all"}


def test_groups_can_be_a_binary_endpoint(run, data, value):
    found = run(baseline("age", by="r0"), data)
    assert value(found, "it/age/yes/mean") == pytest.approx((55 + 66 + 61) / 3)
    assert value(found, "it/no/n") == 5.0


def test_groups_can_be_an_item(run, data, value):
    found = run(baseline("age", by="sex"), data)
    assert value(found, "it/age/female/mean") == pytest.approx((55 + 50 + 40 + 59) / 4)


def test_a_code_named_missing_keeps_its_own_line(run, data, study):
    form = study.forms["demographics"]
    sex = form.items["sex"].model_copy(update={"codes": {"female": "F", "missing": "Not told"}})
    items = form.model_copy(update={"items": {**form.items, "sex": sex}})
    other = study.model_copy(update={"forms": {**study.forms, "demographics": items}})
    levels = run(baseline("sex"), data, of=other).filter(group="all", statistic="count")["level"]
    assert levels.to_list() == ["female", "missing", "not_recorded"]


def test_a_name_that_the_study_does_not_have_is_refused(run, data):
    with pytest.raises(BadInput, match="shoe_size"):
        run(baseline("shoe_size"), data)


CLAVIEN = Item(label="Grade", type=ItemType.CODE, codes={"I": "I", "III": "III"}, sdtm="FA.CLAVIEN")
LEAK = Item(label="Leak", type=ItemType.YES_NO, sdtm="FA.LEAK")
COMPLICATIONS = Form(
    form="complications",
    title="Complications",
    purpose=FormPurpose.COMPLICATIONS,
    repeats="one complication",
    domain="FA",
    items={"clavien": CLAVIEN, "leak": LEAK},
)
FINDINGS = pl.DataFrame(
    [
        ("S01", "CLAVIEN", "I"),
        ("S01", "CLAVIEN", "III"),
        ("S02", "CLAVIEN", "I"),
        ("S02", "CLAVIEN", "I"),
        ("S05", "CLAVIEN", "I"),
        ("S09", "CLAVIEN", "III"),
        ("S01", "LEAK", "N"),
        ("S01", "LEAK", "Y"),
        ("S05", "LEAK", "N"),
    ],
    schema=["USUBJID", "FATESTCD", "FAORRES"],
    orient="row",
)


@pytest.fixture(scope="module")
def repeated(*, run, data, study, make_data):
    forms = {**study.forms, "complications": COMPLICATIONS}
    other = study.model_copy(update={"forms": forms})
    told = make_data(domains={"FA": FINDINGS}, adsl=data.datasets["adsl"].to_dicts())
    return run(categories("clavien", "leak"), told, of=other)


def test_a_subject_with_several_complications_counts_once_at_the_last_grade(repeated, value):
    assert value(repeated, "it/clavien/chemo/III/count") == 1.0
    assert value(repeated, "it/clavien/chemo/I/count") == 1.0
    assert value(repeated, "it/clavien/chemo/missing/count") == 2.0


def test_per_cents_of_a_repeated_item_are_of_the_subjects_of_the_group(repeated, value):
    assert value(repeated, "it/clavien/surgery_first/I/percent") == 25.0


def test_subjects_outside_the_population_are_not_counted_in_a_domain(repeated, value):
    assert value(repeated, "it/clavien/all/III/count") == 1.0


def test_yes_once_is_yes(repeated, value):
    assert value(repeated, "it/leak/chemo/yes/count") == 1.0
    assert value(repeated, "it/leak/chemo/no/count") == 0.0
    assert value(repeated, "it/leak/surgery_first/no/count") == 1.0


def test_rows_of_a_domain_can_be_walked_back_to(repeated):
    told = repeated.filter(dataset="FA")
    assert told.height > 0
    for row in told.iter_rows(named=True):
        assert FINDINGS.filter(pl.sql_expr(row["where"])).height == row["n"]


def test_a_repeated_item_makes_no_groups(run, data, study):
    other = study.model_copy(update={"forms": {**study.forms, "complications": COMPLICATIONS}})
    with pytest.raises(BadInput, match="repeating form complications"):
        run(baseline("age", by="clavien"), data, of=other)
