"""Computed items of a row, and of every other row that a change reaches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from equipoise.base.errors import BadInput
from equipoise.conduct.findings import Finding, FindingKind
from equipoise.conduct.record import Cell, Row, SubjectRecord
from equipoise.conduct.rulebook import FunctionStep, Rulebook, RuleStep
from equipoise.conduct.values import Value, fitting, to_text
from equipoise.conduct.view import ComputeView
from equipoise.study.forms import Item, ItemType


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A row with its computed items, what could not be computed, and what it was computed from.

    Attributes
    ----------
    row : Row
        The row.
    findings : tuple of Finding
        What could not be computed.
    known : Mapping[str, Value]
        What each name in a rule stood for, None where it was missing.
    told : Mapping[str, str]
        Why, by item, in the words of the clinical function that gave it.
    """

    row: Row
    findings: tuple[Finding, ...] = ()
    known: Mapping[str, Value] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


def compute_row(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> Computed:
    """Return the row with its computed items as the rest of it gives them."""
    rules = rulebook.forms[row.form]
    if not rules.computed:
        return Computed(row=row)
    cells = {item: cell for item, cell in row.cells.items() if item not in rules.computed}
    fresh = replace(row, cells=cells)
    work = _Computing(
        view=ComputeView(rulebook=rulebook, subject=subject.with_row(fresh), row=fresh)
    )
    for step in rules.steps:
        for name, answer in work.answers(step).items():
            kept = _kept(answer, name=name, item=rules.form.items[name])
            if isinstance(kept, Finding):
                work.findings.append(kept)
            elif (text := to_text(kept)) is not None:
                seq = before.seq if (before := row.cells.get(name)) else 0
                cells[name] = Cell(text=text, value=kept, seq=seq)
    return Computed(row=fresh, findings=tuple(work.findings), known=work.known, told=work.told)


@dataclass(slots=True, kw_only=True)
class _Computing:
    """One row being computed; what is looked up and told gathers here."""

    view: ComputeView
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, Value] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def answers(self, step: RuleStep | FunctionStep) -> Mapping[str, Value]:
        if isinstance(step, RuleStep):
            return step.rules.answers(self._value)
        arguments = {argument: self._value(name) for argument, name in step.inputs.items()}
        try:
            answer = step.function.answer(**arguments)
        except BadInput as error:
            fault = error.faults[0]
            say = f"'{step.item}' cannot be computed: {fault.what} ({fault.where})"
            self.findings.append(
                Finding(kind=FindingKind.CANNOT_COMPUTE, item=step.item, say=say, got=fault.got)
            )
            return {}
        self.told[step.item] = answer.why
        return {step.item: answer.value}

    def _value(self, name: str) -> Value:
        """Return what a name stands for; a step waits for the items it names, so once is enough."""
        if name not in self.known:
            self.known[name] = self.view.value(name)
        return self.known[name]


def _kept(answer: Value, *, name: str, item: Item) -> Value | Finding:
    """Return a computed value as its item holds it; SQL answers 3.0 for 3, a midnight for a day."""
    if item.type is ItemType.INTEGER and isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    if isinstance(answer, dt.datetime):
        answer = answer.date()
    kept = fitting(answer, name=name, item=item)
    return replace(kept, kind=FindingKind.CANNOT_COMPUTE) if isinstance(kept, Finding) else kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A computed item of another row that a change reached."""

    row: Row
    item: str
    old: str | None
    new: str | None


def recompute(
    changed: frozenset[str], *, subject: SubjectRecord, own: Row, rulebook: Rulebook
) -> tuple[Recomputed, ...]:
    """Return the computed items of other rows that differ once some items of one row changed.

    What cannot be computed any more becomes missing. The change is followed from form to form.
    """
    found: list[Recomputed] = []
    for _ in rulebook.forms:
        reached = _reached(changed, subject=subject, own=own, rulebook=rulebook)
        if not reached:
            break
        found += reached
        for row in {each.row.key: each.row for each in reached}.values():
            subject = subject.with_row(row)
        changed = frozenset(each.item for each in reached)
    return tuple(found)


def _reached(
    changed: frozenset[str], *, subject: SubjectRecord, own: Row, rulebook: Rulebook
) -> list[Recomputed]:
    rows = [
        row
        for form in rulebook.forms_behind(changed)
        for row in subject.rows_of(form)
        if row.key != own.key
    ]
    return [
        Recomputed(row=fresh, item=item, old=_text(row, item), new=_text(fresh, item))
        for row in rows
        for fresh in [compute_row(row, subject=subject, rulebook=rulebook).row]
        for item in rulebook.forms[row.form].computed
        if _text(row, item) != _text(fresh, item)
    ]


def _text(row: Row, item: str) -> str | None:
    cell = row.cells.get(item)
    return None if cell is None else cell.text
