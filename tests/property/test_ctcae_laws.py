"""Laws of CTCAE grades, and the fast columns against the rule of one value."""

import datetime as dt
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.base import BadInput
from equipoise.oncology.toxicity.ctcae import (
    Baseline,
    GradingRules,
    MissingBaseline,
    UnknownSymptoms,
    ctcae_grade,
)
from equipoise.oncology.toxicity.ctcae_columns import TERM_CODES, LaboratoryColumns, ctcae_grades
from equipoise.oncology.toxicity.ctcae_course import GRADES, GradeChange, grade_change, shift_table
from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.oncology.toxicity.ctcae_limits import (
    UNKNOWN_LIMITS,
    Limits,
    NormalRange,
    Sample,
    limits_for,
)
from equipoise.oncology.toxicity.ctcae_rows import Edition, Of, Side, Term
from equipoise.oncology.toxicity.ctcae_signs import BloodPressure, Drugs, hypertension_grade
from equipoise.oncology.toxicity.laboratory_units import UNITS, factor_to, in_unit_of

EVERY_RULES = [
    GradingRules(edition=edition, missing_baseline=baseline, unknown_symptoms=symptoms)
    for edition, baseline, symptoms in itertools.product(Edition, MissingBaseline, UnknownSymptoms)
]
RULES = st.sampled_from(EVERY_RULES)
TERMS = st.sampled_from(Term)
ENZYMES = [Term.ALT, Term.AST, Term.ALP, Term.GGT, Term.BILIRUBIN, Term.CK, Term.CREATININE]
LOW = {
    term
    for term, entry in itertools.chain(*(table.items() for table in TABLES.values()))
    if entry.rows[0].side in {Side.BELOW, Side.AT_MOST}
}
ROWS = 100_000
FEELINGS = (None, True, False)
NO_OWN = (None, None)
SIGNS_READ = (Edition.V5, Edition.V4_03)


@st.composite
def known(draw):
    lower = draw(st.none() | st.integers(1, 400))
    upper = draw(st.none() | st.integers(lower or 1, 800))
    value = draw(st.none() | st.integers(1, 1200))
    baseline = None if value is None else Baseline(value=value / 8)
    return {
        "limits": Limits(
            lower=None if lower is None else lower / 8, upper=None if upper is None else upper / 8
        ),
        "baseline": baseline,
        "symptomatic": draw(st.none() | st.booleans()),
    }


def grade(term, value, **said):
    said.setdefault("limits", UNKNOWN_LIMITS)
    return ctcae_grade(term, value, **said)


@given(
    term=TERMS,
    rules=RULES,
    values=st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    said=known(),
)
def test_farther_from_normal_is_never_a_milder_grade(*, term, rules, values, said):
    near, far = sorted(values, reverse=term in LOW)
    possible = [grade(term, value / 8, rules=rules, **said).possible for value in (near, far)]
    assert (not possible[0]) == (not possible[1])
    if possible[0] and possible[1]:
        assert possible[0][0] <= possible[1][0]
        assert possible[0][-1] <= possible[1][-1]


@given(
    term=st.sampled_from(ENZYMES),
    value=st.integers(0, 4000),
    limit=st.integers(1, 100),
    baseline=st.none() | st.integers(1, 300),
    scale=st.sampled_from([0.125, 0.5, 3, 64]),
)
def test_the_unit_of_a_multiple_plays_no_part(*, term, value, limit, baseline, scale):
    grades = {
        grade(
            term,
            value * unit,
            limits=Limits(upper=limit * unit),
            baseline=None if baseline is None else Baseline(value=baseline * unit),
        ).grade
        for unit in (1, scale)
    }
    assert len(grades) == 1


@given(
    term=TERMS,
    rules=RULES,
    value=st.integers(0, 4000),
    said=known(),
    hidden=st.sets(st.sampled_from(["lower", "upper"])),
)
def test_knowing_more_never_brings_a_grade_that_was_ruled_out(*, term, rules, value, said, hidden):
    limits = said["limits"]
    less = Limits(
        lower=None if "lower" in hidden else limits.lower,
        upper=None if "upper" in hidden else limits.upper,
    )
    more = grade(term, value / 8, rules=rules, **said)
    fewer = grade(term, value / 8, rules=rules, **{**said, "limits": less})
    assert set(more.possible) <= set(fewer.possible)
    open_rules = GradingRules(
        edition=rules.edition,
        missing_baseline=MissingBaseline.UNKNOWN,
        unknown_symptoms=UnknownSymptoms.UNKNOWN,
    )
    blind = {"limits": limits, "baseline": None, "symptomatic": None, "rules": open_rules}
    assert set(more.possible) <= set(grade(term, value / 8, **blind).possible)


