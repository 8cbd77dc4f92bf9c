"""Laws of the record, whatever is entered."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from equipoise.base.randomness import Seed
from equipoise.conduct.allocation import allocation_list
from equipoise.conduct.chain import GENESIS, blanked, seal_all, verify
from equipoise.conduct.entries import FORM_DATE, Action, Draft, Entry, Place, Stamp
from equipoise.conduct.record import Record
from equipoise.conduct.rulesets import rule_set
from equipoise.conduct.values import fitting, from_text, is_plain_text, to_text
from equipoise.study.forms import Item, ItemType
from equipoise.study.rules import POLARS_TYPE
from equipoise.study.study import Study

STAMP = Stamp(
    at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), who="a", role="r", study="00" * 32, version="1"
)
KINDS = {"x": ItemType.NUMBER, "y": ItemType.TEXT}
WORDS = st.text(alphabet="aZ9 é肝🙂\n\t'\"\\,[]", max_size=20)
DAYS = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 1, 1))

VALUES = {
    ItemType.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    ItemType.INTEGER: st.integers(),
    ItemType.YES_NO: st.booleans(),
    ItemType.DATE: DAYS,
    ItemType.PARTIAL_DATE: DAYS.flatmap(
        lambda day: st.sampled_from([4, 7, 10]).map(lambda length: day.isoformat()[:length])
    ),
    ItemType.TEXT: WORDS.filter(is_plain_text),
}


@st.composite
def typed_values(draw):
    kind = draw(st.sampled_from(list(VALUES)))
    return kind, draw(VALUES[kind])


@given(typed_values())
def test_a_value_comes_back_from_its_text(typed):
    kind, value = typed
    item = Item(label="x", type=kind)
    assert fitting(value, name="x", item=item) == value
    text = to_text(value)
    assert from_text(text, kind=kind) == value
    assert to_text(from_text(text, kind=kind)) == text


def drafts_of(changes: list[tuple[int, int, str, str | None]]) -> list[Draft]:
    """Return drafts that a desk could have asked for: rows begin with their day."""
    drafts, begun = [], set()
    for subject, row, item, new in changes:
        place = Place(subject=str(subject), visit="v", form="f", row=row)
        if subject not in begun:
            begun.add(subject)
            drafts.append(draft(Action.REGISTER, Place(subject=str(subject), item="site"), "s"))
        if (subject, row) not in begun:
            begun.add((subject, row))
            drafts.append(draft(Action.RECORD, place.at(FORM_DATE), "2026-03-02"))
        drafts.append(draft(Action.RECORD, place.at(item), new))
    return drafts


def draft(action: Action, place: Place, new: str | None) -> Draft:
    return Draft(stamp=STAMP, action=action, place=place, new=new)


def sealed(drafts: list[Draft]) -> tuple[Entry, ...]:
    salts = count(1)
    return seal_all(drafts, previous=GENESIS, salts=lambda: f"{next(salts):032x}")


CHANGES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(1, 2),
        st.sampled_from(["x", "y"]),
        st.one_of(st.none(), st.sampled_from(["1", "2", "3.5"])),
    ),
    max_size=25,
)


def folded(*parts: tuple[Entry, ...]) -> Record:
    record = Record(kinds=KINDS)
    for part in parts:
        record.take(part)
    return record


@given(CHANGES, st.integers(0, 60))
def test_folding_in_two_parts_is_folding_at_once(changes, cut):
    entries = sealed(drafts_of(changes))
    assert folded(entries) == folded(entries[:cut], entries[cut:])


@given(CHANGES)
def test_the_record_says_the_last_entry_of_each_item(changes):
    record = folded(sealed(drafts_of(changes)))
    last = {(str(subject), row, item): new for subject, row, item, new in changes}
    said = {
        (subject.subject, row.row, item): row.cells[item].text if item in row.cells else None
        for subject in record.subjects.values()
        for row in subject.rows.values()
        for item in ("x", "y")
    }
    assert {key: new for key, new in said.items() if key in last} == last
    assert all(new is None for key, new in said.items() if key not in last)


@given(CHANGES, st.data())
def test_rows_of_a_form_stand_in_the_order_of_their_days(changes, data):
    entries = drafts_of(changes)
    places = {each.place for each in entries if each.place.item == FORM_DATE}
    moved = [
        draft(Action.RECORD, place, data.draw(DAYS).isoformat())
        for place in sorted(places, key=str)
    ]
    record = folded(sealed([*entries, *moved]))
    for subject in record.subjects.values():
        rows = subject.rows_of("f")
        assert rows == sorted(rows, key=lambda row: (row.date, row.first))
        assert {row.key for row in rows} == set(subject.rows)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_a_changed_value_is_seen_at_its_entry(texts, data):
    entries = list(sealed([draft(Action.RECORD, Place(subject="1"), text) for text in texts]))
    assert verify(entries).intact
    at = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(WORDS.filter(lambda text: text != entries[at].new))
    entries[at] = replace(entries[at], new=other)
    assert verify(entries).first_bad == at + 1


@given(st.sets(st.integers(1, 6)), st.sets(st.integers(1, 6)))
def test_missing_values_are_accepted_exactly_where_redacted(gone, redacted):
    values = [draft(Action.RECORD, Place(subject="1"), "v")] * 6
    cuts = [draft(Action.REDACT, Place(subject="1"), str(seq)) for seq in sorted(redacted)]
    entries = [blanked(entry) if entry.seq in gone else entry for entry in sealed([*values, *cuts])]
    verdict = verify(entries)
    assert verdict.intact is (gone <= redacted)
    assert verdict.first_bad == min(gone - redacted, default=None)


STUDY = Study.model_validate(
    {
        "study": "s",
        "title": "S",
        "phase": "2",
        "disease": {"name": "d"},
        "subjects": {"planned": 1},
        "arms": {"a": {"label": "A", "allocation": 2}, "b": {"label": "B"}},
        "randomise": {"method": "permuted_blocks", "sizes": [3, 6]},
        "schedule": {
            "clocks": {"c": "registration_date"},
            "epochs": {"e": "E"},
            "visits": {"v": {"epoch": "e", "forms": ["f"]}},
        },
        "forms": {
            "f": {"form": "f", "title": "F", "items": {"x": {"label": "X", "type": "number"}}}
        },
        "endpoints": {"p": {"kind": "binary", "label": "P", "rule": "x > 1", "population": "all"}},
        "analysis_sets": {"all": {"label": "All", "rule": "true"}},
        "analyses": {"flow": {"method": "flow", "title": "Flow"}},
        "report": [{"heading": "H", "show": ["flow"]}],
        "roles": {"r": {"label": "R", "may": ["read"]}},
    }
)


@given(st.integers(0, 2**128), st.integers(0, 80), st.integers(0, 80))
def test_lists_of_one_seed_agree_and_stay_near_balance(seed, short, long):
    one = allocation_list(STUDY, seed=Seed(value=seed), stratum="all", length=short)
    two = allocation_list(STUDY, seed=Seed(value=seed), stratum="all", length=long)
    assert one[: len(two)] == two[: len(one)]
    counts = Counter(one)
    assert (
        abs(counts["a"] - 2 * counts["b"]) <= 4
    )  # all of one arm of a block of 6, none of the other


def partial(day: dt.date, length: int) -> str:
    return day.isoformat()[:length]


PARTIAL = st.tuples(DAYS, st.sampled_from([4, 7, 10]))


@given(PARTIAL, PARTIAL)
def test_a_rule_over_partial_dates_never_contradicts_the_whole_dates(one, two):
    (first, cut), (second, other) = one, two
    types = dict.fromkeys(("a", "b"), POLARS_TYPE[ItemType.PARTIAL_DATE])
    rules = rule_set(
        {"order": "a <= b", "given": "b is not null"}, types=types, partial=frozenset(types)
    )
    values = {"a": partial(first, cut), "b": partial(second, other)}
    answers = rules.answers(values.__getitem__)
    assert answers["order"] in {first <= second, None}
    assert answers["given"] is True
    if cut == other == 10:
        assert answers["order"] is (first <= second)
