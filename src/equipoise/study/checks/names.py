"""Names: each thing is said once, and two things never share a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.study.checks.problem import Problem, Whole
from equipoise.study.identity import CriterionTime
from equipoise.study.namespace import BUILT_IN, grade_names
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "item_said_twice": "Two forms ask an item of the same name.",
    "name_taken": "Two things that rules or datasets call by name share one name.",
    "name_differs": "An entry stands under one name and calls itself by another.",
}


def check_items_once(whole: Whole) -> Iterator[Problem]:
    """Find items that two forms ask."""
    first: dict[str, str] = {}
    for form_name, form in whole.study.forms.items():
        for item in form.items:
            other = first.setdefault(item, form_name)
            if other != form_name:
                own = other if form_name in whole.study.use else form_name
                yield Problem(
                    kind="item_said_twice",
                    path=("forms", own, "items", item),
                    what=f"forms '{other}' and '{form_name}' both ask '{item}'",
                    got=item,
                    fix="give one of the two another name; one form may stand in many visits",
                )


def check_names_free(whole: Whole) -> Iterator[Problem]:
    """Find names that mean two things: columns of a subject, and groups of an analysis."""
    taken: dict[str, str] = dict.fromkeys(BUILT_IN, "a built-in name")
    taken |= dict.fromkeys(grade_names(whole.study), "the worst grade of a term")
    taken |= {
        f"{form}_date": f"the day of form '{form}'"
        for form, said in whole.study.forms.items()
        if f"{form}_date" not in said.items  # the form's own date item stands for its day
    }
    eligibility = whole.study.eligibility
    taken |= {
        f"met_{name}": f"whether criterion '{name}' is met"
        for name, criterion in (eligibility.include | eligibility.exclude).items()
        if criterion.at is not CriterionTime.RANDOMISATION
    }
    for name, path, sort in _named(whole):
        if name in taken and taken[name] != sort:
            yield Problem(
                kind="name_taken",
                path=path,
                what=f"'{name}' is the name of {sort} and of {taken[name]}",
                got=name,
                fix="give one of the two another name",
            )
        taken.setdefault(name, sort)


def _named(whole: Whole) -> Iterator[tuple[str, Path, str]]:
    study = whole.study
    for item, form in whole.form_of.items():
        yield item, ("forms", form, "items", item), "an item"
    for name in study.strata:
        yield name, ("strata", name), "a stratum"
    for name in study.analysis_sets:
        yield name, ("analysis_sets", name), "an analysis set"
    for name in study.endpoints:
        if name not in study.analysis_sets:  # nothing groups by an analysis set
            yield name, ("endpoints", name), "an endpoint"


def check_names_agree(whole: Whole) -> Iterator[Problem]:
    """Find forms and scenarios whose own name is not the one they stand under."""
    inside = [("forms", "form", name, form.form) for name, form in whole.study.forms.items()]
    inside += [
        ("scenarios", "scenario", name, one.scenario) for name, one in whole.study.scenarios.items()
    ]
    for section, word, name, own in inside:
        if own != name:
            yield Problem(
                kind="name_differs",
                path=(section, name, word),
                what=f"{word} '{name}' calls itself '{own}'",
                got=own,
                fix=f"write {word}: {name}",
            )
