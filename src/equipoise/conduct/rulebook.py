"""The study made ready for entry: its rules parsed once, its visits and names looked up once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from equipoise.base.errors import bad_input
from equipoise.conduct.rulesets import RuleSet, rule_set
from equipoise.conduct.sources import Source, items_behind, source_of
from equipoise.study.dose_tables import Asked, DrugTables, drug_tables
from equipoise.study.forms import Form, Item, ItemType
from equipoise.study.functions import FUNCTIONS, ClinicalFunction
from equipoise.study.identity import CriterionTime
from equipoise.study.laboratory_grade import GradedItem, graded_items
from equipoise.study.namespace import form_names
from equipoise.study.regimens import Regimen
from equipoise.study.rules import rule_names
from equipoise.study.schedule import Visit, visit_of
from equipoise.study.study import Study

CHECK = "check:"
"""What the label of a check begins with; a label without is an item that is required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """Computed items that rules give, in one look."""

    rules: RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionStep:
    """A computed item that a clinical function gives, with the item behind each argument."""

    item: str
    function: ClinicalFunction
    inputs: Mapping[str, str]


Step = RuleStep | FunctionStep


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugRules:
    """A drug of a regimen with its tables, their questions made ready."""

    tables: DrugTables
    asks: Mapping[Asked, RuleSet]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRules:
    """A form made ready.

    Attributes
    ----------
    form : Form
        The form.
    computed : tuple of str
        Its computed items.
    steps : tuple of Step
        How they are computed, in order.
    judged : RuleSet
        When items are required, labelled by item, and checks, labelled `check:NAME`.
    behind : frozenset of str
        Items, of any form, that its computed items depend on.
    """

    form: Form
    computed: tuple[str, ...]
    steps: tuple[Step, ...]
    judged: RuleSet
    behind: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """A study made ready for entry.

    Attributes
    ----------
    study : Study
        The study.
    study_hash : str
        Its content hash.
    types : Mapping[str, polars.DataType]
        Types of the names that a rule may use.
    kinds : Mapping[str, ItemType]
        Type of each item.
    forms : Mapping[str, FormRules]
        The forms.
    strata : RuleSet
        The strata.
    eligibility : RuleSet
        The criteria judged at randomisation.
    drugs : Mapping[str, Mapping[str, DrugRules]]
        The drugs of each regimen.
    graded : Mapping[str, GradedItem]
        Laboratory items whose values have a grade.
    """

    study: Study
    study_hash: str
    types: Mapping[str, pl.DataType]
    kinds: Mapping[str, ItemType]
    forms: Mapping[str, FormRules]
    strata: RuleSet
    eligibility: RuleSet
    drugs: Mapping[str, Mapping[str, DrugRules]]
    graded: Mapping[str, GradedItem]
    _sources: dict[str, Source] = field(default_factory=dict, repr=False)
    _visits: dict[str, tuple[str, Visit]] = field(default_factory=dict, repr=False)

    def source(self, name: str) -> Source:
        """Return what a name in a rule stands for."""
        if name not in self._sources:
            self._sources[name] = source_of(name, study=self.study)
        return self._sources[name]

    def visit(self, occurrence: str) -> tuple[str, Visit] | None:
        """Return name and visit of an occurrence: `screening`, or `cycle_2` of a series."""
        if occurrence not in self._visits:
            found = _visit(occurrence, study=self.study)
            if found is None:
                return None  # not kept: what people mistype must not fill the memory
            self._visits[occurrence] = found
        return self._visits[occurrence]

    def forms_behind(self, changed: frozenset[str]) -> tuple[str, ...]:
        """Return the forms with a computed item that depends on a changed item."""
        return tuple(name for name, rules in self.forms.items() if rules.behind & changed)

    def rules(self, rules: Mapping[str, str]) -> RuleSet:
        """Return other rules over the same names made ready."""
        return rule_set(rules, types=self.types, partial=_partial(self.kinds, self.types))


def rulebook_of(study: Study) -> Rulebook:
    """Return a study made ready for entry."""
    kinds = {name: item.type for form in study.forms.values() for name, item in form.items.items()}
    types = form_names(study)
    partial = _partial(kinds, types)
    strata = {name: stratum.rule for name, stratum in study.strata.items()}
    planning = _Planning(study=study, types=types, partial=partial)
    return Rulebook(
        study=study,
        study_hash=study.content_hash,
        types=types,
        kinds=kinds,
        forms={name: planning.form_rules(form) for name, form in study.forms.items()},
        strata=rule_set(strata, types=types, partial=partial),
        eligibility=rule_set(_criteria(study), types=types, partial=partial),
        drugs={name: planning.drug_rules(one) for name, one in study.regimens.items()},
        graded=graded_items(study),
    )


