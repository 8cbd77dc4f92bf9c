"""CTCAE grades of millions of laboratory values at once, equal to the one-value rule row by row.

Nothing decides here that `ctcae.py` does not decide: the same table, the same conditions, and the
same comparison at 15 significant digits, over numpy arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from equipoise.base.errors import bad_input
from equipoise.oncology.exact import as_written
from equipoise.oncology.toxicity.ctcae import (
    CTCAE_5_RULES,
    BesideBaseline,
    GradingRules,
    MissingBaseline,
    OfBaseline,
    UnknownSymptoms,
)
from equipoise.oncology.toxicity.ctcae_editions import TABLES
from equipoise.oncology.toxicity.ctcae_rows import (
    ABNORMAL,
    LaboratoryTerm,
    Of,
    Row,
    Side,
    Term,
    When,
)

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

TERM_CODES: dict[Term, int] = {term: code for code, term in enumerate(Term)}
"""The code of each term in a column of terms."""

UNKNOWN = -1
"""Stands for a grade, or for symptoms, that are not known."""

_CLOSE = 1e-12  # farther apart than this, 15 digits cannot change which of two numbers is larger
_AT_ONCE = 65_536  # rows that stay in the cache of a core


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaboratoryColumns:
    """Laboratory values, one a row; NaN where a number is not known.

    Attributes
    ----------
    terms : numpy.ndarray of int8
        Codes of `TERM_CODES`.
    values, lower_limits, upper_limits : numpy.ndarray of float64
        The value and its limits of normal, in the unit of the term.
    baselines, baseline_lower_limits, baseline_upper_limits : numpy.ndarray of float64
        The value before treatment, and the limits it was measured under where those are others.
    symptomatic : numpy.ndarray of int8
        1 with symptoms, 0 without, -1 not recorded.

    Raises
    ------
    BadInput
        For columns of different lengths and for numbers that the one-value rule refuses.
    """

    terms: Codes
    values: Numbers
    lower_limits: Numbers
    upper_limits: Numbers
    baselines: Numbers
    baseline_lower_limits: Numbers
    baseline_upper_limits: Numbers
    symptomatic: Codes

    def __post_init__(self) -> None:
        """Refuse what the one-value rule refuses."""
        columns = {name: getattr(self, name) for name in self.__slots__}
        lengths = {name: column.shape for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise bad_input("columns differ in length", where="columns", got=lengths, fix="cut")
        if self.terms.size and not 0 <= self.terms.min() <= self.terms.max() < len(Term):
            raise bad_input("a code is no term", where="terms", got="", fix="see TERM_CODES")
        for name in ("values", "lower_limits", "baselines", "baseline_lower_limits"):
            _refuse(columns[name] < 0, columns[name], where=name)
        for name in ("upper_limits", "baseline_upper_limits"):
            _refuse(columns[name] <= 0, columns[name], where=name)
        for which in ("", "baseline_"):
            lower, upper = columns[f"{which}lower_limits"], columns[f"{which}upper_limits"]
            _refuse(lower > upper, lower, where=f"{which}lower_limits")


def _refuse(wrong: Truth, column: Numbers, *, where: str) -> None:
    wrong = wrong | np.isinf(column)
    if wrong.any():
        row = int(np.argmax(wrong))
        got = f"{column[row]} in row {row}"
        raise bad_input("a number cannot be meant", where=where, got=got, fix="leave it unknown")


def ctcae_grades(columns: LaboratoryColumns, *, rules: GradingRules = CTCAE_5_RULES) -> Codes:
    """Return the CTCAE grade of each laboratory value; -1 where what is known does not decide it.

    Each row is what `ctcae_grade` answers for its numbers under the same rules.
    """
    grades = np.full(columns.terms.shape, UNKNOWN, dtype=np.int8)
    for term, rows in _by_term(columns.terms):
        entry = TABLES[rules.edition].get(term)
        if entry is not None:
            grades[rows] = _Part.of(columns, rows, rules=rules).grades(entry)
    return grades


def _by_term(terms: Codes) -> Iterator[tuple[Term, npt.NDArray[np.intp]]]:
    """Yield the rows of each term, in parts that stay in the cache."""
    order = np.argsort(terms, kind="stable")
    starts = np.searchsorted(terms[order], np.arange(len(Term) + 1))
    for term, code in TERM_CODES.items():
        for start in range(starts[code], starts[code + 1], _AT_ONCE):
            yield term, order[start : min(start + _AT_ONCE, starts[code + 1])]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """Some rows of one term."""

    value: Numbers
    lower: Numbers
    upper: Numbers
    baseline: Numbers
    baseline_lower: Numbers
    baseline_upper: Numbers
    symptomatic: Codes
    rules: GradingRules

    @staticmethod
    def of(columns: LaboratoryColumns, rows: npt.NDArray[np.intp], *, rules: GradingRules) -> _Part:
        """Return the part of the columns at some rows; a baseline of 0 says nothing."""
        baseline = columns.baselines[rows]
        baseline[baseline == 0] = np.nan
        return _Part(
            value=columns.values[rows],
            lower=columns.lower_limits[rows],
            upper=columns.upper_limits[rows],
            baseline=baseline,
            baseline_lower=columns.baseline_lower_limits[rows],
            baseline_upper=columns.baseline_upper_limits[rows],
            symptomatic=columns.symptomatic[rows],
            rules=rules,
        )

    def grades(self, entry: LaboratoryTerm) -> Codes:
        """Return the worst grade of which a row holds, unknown when a worse one may hold."""
        sure = np.zeros(self.value.shape, dtype=np.int8)
        worse = np.zeros(self.value.shape, dtype=np.int8)
        for row in reversed(entry.rows):  # mildest first: a worse row writes over it
            beyond, beyond_open = self._beyond(row)
            met, met_open = self._meets(row.when)
            if row.gap:  # the text names no grade where this row holds
                met, met_open = np.zeros_like(met), met | met_open
            sure[beyond & met] = row.grade
            worse[(beyond_open & (met | met_open)) | (beyond & met_open)] = row.grade
        sure[(worse > sure) | np.isnan(self.value)] = UNKNOWN
        return sure

    def _beyond(self, row: Row) -> tuple[Truth, Truth]:
        """Return where a value lies beyond the bound of a row, and where it may."""
        nowhere = np.zeros(self.value.shape, dtype=np.bool_)
        if row.of is Of.ONE:
            return _on_side(row, self.value, of=np.ones_like(self.value)), nowhere
        reference = self._reference(row.of)
        missing = np.isnan(reference)
        beyond = _on_side(row, self.value, of=reference)
        if not missing.any():
            return beyond, nowhere
        if row.when in ABNORMAL:
            may = missing & (np.isnan(self.upper) | _on_side(row, self.value, of=self.upper))
            return beyond, may
        return beyond, missing

    def _reference(self, of: Of) -> Numbers:
        match of:
            case Of.ONE:
                return np.ones_like(self.value)
            case Of.LOWER_LIMIT:
                return self.lower
            case Of.UPPER_LIMIT:
                return self.upper
            case Of.BASELINE:
                return self.baseline
            case _:
                assert_never(of)

    def _meets(self, when: When) -> tuple[Truth, Truth]:
        """Return where the condition of a row is met, and where it may be."""
        everywhere = np.ones(self.value.shape, dtype=np.bool_)
        match when:
            case When.ALWAYS:
                return everywhere, ~everywhere
            case When.SYMPTOMATIC | When.MORE_THAN_MILD:
                return self._with_symptoms(told=when is When.SYMPTOMATIC)
            case When.BASELINE_GIVEN | When.BELOW_NORMAL | When.ABOVE_BASELINE:
                return self._beside_baseline(when)
            case _:
                return self._baseline_is(when)

    def _beside_baseline(self, when: BesideBaseline) -> tuple[Truth, Truth]:
        missing = np.isnan(self.baseline)
        match when:
            case When.BASELINE_GIVEN:
                return ~missing, missing & self._baseline_open
            case When.BELOW_NORMAL:
                return self._below_normal()
            case When.ABOVE_BASELINE:
                above = _difference(self.value, self.baseline) > 0
                return above | (missing & ~self._baseline_open), missing & self._baseline_open
            case _:
                assert_never(when)

    def _baseline_is(self, when: OfBaseline) -> tuple[Truth, Truth]:
        match when:
            case When.NORMAL_BASELINE:
                return self._baseline_within(1)
            case When.ABNORMAL_BASELINE:
                return self._baseline_above(1)
            case When.ABNORMAL_TO_5:
                (above, above_open), (within, within_open) = (
                    self._baseline_above(1),
                    self._baseline_within(5),
                )
                may = (above | above_open) & (within | within_open)
                return above & within, may & ~(above & within)
            case When.ABNORMAL_BEYOND_5:
                return self._baseline_above(5)
            case When.LOW_BASELINE:
                limit = np.where(np.isnan(self.baseline_lower), self.lower, self.baseline_lower)
                return _difference(self.baseline, limit) < 0, self._baseline_may(limit)
            case _:
                assert_never(when)

    @property
    def _baseline_open(self) -> np.bool_:
        return np.bool_(self.rules.missing_baseline is MissingBaseline.UNKNOWN)

    def _baseline_above(self, times: float) -> tuple[Truth, Truth]:
        limit = np.where(np.isnan(self.baseline_upper), self.upper, self.baseline_upper)
        return _difference(self.baseline, times * limit) > 0, self._baseline_may(limit)

    def _baseline_within(self, times: float) -> tuple[Truth, Truth]:
        above, may = self._baseline_above(times)
        return ~(above | may), may

    def _baseline_may(self, limit: Numbers) -> Truth:
        """Return where the place of the baseline beside a limit is not known."""
        given = ~np.isnan(self.baseline)
        return np.where(given, np.isnan(limit), self._baseline_open)

    def _below_normal(self) -> tuple[Truth, Truth]:
        below, below_open = _difference(self.value, self.lower) < 0, np.isnan(self.lower)
        missing = np.isnan(self.baseline)
        given_open = missing & self._baseline_open
        may = (below_open & (~missing | given_open)) | (below & given_open)
        return below & ~missing, may

    def _with_symptoms(self, *, told: bool) -> tuple[Truth, Truth]:
        """Return where symptoms are there; those that are there do not tell how severe they are."""
        present = (self.symptomatic > 0) & told
        unrecorded = (self.symptomatic != 0) & ~present
        match self.rules.unknown_symptoms:
            case UnknownSymptoms.PRESENT:
                return present | unrecorded, np.zeros_like(present)
            case UnknownSymptoms.ABSENT:
                return present, np.zeros_like(present)
            case UnknownSymptoms.UNKNOWN:
                return present, unrecorded
            case _:
                assert_never(self.rules.unknown_symptoms)


def _on_side(row: Row, value: Numbers, *, of: Numbers) -> Truth:
    """Return where a value lies on its side of the bound; nowhere that a number is missing."""
    difference = _difference(value, row.times * of + row.plus)
    match row.side:
        case Side.BELOW:
            return difference < 0
        case Side.AT_MOST:
            return difference <= 0
        case Side.ABOVE:
            return difference > 0
        case Side.AT_LEAST:
            return difference >= 0
        case _:
            assert_never(row.side)


def _difference(one: Numbers, other: Numbers) -> Numbers:
    """Return the difference of two numbers, 0 where 15 significant digits of them are equal."""
    difference = one - other
    close = np.abs(difference) <= _CLOSE * np.abs(other)
    if close.any():
        for at in np.flatnonzero(close & (difference != 0)):
            if as_written(one[at]) == as_written(other[at]):
                difference[at] = 0
    return difference
