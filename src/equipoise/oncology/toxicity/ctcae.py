"""CTCAE grade of a laboratory value, with the rule that gave it.

The cut-offs stand in `ctcae_table.py` and `ctcae_editions.py`; open the first of them first.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, assert_never

from equipoise.oncology.exact import as_written, not_negative, positive
from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import (
    ABNORMAL,
    Edition,
    LaboratoryTerm,
    Of,
    Row,
    Side,
    Term,
    When,
)
from equipoise.oncology.toxicity.ctcae_words import (
    fulfilled,
    missing_words,
    no_criterion,
    open_words,
)


class MissingBaseline(StrEnum):
    """What a baseline that is not known means where a row asks for it."""

    NORMAL = "normal"
    UNKNOWN = "unknown"


class UnknownSymptoms(StrEnum):
    """What symptoms that nobody recorded mean where a row asks for them."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingRules:
    """How a study reads its laboratory values.

    Attributes
    ----------
    edition : Edition
        The edition of the CTCAE.
    missing_baseline : MissingBaseline
        A missing baseline counts as normal, or leaves open what asks for it.
    unknown_symptoms : UnknownSymptoms
        Symptoms not recorded are taken for present (the worst), for absent, or leave grades open.
    """

    edition: Edition = Edition.V5
    missing_baseline: MissingBaseline = MissingBaseline.NORMAL
    unknown_symptoms: UnknownSymptoms = UnknownSymptoms.UNKNOWN


CTCAE_5_RULES = GradingRules()

