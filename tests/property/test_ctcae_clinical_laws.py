"""Laws of the clinical terms of each edition of the CTCAE."""

from hypothesis import given
from hypothesis import strategies as st

from equipoise.oncology.toxicity.ctcae_clinical import (
    CLINICAL_TERMS,
    clinical_term,
    existing_grades,
    impossible_grade,
    nearest_term,
    search_terms,
)
from equipoise.oncology.toxicity.ctcae_clinical_editions import CLINICAL_TABLES
from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.oncology.toxicity.ctcae_rows import Edition

CLINICAL_NAMES = st.sampled_from([term.name for term in CLINICAL_TERMS])
READ = (Edition.V5, Edition.V4_03)


@given(
    name=CLINICAL_NAMES,
    spaces=st.sampled_from(["", " ", "  "]),
    grade_told=st.integers(-1, 7),
    edition=st.sampled_from(READ),
)
def test_a_grade_is_possible_exactly_when_the_term_of_the_edition_has_it(
    *, name, spaces, grade_told, edition
):
    written = spaces + name.swapcase() + spaces
    term = clinical_term(written, edition=edition)
    exists = term is not None and grade_told in term.grades
    assert (impossible_grade(written, grade=grade_told, edition=edition) is None) == exists
    assert existing_grades(written, edition=edition) <= {1, 2, 3, 4, 5}
    assert (nearest_term(written, edition=edition) is None) == (term is not None)


@given(name=CLINICAL_NAMES, grade_told=st.integers(-1, 7))
def test_no_grade_of_a_clinical_term_is_refused_by_an_edition_that_was_not_read(name, grade_told):
    by_number = {entry.name for entry in TABLES[Edition.V6].values()}
    assert clinical_term(name, edition=Edition.V6) is None
    if name not in by_number:
        assert existing_grades(name, edition=Edition.V6) is None
        assert impossible_grade(name, grade=grade_told, edition=Edition.V6) is None


@given(name=CLINICAL_NAMES, edition=st.sampled_from(Edition))
def test_a_term_is_found_by_its_own_name_in_its_edition_only(*, name, edition):
    found = [term.name for term in search_terms(name, most=200, edition=edition)]
    assert (name in found) == (clinical_term(name, edition=edition) is not None)


def test_every_grade_of_every_edition_is_reached_by_some_clinical_term():
    for edition in READ:
        terms = CLINICAL_TABLES[edition]
        grades = [frozenset(term.grades) for term in terms]
        assert frozenset().union(*grades) == {1, 2, 3, 4, 5}, edition
        assert all(grades)
        assert all(
            impossible_grade(term.name, grade=grade, edition=edition) is None
            for term in terms
            for grade in term.grades
        )