@given(term=TERMS, rules=RULES, value=st.integers(0, 4000), said=known())
def test_a_grade_is_known_when_one_is_possible_and_open_when_several_are(
    *, term, rules, value, said
):
    found = grade(term, value / 8, rules=rules, **said)
    assert found.possible == tuple(sorted(set(found.possible)))
    assert (len(found.possible) == 1) == (found.grade is not None)
    assert found.grade is None or found.possible == (found.grade,)
    if term not in TABLES[rules.edition]:
        assert found.possible == ()


def sensible_limits(entry):
    """Return limits of normal on the healthy side of every absolute cut-off."""
    cuts = [row.times for row in entry.rows if row.of is Of.ONE]
    if not cuts:
        return Limits(lower=2.0, upper=40.0)
    falls = entry.rows[0].side in {Side.BELOW, Side.AT_MOST}
    if falls:
        return Limits(lower=3 * max(cuts), upper=4 * max(cuts))
    return Limits(lower=0.1 * min(cuts), upper=0.95 * min(cuts))


def boundaries(entry, limits, baseline):
    """Return 0, a large number, every cut-off, and a little to both sides of each."""
    references = {
        Of.ONE: 1.0,
        Of.LOWER_LIMIT: limits.lower,
        Of.UPPER_LIMIT: limits.upper,
        Of.BASELINE: baseline.value,
    }
    cuts = {row.times * references[row.of] + row.plus for row in entry.rows}
    return sorted({cut * side for cut in cuts for side in (0.999999, 1, 1.000001)} | {0.0, 1e6})


@pytest.mark.parametrize("edition", Edition)
def test_every_grade_of_every_term_is_reached_and_every_number_has_one_or_a_named_gap(edition):
    rules = GradingRules(edition=edition, unknown_symptoms=UnknownSymptoms.PRESENT)
    for term, entry in TABLES[edition].items():
        limits, reached, gaps = sensible_limits(entry), set(), set()
        before = (limits.lower / 2, limits.lower, 2 * limits.upper, 6 * limits.upper)
        for value, symptoms in itertools.product(before, [True, False]):
            baseline = Baseline(value=value)
            said = {"limits": limits, "baseline": baseline, "symptomatic": symptoms}
            values = boundaries(entry, limits, baseline)
            found = [grade(term, each, rules=rules, **said) for each in values]
            least = [one.possible[0] for one in found]
            assert least == sorted(least, reverse=term in LOW)
            reached |= {one.grade for one in found if one.grade is not None}
            gaps |= {one.rule.rpartition(", ")[2] for one in found if one.grade is None}
        assert reached == {0} | entry.by_number, term
        assert gaps == {row.gap for row in entry.rows if row.gap}, term


@given(
    term=st.sampled_from([Term.ALT, Term.AST]),
    value=st.integers(0, 4000),
    baseline=st.integers(1, 600),
    limit=st.integers(1, 60),
)
def test_the_gap_of_v6_is_two_to_four_times_a_baseline_above_five_limits(
    *, term, value, baseline, limit
):
    rules = GradingRules(edition=Edition.V6)
    found = grade(
        term,
        float(value),
        limits=Limits(upper=float(limit)),
        baseline=Baseline(value=float(baseline)),
        rules=rules,
    )
    inside = baseline > 5 * limit and 2 * baseline < value <= 4 * baseline
    assert (found.grade is None) == inside
    assert found.possible == ((2, 3) if inside else (found.grade,))


@pytest.mark.parametrize("term", [Term.ALT, Term.AST, Term.ALP, Term.GGT])
@pytest.mark.parametrize("baseline", [None, 100.0])
def test_no_interval_is_empty_and_grade_3_ends_at_twenty_times(term, baseline):
    unit = 40.0 if baseline is None else baseline
    known_baseline = None if baseline is None else Baseline(value=baseline)
    times = [number / 100 for number in range(2500)]
    grades = [
        grade(term, each * unit, limits=Limits(upper=40.0), baseline=known_baseline).grade
        for each in times
    ]
    assert grades == sorted(grades)
    assert set(grades) == {0, 1, 2, 3, 4}
    assert max(each for each, found in zip(times, grades, strict=True) if found == 3) == 20.0