BesideBaseline = Literal[When.BASELINE_GIVEN, When.BELOW_NORMAL, When.ABOVE_BASELINE]
OfBaseline = Literal[
    When.NORMAL_BASELINE,
    When.ABNORMAL_BASELINE,
    When.ABNORMAL_TO_5,
    When.ABNORMAL_BEYOND_5,
    When.LOW_BASELINE,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A value before treatment.

    Attributes
    ----------
    value : float
        In the unit of the term; a baseline of 0 says nothing, as a multiple of it would.
    upper_limit, lower_limit : float | None
        Limits of normal of the laboratory that measured it; those of the value when None.

    Raises
    ------
    BadInput
        For a negative value or lower limit, an upper limit of 0, limits in the wrong order, or no
        number.
    """

    value: float
    upper_limit: float | None = None
    lower_limit: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be meant."""
        not_negative(self.value, where="baseline")
        if self.upper_limit is not None:
            positive(self.upper_limit, where="baseline upper limit")
        if self.lower_limit is not None:
            not_negative(self.lower_limit, where="baseline lower limit")
        Limits(lower=self.lower_limit, upper=self.upper_limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The grade of one laboratory value.

    Attributes
    ----------
    term : Term
        What was graded.
    grade : int | None
        0 to 4; None when what is known does not decide it.
    rule : str
        What decided, or what is missing, in one sentence a clinician can read.
    possible : tuple[int, ...]
        The grades that what is known does not rule out, mildest first; one when the grade is
        known, none when the edition has no cut-offs for the term or nothing was measured.
    """

    term: Term
    grade: int | None
    rule: str
    possible: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What is known when one value is graded."""

    value: Decimal
    limits: Limits
    baseline: Baseline | None
    symptomatic: bool | None
    rules: GradingRules

    def reference(self, of: Of) -> float | None:
        """Return the number that the bound of a row is a multiple of."""
        match of:
            case Of.ONE:
                return 1.0
            case Of.LOWER_LIMIT:
                return self.limits.lower
            case Of.UPPER_LIMIT:
                return self.limits.upper
            case Of.BASELINE:
                return None if self.baseline is None else self.baseline.value
            case _:
                assert_never(of)

    def bound(self, row: Row) -> Decimal | None:
        """Return the cut-off of a row at 15 significant digits."""
        reference = self.reference(row.of)
        return None if reference is None else as_written(row.times * reference + row.plus)

    def meets(self, when: When) -> bool | None:
        """Tell whether the condition of a row is met; None when unknown."""
        match when:
            case When.ALWAYS:
                return True
            case When.SYMPTOMATIC:
                return self.symptomatic if self.symptomatic is not None else self._unrecorded()
            case When.MORE_THAN_MILD:
                return False if self.symptomatic is False else self._unrecorded()
            case When.BASELINE_GIVEN | When.BELOW_NORMAL | When.ABOVE_BASELINE:
                return self._beside_baseline(when)
            case _:
                return self._baseline_is(when)

    def _beside_baseline(self, when: BesideBaseline) -> bool | None:
        """Tell whether a condition of value and baseline is met."""
        given = True if self.baseline is not None else self._unless_given()
        match when:
            case When.BASELINE_GIVEN:
                return given
            case When.BELOW_NORMAL:
                return _all_of(self._below_normal(), given)
            case When.ABOVE_BASELINE:
                if self.baseline is None:
                    return None if given is None else True
                return self.value > as_written(self.baseline.value)
            case _:
                assert_never(when)

    def _baseline_is(self, when: OfBaseline) -> bool | None:
        """Tell whether the baseline lies where a condition wants it."""
        match when:
            case When.NORMAL_BASELINE:
                return self._baseline_within(1)
            case When.ABNORMAL_BASELINE:
                return self._baseline_above(1)
            case When.ABNORMAL_TO_5:
                return _all_of(self._baseline_above(1), self._baseline_within(5))
            case When.ABNORMAL_BEYOND_5:
                return self._baseline_above(5)
            case When.LOW_BASELINE:
                return self._baseline_low()
            case _:
                assert_never(when)

    def _baseline_above(self, times: float) -> bool | None:
        """Tell whether the baseline lies above so many times its upper limit."""
        if self.baseline is None:
            return self._unless_given()
        own = self.baseline.upper_limit
        upper = self.limits.upper if own is None else own
        if upper is None:
            return None
        return as_written(self.baseline.value) > as_written(times * upper)

    def _baseline_within(self, times: float) -> bool | None:
        above = self._baseline_above(times)
        return None if above is None else not above

    def _baseline_low(self) -> bool | None:
        if self.baseline is None:
            return self._unless_given()
        own = self.baseline.lower_limit
        lower = self.limits.lower if own is None else own
        return None if lower is None else as_written(self.baseline.value) < as_written(lower)

    def _unless_given(self) -> bool | None:
        return False if self.rules.missing_baseline is MissingBaseline.NORMAL else None

    def _below_normal(self) -> bool | None:
        lower = self.limits.lower
        return None if lower is None else self.value < as_written(lower)

    def _unrecorded(self) -> bool | None:
        choice = self.rules.unknown_symptoms
        return None if choice is UnknownSymptoms.UNKNOWN else choice is UnknownSymptoms.PRESENT


def ctcae_grade(
    term: Term,
    value: float | None,
    *,
    limits: Limits,
    baseline: Baseline | None = None,
    symptomatic: bool | None = None,
    rules: GradingRules = CTCAE_5_RULES,
) -> Grade:
    """Return the CTCAE grade of a laboratory value.

    Parameters
    ----------
    term : Term
        What was measured and in which direction; its unit stands in the table of the edition.
    value : float | None
        The value in that unit; None when not measured.
    limits : Limits
        Limits of normal for this value, in the same unit.
    baseline : Baseline | None
        Value before treatment; above its upper limit it is abnormal and multiples count from it.
    symptomatic : bool | None
        Whether there are symptoms: they separate grades of sodium, potassium, lipase, uric acid.
    rules : GradingRules
        Edition, and what a missing baseline and symptoms not recorded mean.

    Returns
    -------
    Grade
        Grade None, with the grades that remain, when something that decides is unknown. Grades 2
        and more by absolute cut-offs need no limits. Grades that only a clinician can give
        (anaemia and albumin 4, transfusion as grade 3) do not come from a number.

    Raises
    ------
    BadInput
        For a negative value or none at all.

    Notes
    -----
    The worse bound of a range belongs to the milder grade: 1.0 of "<1.5 - 1.0" is grade 2. Values
    and bounds are compared as decimals of 15 significant digits. Choices where the text is silent
    stand beside each term in the table. Where it leaves a gap that no neighbour can be said to
    cover (v6.0: ALT of 2 to 4 times a baseline above five upper limits) the grade is None.
    """
    if value is not None:
        not_negative(value, where="value")
    entry = TABLES[rules.edition].get(term)
    if entry is None:
        words = f"No grade: {rules.edition.spoken} has no cut-offs for {term}"
        return Grade(term=term, grade=None, rule=words)
    if value is None:
        return Grade(term=term, grade=None, rule=f"No grade: {entry.label} was not measured")
    known = _Reading(
        value=as_written(value),
        limits=limits,
        baseline=None if baseline is None or baseline.value == 0 else baseline,
        symptomatic=symptomatic,
        rules=rules,
    )
    return _graded(term, entry, known)


def _graded(term: Term, entry: LaboratoryTerm, known: _Reading) -> Grade:
    """Return the worst grade of which a row holds, open when a worse one may hold."""
    unknown: list[Row] = []
    for row in entry.rows:
        holds = _all_of(known.meets(row.when), _beyond(row, known))
        if holds is None or (holds and row.gap):
            unknown.append(row)
        elif holds:
            return _decided(term, entry, known, row=row, unknown=unknown)
    return _decided(term, entry, known, row=None, unknown=unknown)


def _decided(
    term: Term,
    entry: LaboratoryTerm,
    known: _Reading,
    *,
    row: Row | None,
    unknown: list[Row],
) -> Grade:
    """Return the grade of the row that holds, unless a worse one may hold."""
    sure = 0 if row is None else row.grade
    worse = sorted({each.grade for each in unknown if each.grade > sure})
    if worse:
        first = next(each for each in unknown if each.grade > sure)
        missing = missing_words(first, known.reference(first.of), known.limits)
        words = open_words(entry, known.value, grades=(sure, *worse), missing=missing)
        return Grade(term=term, grade=None, rule=words, possible=(sure, *worse))
    bound = None if row is None else known.bound(row)
    if row is None or bound is None:
        words = no_criterion(entry, known.value, known.limits)
    else:
        words = fulfilled(entry, known.value, row=row, bound=bound, of=known.reference(row.of))
    return Grade(term=term, grade=sure, rule=words, possible=(sure,))


def _all_of(*answers: bool | None) -> bool | None:
    """Tell whether all conditions hold; false beats unknown, unknown beats true."""
    if False in answers:
        return False
    return None if None in answers else True


def _beyond(row: Row, known: _Reading) -> bool | None:
    bound = known.bound(row)
    if bound is not None:
        return _on_side(row.side, known.value, bound=bound)
    upper = known.limits.upper
    if row.when in ABNORMAL and upper is not None:
        # An abnormal baseline lies above the upper limit, and so does the bound above its multiple.
        least = as_written(row.times * upper + row.plus)
        return None if _on_side(row.side, known.value, bound=least) else False
    return None


def _on_side(side: Side, number: Decimal, *, bound: Decimal) -> bool:
    match side:
        case Side.BELOW:
            return number < bound
        case Side.AT_MOST:
            return number <= bound
        case Side.ABOVE:
            return number > bound
        case Side.AT_LEAST:
            return number >= bound
        case _:
            assert_never(side)
