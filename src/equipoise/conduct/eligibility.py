"""Whether a subject may be randomised: every criterion judged, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.conduct.reasons import Reason, reason_of_rule
from equipoise.conduct.record import Row, SubjectRecord
from equipoise.conduct.rulebook import Rulebook
from equipoise.conduct.values import Value
from equipoise.conduct.view import SubjectView
from equipoise.study.identity import WhenUnknown
from equipoise.study.rules import rule_names
from equipoise.study.schedule import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """All criteria are met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEligible:
    """Some criteria are not met.

    Attributes
    ----------
    criteria : tuple of str
        These criteria.
    reasons : tuple of Reason
        What the rule of each answers, and on which values.
    """

    criteria: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """No criterion failed, but some cannot be judged.

    Attributes
    ----------
    criteria : tuple of str
        The criteria that cannot be judged.
    missing : tuple of str
        What is missing for them.
    reasons : tuple of Reason
        The rule of each, and the values that are known.
    """

    criteria: tuple[str, ...]
    missing: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


Verdict = Eligible | NotEligible | NotYet


def eligibility_of(subject: SubjectRecord, *, rulebook: Rulebook) -> Verdict:
    """Judge the criteria of randomisation on what is known about a subject at baseline.

    Baseline is everything up to the day of randomisation once there is one. Where nobody is
    randomised it is the visits planned at or before their clock, or everything when there is
    nothing of those visits.
    """
    view = SubjectView(rulebook=rulebook, subject=_at_baseline(subject, rulebook))
    answers = rulebook.eligibility.answers(view.value)
    wanted = {name: name in rulebook.study.eligibility.include for name in answers}
    failed = [
        name for name, said in answers.items() if said is not None and said is not wanted[name]
    ]
    unknown = [name for name, said in answers.items() if said is None]
    if rulebook.study.eligibility.unknown is WhenUnknown.NOT_ELIGIBLE:
        failed = [name for name in answers if name in {*failed, *unknown}]
    reasons = _reasons(failed or unknown, answers, view)
    if failed:
        return NotEligible(criteria=tuple(failed), reasons=reasons)
    if unknown:
        missing = _missing(unknown, view)
        return NotYet(criteria=tuple(unknown), missing=missing, reasons=reasons)
    return Eligible()


def _reasons(
    criteria: list[str], answers: Mapping[str, Value], view: SubjectView
) -> tuple[Reason, ...]:
    said = view.rulebook.study.eligibility
    rules = {name: (said.include | said.exclude)[name].rule for name in criteria}
    return tuple(
        Reason(
            item=name,
            value=answers[name],
            why=reason_of_rule(rule, answers[name], value_of=view.value),
        )
        for name, rule in rules.items()
    )


def _at_baseline(subject: SubjectRecord, rulebook: Rulebook) -> SubjectRecord:
    if rulebook.study.randomise is None:
        before = subject.where(lambda row: _is_before(row, rulebook))
        return before if before.rows else subject
    randomised = subject.randomisation_date
    if randomised is None:
        return subject
    return subject.where(lambda row: row.date <= randomised)


def _is_before(row: Row, rulebook: Rulebook) -> bool:
    found = rulebook.visit(row.visit)
    return found is not None and _planned_before(found[1])


def _planned_before(visit: Visit) -> bool:
    spans = visit.at.values() if isinstance(visit.at, dict) else [visit.at]
    return all(span is not None and span[1].days <= 0 for span in spans)


def _missing(criteria: list[str], view: SubjectView) -> tuple[str, ...]:
    said = view.rulebook.study.eligibility
    rules = [(said.include | said.exclude)[name].rule for name in criteria]
    names = dict.fromkeys(name for rule in rules for name in rule_names(rule))
    return tuple(name for name in names if view.value(name) is None)
