"""Why a computed item says what it says, and a criterion too: in one sentence.

An item of a clinical function has the function's own sentence, one of a risk table the factors
that count, any other its rule with the values that the rule names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from equipoise.conduct.computing import Computed, compute_row
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import FunctionStep, Rulebook
from equipoise.conduct.sources import forms_with, items_behind
from equipoise.conduct.values import Value, to_text
from equipoise.oncology.disease.risk_table import risk
from equipoise.study.rules import rule_names
from equipoise.study.study import Study

_DIGITS = 9
"""Significant digits of a number in a sentence; what people enter has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an item, or a criterion, says what it says.

    Attributes
    ----------
    item : str
        The computed item, or the criterion.
    value : Value
        What it says; None when it is not known.
    why : str
        The reason in one sentence.
    """

    item: str
    value: Value
    why: str


def reasons_of(row: Row, *, subject: SubjectRecord, rulebook: Rulebook) -> tuple[Reason, ...]:
    """Return why each computed item of a row says what it says, in the order of the form."""
    return reasons_behind(compute_row(row, subject=subject, rulebook=rulebook), rulebook=rulebook)


def reasons_behind(computed: Computed, *, rulebook: Rulebook) -> tuple[Reason, ...]:
    """Return the same for a row that was just computed: nothing is computed or looked up again."""
    row, rules = computed.row, rulebook.forms[computed.row.form]
    if not rules.computed:
        return ()
    told = {**_of_risk_tables(computed, rulebook=rulebook), **computed.told}
    told |= {each.item: f"Not known: {each.say}." for each in computed.findings}
    for name in rules.computed:
        if name not in told:
            rule = rules.form.items[name].compute or ""
            told[name] = reason_of_rule(rule, row.value(name), value_of=computed.known.get)
    return tuple(
        Reason(item=name, value=row.value(name), why=told[name]) for name in rules.computed
    )


def reasons_seen(
    reasons: tuple[Reason, ...], *, form: str, hidden: Collection[str], rulebook: Rulebook
) -> tuple[Reason, ...]:
    """Return the reasons of a form that tell nothing hidden."""
    if not hidden:
        return reasons
    rules = rulebook.forms[form]
    named = {name: rule_names(item.compute or "null") for name, item in rules.form.items.items()}
    for step in rules.steps:
        if isinstance(step, FunctionStep):
            named[step.item] = tuple(step.inputs.values())
    return tuple(
        each
        for each in reasons
        if not tells_hidden((each.item, *named[each.item]), hidden=hidden, study=rulebook.study)
    )


def tells_hidden(names: Iterable[str], *, hidden: Collection[str], study: Study) -> bool:
    """Tell whether the values of some names, as a rule uses them, give away what is hidden."""
    told = set(names)
    told = told.union(*(items_behind(name, study=study) for name in told))
    forms = {form for name in told for form in forms_with(name, study=study)}
    return not (told | forms).isdisjoint(hidden)


def _of_risk_tables(computed: Computed, *, rulebook: Rulebook) -> dict[str, str]:
    """Return what the risk tables say of a row, by item."""
    items = rulebook.forms[computed.row.form].form.items
    tables = {name: item.risk for name, item in items.items() if item.risk is not None}
    said: dict[str, str] = {}
    for table in set(tables.values()):
        factors = rulebook.study.risk[table].factors
        rules = rulebook.rules({name: factor.when for name, factor in factors.items()})
        answers = rules.answers(computed.known.get)
        findings = {name: None if here is None else bool(here) for name, here in answers.items()}
        said[table] = risk(rulebook.study.risk[table].model, findings=findings).explanation
    return {name: said[table] for name, table in tables.items()}


def reason_of_rule(rule: str, answer: Value, *, value_of: Callable[[str], Value]) -> str:
    """Return a rule's answer, the rule, and the values that it names.

    ``Yes: ca199 > 200 or nodules > 1, where ca199 = 250 and nodules = 1.``
    """
    values = {name: value_of(name) for name in rule_names(rule)}
    missing = [name for name, value in values.items() if value is None]
    known = [f"{name} = {_said(value)}" for name, value in values.items() if value is not None]
    words = " ".join(rule.split())
    if known:
        words += f", where {_listed(known)}"
    if missing:
        words += f"; {_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    first = "Not known" if answer is None else _said(answer)
    return f"{first[:1].upper()}{first[1:]}: {words}."


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.{_DIGITS}g}" if isinstance(value, float) else to_text(value) or ""


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