def drawn(number, *, seed):
    """Return random laboratory values as tuples, many on a cut-off and many with unknowns."""
    rng = np.random.default_rng(seed)

    def pick(*options):
        return options[int(rng.integers(len(options)))]

    def tenths(last):
        return int(rng.integers(1, last)) / 10

    for name in rng.choice(np.array(Term), number):
        term = Term(name)
        lower = pick(None, tenths(300), tenths(300), tenths(300))
        upper = pick(None, *[(lower or 0.1) + tenths(900)] * 3)
        raised = (upper or 1.0) * pick(1, 1.001, 4.5, 5, 5.001)
        baseline = pick(None, 0.0, *[tenths(2000)] * 3, raised, raised)
        entry = TABLES[pick(*Edition)].get(term)
        value = pick(tenths(30000), tenths(100), on_a_cut(entry, (lower, upper, baseline), pick))
        own = pick(None, None, (tenths(300), 30 + tenths(900))) or (None, None)
        missing = rng.random() < 0.02
        yield term, None if missing else value, lower, upper, baseline, own, pick(*FEELINGS)


def on_a_cut(entry, limits, pick):
    """Return a cut-off of a term, or a number beside it, some within the noise of a computer."""
    if entry is None:
        return 1.0
    row = pick(*entry.rows)
    references = dict(zip((Of.LOWER_LIMIT, Of.UPPER_LIMIT, Of.BASELINE), limits, strict=True))
    bound = row.times * (references.get(row.of, 1.0) or 1.0) + row.plus
    return bound * pick(0.999, 1, 1, 1 + 4e-16, 1.001)


def columns(rows):
    def column(values):
        return np.array([math.nan if value is None else value for value in values])

    def numbers(place):
        return column([row[place] for row in rows])

    return LaboratoryColumns(
        terms=np.array([TERM_CODES[row[0]] for row in rows], dtype=np.int8),
        values=numbers(1),
        lower_limits=numbers(2),
        upper_limits=numbers(3),
        baselines=numbers(4),
        baseline_lower_limits=column([row[5][0] for row in rows]),
        baseline_upper_limits=column([row[5][1] for row in rows]),
        symptomatic=np.array(
            [-1 if row[6] is None else int(row[6]) for row in rows], dtype=np.int8
        ),
    )


def one_by_one(rows, *, rules):
    return [
        grade(
            term,
            value,
            limits=Limits(lower=lower, upper=upper),
            baseline=None
            if baseline is None
            else Baseline(value=baseline, lower_limit=own[0], upper_limit=own[1]),
            symptomatic=symptoms,
            rules=rules,
        ).grade
        for term, value, lower, upper, baseline, own, symptoms in rows
    ]


def test_columns_agree_with_the_rule_of_one_value_on_every_row():
    each = ROWS // len(EVERY_RULES) + 1
    for seed, rules in enumerate(EVERY_RULES):
        rows = list(drawn(each, seed=seed))
        with np.errstate(all="raise"):
            found = ctcae_grades(columns(rows), rules=rules)
        expected = [-1 if one is None else one for one in one_by_one(rows, rules=rules)]
        assert found.tolist() == expected


def test_columns_of_no_rows_have_no_grades():
    assert ctcae_grades(columns([])).tolist() == []


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ((Term.ALT, -1.0, None, 40.0, None, NO_OWN, None), "values"),
        ((Term.ALT, math.inf, None, 40.0, None, NO_OWN, None), "values"),
        ((Term.ALT, 1.0, None, 0.0, None, NO_OWN, None), "upper_limits"),
        ((Term.ALT, 1.0, -1.0, 40.0, None, NO_OWN, None), "lower_limits"),
        ((Term.ALT, 1.0, 50.0, 40.0, None, NO_OWN, None), "lower_limits"),
        ((Term.ALT, 1.0, None, 40.0, -1.0, NO_OWN, None), "baselines"),
        ((Term.ALT, 1.0, None, 40.0, 1.0, (None, 0.0), None), "baseline_upper_limits"),
        ((Term.ALT, 1.0, None, 40.0, 1.0, (-1.0, None), None), "baseline_lower_limits"),
        ((Term.ALT, 1.0, None, 40.0, 1.0, (50.0, 40.0), None), "baseline_lower_limits"),
    ],
)
def test_columns_refuse_what_the_rule_of_one_value_refuses(row, where):
    fine = (Term.ALT, 1.0, None, 40.0, None, NO_OWN, None)
    with pytest.raises(BadInput, match=f"^{where}:"):
        columns([fine, row])


def test_columns_of_different_lengths_or_other_codes_are_refused():
    one = columns([(Term.ALT, 1.0, None, 40.0, None, NO_OWN, None)])
    said = {name: getattr(one, name) for name in one.__slots__}
    with pytest.raises(BadInput, match=r"^columns:"):
        LaboratoryColumns(**{**said, "values": np.array([1.0, 2.0])})
    with pytest.raises(BadInput, match=r"^terms:"):
        LaboratoryColumns(**{**said, "terms": np.array([len(Term)], dtype=np.int8)})