def _criteria(study: Study) -> dict[str, str]:
    criteria = study.eligibility.include | study.eligibility.exclude
    return {
        name: criterion.rule
        for name, criterion in criteria.items()
        if criterion.at is CriterionTime.RANDOMISATION
    }


def _partial(kinds: Mapping[str, ItemType], types: Mapping[str, pl.DataType]) -> frozenset[str]:
    """Return the names that are partial dates; `visit.item` is what `item` is."""
    last = {name: name.rpartition(".")[2] for name in types}
    return frozenset(
        name for name, item in last.items() if kinds.get(item) is ItemType.PARTIAL_DATE
    )


def _visit(occurrence: str, *, study: Study) -> tuple[str, Visit] | None:
    """Return the visit; a series without number and a number such as `_0` or `_02` name none."""
    found = visit_of(study.schedule, occurrence)
    if found is None or found[1].every is None:
        return found
    number = occurrence.removeprefix(f"{found[0]}_")
    proper = number.isascii() and number.isdecimal() and not number.startswith("0")
    return found if proper else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planning:
    """What is needed to make a form ready."""

    study: Study
    types: Mapping[str, pl.DataType]
    partial: frozenset[str]

    def form_rules(self, form: Form) -> FormRules:
        computed = {name: item for name, item in form.items.items() if item.computed}
        judged = {
            name: item.required_when
            for name, item in form.items.items()
            if item.required_when is not None and not item.computed
        }
        checks = {f"{CHECK}{name}": check.rule for name, check in form.checks.items()}
        behind = (self._behind(name, item) for name, item in computed.items())
        return FormRules(
            form=form,
            computed=tuple(computed),
            steps=self._steps(computed),
            judged=rule_set(judged | checks, types=self.types, partial=self.partial),
            behind=frozenset().union(*behind),
        )

    def drug_rules(self, regimen: Regimen) -> dict[str, DrugRules]:
        """Return the drugs of a regimen made ready."""
        return {
            name: DrugRules(
                tables=tables,
                asks={
                    asked: rule_set(rules, types=self.types, partial=self.partial)
                    for asked, rules in tables.questions.items()
                },
            )
            for name, tables in drug_tables(self.study, regimen).items()
        }

    def _inputs(self, item: Item) -> dict[str, str]:
        """Return the item behind each argument that the study collects."""
        asked = {name for form in self.study.forms.values() for name in form.items}
        needs = _function(item).needs
        inputs = {argument: item.inputs.get(argument, argument) for argument in needs}
        return {argument: name for argument, name in inputs.items() if name in asked}

    def _names(self, item: Item) -> frozenset[str]:
        if item.compute is not None:
            return frozenset(rule_names(item.compute))
        return frozenset(self._inputs(item).values())

    def _behind(self, name: str, item: Item) -> frozenset[str]:
        behind = (items_behind(used, study=self.study) for used in self._names(item))
        return frozenset().union(*behind) - {name}

    def _steps(self, computed: Mapping[str, Item]) -> tuple[Step, ...]:
        """Return the order of computing; items that wait for each other in a circle have none."""
        waiting, steps = dict(computed), list[Step]()
        while ready := [
            name for name in waiting if not self._names(waiting[name]) & waiting.keys()
        ]:
            items = {name: waiting.pop(name) for name in ready}
            rules = {name: item.compute for name, item in items.items() if item.compute is not None}
            if rules:
                rule_step = rule_set(rules, types=self.types, partial=self.partial)
                steps.append(RuleStep(rules=rule_step))
            steps += [
                self._function_step(name, item) for name, item in items.items() if name not in rules
            ]
        return tuple(steps)

    def _function_step(self, name: str, item: Item) -> FunctionStep:
        return FunctionStep(item=name, function=_function(item), inputs=self._inputs(item))


def _function(item: Item) -> ClinicalFunction:
    function = FUNCTIONS.get(item.function or "")
    if function is None:
        raise bad_input(
            "the package has no clinical function of this name",
            where=item.label,
            got=item.function,
            fix=f"use one of {', '.join(FUNCTIONS)}",
        )
    return function
