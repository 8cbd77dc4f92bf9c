"""Grades in words: "ALT 180 U/L is 4.5 x ULN (40): grade 2"."""

from __future__ import annotations

from decimal import Decimal

from equipoise.oncology.exact import as_written, plain
from equipoise.oncology.toxicity.ctcae_limits import Limits
from equipoise.oncology.toxicity.ctcae_rows import LaboratoryTerm, Of, Row, When

_FEWEST_DIGITS = 3
_MOST_DIGITS = 15
_CONDITION = {
    When.ABNORMAL_BASELINE: "baseline abnormal",
    When.ABNORMAL_TO_5: "baseline abnormal",
    When.LOW_BASELINE: "baseline below normal",
    When.ABOVE_BASELINE: "and above the baseline",
    When.SYMPTOMATIC: "with symptoms",
    When.MORE_THAN_MILD: "with symptoms",
    When.BELOW_NORMAL: "below normal",
}
_ASKS_SYMPTOMS = {
    When.SYMPTOMATIC: "symptoms are not recorded",
    When.MORE_THAN_MILD: "whether symptoms are more than mild is not recorded",
}


def measured(entry: LaboratoryTerm, value: Decimal) -> str:
    """Return what was measured: ``ALT 180 U/L``."""
    return f"{entry.label} {plain(value)} {entry.unit}".strip()


def fulfilled(
    entry: LaboratoryTerm, value: Decimal, *, row: Row, bound: Decimal, of: float | None
) -> str:
    """Return the criterion that a value meets, and the grade it gives."""
    condition = f", {_CONDITION[row.when]}" if row.when in _CONDITION else ""
    how = _compared(value, row=row, bound=bound, of=of)
    return f"{measured(entry, value)} is {how}{condition}: grade {row.grade}"


def _compared(value: Decimal, *, row: Row, bound: Decimal, of: float | None) -> str:
    if row.of is Of.ONE or of is None:
        return f"{row.side} {plain(bound)}"
    reference = as_written(of)
    if row.plus:
        return f"more than {row.plus:g} above {row.of.short} ({plain(reference)})"
    if row.times == 1:
        return f"{row.side} {row.of.short} ({plain(reference)})"
    times = _ratio(value / reference, as_written(row.times))
    return f"{times} x {row.of.short} ({plain(reference)})"


def _ratio(ratio: Decimal, cut: Decimal) -> str:
    """Return a ratio with enough digits to lie on its own side of the cut."""
    if ratio == cut:
        return plain(cut)
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS):
        shown = Decimal(f"{ratio:.{digits}g}")
        if shown != cut and (shown > cut) == (ratio > cut):
            return plain(shown)
    return plain(Decimal(f"{ratio:.{_MOST_DIGITS}g}"))


def no_criterion(entry: LaboratoryTerm, value: Decimal, limits: Limits) -> str:
    """Return that a value meets no criterion, beside the limits of normal."""
    ends = ((Of.LOWER_LIMIT, limits.lower), (Of.UPPER_LIMIT, limits.upper))
    used = {row.of for row in entry.rows}
    given = [
        f"{of.short} {plain(as_written(end))}" for of, end in ends if end is not None and of in used
    ]
    beside = f" ({', '.join(given)})" if given else ""
    return f"{measured(entry, value)} meets no criterion{beside}: grade 0"


def open_words(
    entry: LaboratoryTerm, value: Decimal, *, grades: tuple[int, ...], missing: str
) -> str:
    """Return which grades remain, and what would decide between them."""
    *others, worst = grades
    either = f"{', '.join(str(grade) for grade in others)} or {worst}"
    return f"{measured(entry, value)}: grade {either}, {missing}"


def missing_words(row: Row, reference: float | None, limits: Limits) -> str:
    """Return what has to be known before a row can be judged, or what the text leaves open."""
    if reference is None:
        return f"{row.of} is missing"
    if row.when.asks is Of.UPPER_LIMIT and limits.upper is None:
        return f"{Of.UPPER_LIMIT} is missing"
    if row.gap:
        return row.gap
    if row.when in _ASKS_SYMPTOMS:
        return _ASKS_SYMPTOMS[row.when]
    return f"{row.when.asks if row.when.asks is Of.LOWER_LIMIT else Of.BASELINE} is missing"