@given(
    term=TERMS,
    number=st.integers(0, 10**6),
    first=st.sampled_from(sorted(UNITS)),
    second=st.sampled_from(sorted(UNITS)),
)
def test_a_value_is_the_same_in_every_unit(*, term, number, first, second):
    if factor_to(term, unit=first) is None or factor_to(term, unit=second) is None:
        return
    one = in_unit_of(term, number / 100, unit=first)
    other = number / 100 * float(factor_to(term, unit=first) / factor_to(term, unit=second))
    assert in_unit_of(term, other, unit=second) == pytest.approx(one, rel=1e-12)


@given(st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), max_size=40))
def test_every_subject_is_once_in_a_shift_table(pairs):
    table = shift_table(pairs)
    assert table.subjects == len(pairs)
    assert sum(table.changed(change) for change in GradeChange) == len(pairs)
    assert len(table.counts) == 36
    assert [table.row(grade) for grade in GRADES] == [
        tuple(pairs.count((grade, worst)) for worst in GRADES) for grade in GRADES
    ]


@given(st.sampled_from(GRADES), st.sampled_from(GRADES))
def test_a_change_backwards_is_the_opposite(before, after):
    opposite = {
        GradeChange.WORSE: GradeChange.BETTER,
        GradeChange.BETTER: GradeChange.WORSE,
        GradeChange.FROM_MISSING: GradeChange.TO_MISSING,
        GradeChange.TO_MISSING: GradeChange.FROM_MISSING,
    }
    forth = grade_change(before, after)
    assert grade_change(after, before) is opposite.get(forth, forth)


@given(
    systolic=st.integers(60, 260),
    diastolic=st.integers(30, 160),
    normal=st.none() | st.booleans(),
    drugs=st.none() | st.sampled_from(Drugs),
    course=st.tuples(st.none() | st.booleans(), st.booleans()),
    edition=st.sampled_from(SIGNS_READ),
)
def test_a_pressure_not_measured_never_rules_out_the_grade(
    *, systolic, diastolic, normal, drugs, course, edition
):
    def possible(high, low):
        pressure = BloodPressure(
            systolic_mm_hg=high,
            diastolic_mm_hg=low,
            previously_normal=normal,
            drugs=drugs,
            lasting=course[0],
            rise_with_symptoms=course[1],
        )
        return set(hypertension_grade(pressure, edition=edition).possible)

    whole = possible(systolic, diastolic)
    assert whole <= possible(None, diastolic)
    assert whole <= possible(systolic, None)
    assert max(whole) <= max(possible(systolic + 5, diastolic))


RANGES = st.builds(
    NormalRange,
    limits=st.sampled_from([Limits(upper=float(upper)) for upper in range(1, 6)]),
    laboratory=st.none() | st.sampled_from(["north", "south"]),
    sex=st.none() | st.sampled_from(["female", "male"]),
    youngest=st.none() | st.integers(0, 4),
    oldest=st.none() | st.integers(4, 8),
    since=st.none() | st.sampled_from([dt.date(2026, 1, 1), dt.date(2026, 2, 1)]),
    until=st.none() | st.sampled_from([dt.date(2026, 2, 1), dt.date(2026, 3, 1)]),
)
SAMPLES = st.builds(
    Sample,
    laboratory=st.sampled_from(["north", "south"]),
    sex=st.sampled_from(["female", "male"]),
    age_years=st.floats(0, 9),
    date=st.dates(dt.date(2025, 12, 1), dt.date(2026, 4, 1)),
)


@given(st.lists(RANGES, max_size=6), SAMPLES)
def test_the_order_of_ranges_plays_no_part_and_limits_are_those_of_a_range_meant(ranges, sample):
    found = limits_for(ranges, sample=sample)
    assert found == limits_for(ranges[::-1], sample=sample)
    if found != UNKNOWN_LIMITS:
        assert found in [each.limits for each in ranges if each.holds_for(sample)]


@given(st.lists(RANGES, max_size=6), SAMPLES, st.sampled_from(["laboratory", "sex", "age", "date"]))
def test_limits_found_without_a_fact_are_the_limits_with_it(ranges, sample, hidden):
    said = {name: getattr(sample, name) for name in sample.__slots__}
    said["age_years" if hidden == "age" else hidden] = None
    blind = limits_for(ranges, sample=Sample(**said))
    assert blind in (UNKNOWN_LIMITS, limits_for(ranges, sample=sample))


@given(RANGES, RANGES, SAMPLES)
def test_two_ranges_that_never_meet_are_never_meant_together(one, other, sample):
    if not one.meets(other):
        assert not (one.holds_for(sample) and other.holds_for(sample))
