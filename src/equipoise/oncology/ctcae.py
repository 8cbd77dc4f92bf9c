"""CTCAE v5.0 grade of a laboratory value, with the rule that gave it.

The cut-offs stand in `ctcae_table.py`. Open that first.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from equipoise.base.errors import bad_input
from equipoise.oncology.ctcae_table import CTCAE_V5, Of, Row, Side, Term, When
from equipoise.oncology.exact import as_written, not_negative, plain, positive


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
        The row of the table that held, or what is missing, in one sentence.
    """

    term: Term
    grade: int | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What is known when one value is graded."""

    term: Term
    value: Decimal
    lower_limit: float | None
    upper_limit: float | None
    baseline: float | None
    symptomatic: bool | None

    def reference(self, of: Of) -> float | None:
        """Return the number that the bound of a row is a multiple of."""
        match of:
            case Of.ONE:
                return 1.0
            case Of.LOWER_LIMIT:
                return self.lower_limit
            case Of.UPPER_LIMIT:
                return self.upper_limit
            case Of.BASELINE:
                return self.baseline or None  # a multiple of 0 says nothing
            case _:
                assert_never(of)

    def meets(self, when: When) -> bool | None:
        """Tell whether the condition of a row is met; None when unknown."""
        match when:
            case When.ALWAYS:
                return True
            case When.NORMAL_BASELINE:
                abnormal = self._baseline_abnormal()
                return None if abnormal is None else not abnormal
            case When.ABNORMAL_BASELINE:
                return self._baseline_abnormal()
            case When.BASELINE_GIVEN:
                return bool(self.baseline)
            case When.SYMPTOMATIC:
                return self.symptomatic
            case _:
                assert_never(when)

    def _baseline_abnormal(self) -> bool | None:
        if self.baseline is None:
            return False
        if self.upper_limit is None:
            return None
        return as_written(self.baseline) > as_written(self.upper_limit)


def ctcae_grade(
    term: Term,
    value: float | None,
    *,
    lower_limit: float | None,
    upper_limit: float | None,
    baseline: float | None = None,
    symptomatic: bool | None = None,
) -> Grade:
    """Return the CTCAE v5.0 grade of a laboratory value.

    Parameters
    ----------
    term : Term
        What was measured and in which direction; its unit stands in `CTCAE_V5`.
    value : float | None
        The value in that unit; None when not measured.
    lower_limit, upper_limit : float | None
        Limits of normal of the laboratory in the same unit.
    baseline : float | None
        Value before treatment. Above `upper_limit` it is abnormal and multiples count from it;
        at or below it, or not given, multiples count from the upper limit. Creatinine counts from
        both, and from the upper limit alone where no baseline is given.
    symptomatic : bool | None
        Whether the disturbance gives symptoms; it separates grades of low sodium and potassium.

    Returns
    -------
    Grade
        Grade None when something that decides is unknown. Grades 2 and more by absolute cut-offs
        need no limits. Grades that only a clinician can give (anaemia and albumin 4, and
        transfusion as grade 3) do not come from a number.

    Raises
    ------
    BadInput
        For a negative number or none at all, an upper limit of 0, and limits in the wrong order.

    Notes
    -----
    The worse bound of a range belongs to the milder grade: 1.0 of "<1.5 - 1.0" is grade 2. Values
    and bounds are compared at 15 significant digits. Choices where the text is silent: a baseline
    multiple "1.5 - 3.0" includes 1.5 (for GGT and ALP "2.0 - 2.5" includes 2.0); sodium between 129
    and 130 is grade 1 and between 124 and 125 grade 3; neutrophils below 1.5 are grade 2 even where
    the laboratory calls them normal. INR under anticoagulation counts from its baseline only.
    """
    _refuse_bad_numbers(value, lower_limit=lower_limit, upper_limit=upper_limit, baseline=baseline)
    if value is None:
        return Grade(term=term, grade=None, rule="No grade: not measured")
    known = _Reading(
        term=term,
        value=as_written(value),
        lower_limit=lower_limit,
        upper_limit=upper_limit,
        baseline=baseline,
        symptomatic=symptomatic,
    )
    for row in CTCAE_V5[term].rows:
        holds = _holds(row, known)
        if holds is None:
            return Grade(term=term, grade=None, rule=_missing_words(row, known))
        if holds:
            return Grade(term=term, grade=row.grade, rule=_rule_words(row, known))
    amount = _amount(known.value, term)
    return Grade(term=term, grade=0, rule=f"Grade 0: {amount} meets no criterion")


def _holds(row: Row, known: _Reading) -> bool | None:
    """Tell whether a value meets a row; false beats unknown, unknown beats true."""
    condition = known.meets(row.when)
    beyond = _beyond(row, known)
    if condition is False or beyond is False:
        return False
    return None if condition is None or beyond is None else True


def _beyond(row: Row, known: _Reading) -> bool | None:
    bound, number = _bound(row, known), known.value
    if bound is None:
        return None
    match row.side:
        case Side.BELOW:
            return number < bound
        case Side.AT_MOST:
            return number <= bound
        case Side.ABOVE:
            return number > bound
        case Side.AT_LEAST:
            return number >= bound
        case _:
            assert_never(row.side)


def _bound(row: Row, known: _Reading) -> Decimal | None:
    reference = known.reference(row.of)
    return None if reference is None else as_written(row.times * reference)


def _rule_words(row: Row, known: _Reading) -> str:
    bound = _bound(row, known) or Decimal(0)
    amount = _amount(bound, known.term)
    multiple = "" if row.of is Of.ONE else f" ({row.times:g} x {row.of})"
    condition = "" if row.when is When.ALWAYS else f", {row.when}"
    written = _amount(known.value, known.term)
    return f"Grade {row.grade}: {written} is {row.side} {amount}{multiple}{condition}"


def _missing_words(row: Row, known: _Reading) -> str:
    if known.reference(row.of) is None:
        return f"No grade: {row.of} is missing"
    if row.when is When.SYMPTOMATIC:
        return f"No grade: grade {row.grade} with symptoms, milder without; symptoms not recorded"
    return f"No grade: {Of.UPPER_LIMIT} is missing"


def _amount(number: Decimal, term: Term) -> str:
    return f"{plain(number)} {CTCAE_V5[term].unit}".strip()


def _refuse_bad_numbers(
    value: float | None,
    *,
    lower_limit: float | None,
    upper_limit: float | None,
    baseline: float | None,
) -> None:
    numbers = {"value": value, "lower_limit": lower_limit, "baseline": baseline}
    for where, number in numbers.items():
        if number is not None:
            not_negative(number, where=where)
    if upper_limit is not None:
        positive(upper_limit, where="upper_limit")
    if lower_limit is not None and upper_limit is not None and lower_limit > upper_limit:
        got = f"{lower_limit} .. {upper_limit}"
        raise bad_input("limits are in the wrong order", where="limits", got=got, fix="swap them")
