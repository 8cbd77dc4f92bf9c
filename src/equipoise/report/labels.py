"""What names of the study are called in words: groups, items, categories, covariates."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.study.analyses import TimeUnit
from equipoise.study.endpoints import TimeToEvent
from equipoise.study.forms import Item
from equipoise.study.study import Study

SHORT = 3
"""Letters of a category that says nothing without the name of its item (stage `II`)."""

YES_NO = {"yes": "Yes", "no": "No", "true": "Yes", "false": "No"}


def in_words(name: str) -> str:
    """Return a snake-case name as a reader would write it.

    Examples
    --------
    >>> in_words("not_operated"), in_words("R0")
    ('Not operated', 'R0')
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def mid_sentence(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation keeps its capitals.

    Examples
    --------
    >>> mid_sentence("Event-free survival"), mid_sentence("R0 resection"), mid_sentence("pCR")
    ('event-free survival', 'R0 resection', 'pCR')
    """
    return f"{label[:1].lower()}{label[1:]}" if label[1:2].islower() else label


def group_label(study: Study, group: str, *, by: str | None) -> str:
    """Return what a group is called: an arm's label, a category, or a comparison of two."""
    if " v " in group:
        return " v ".join(group_label(study, side, by=by) for side in group.split(" v "))
    if group == "all":
        return "All subjects"
    if group in study.arms:
        return study.arms[group].label
    if by is None:
        return in_words(group)
    if group in YES_NO:
        return f"{name_label(study, by)}: {YES_NO[group].lower()}"
    label = category_label(study, group, of=by)
    return f"{name_label(study, by)}: {label}" if len(label) <= SHORT else label


def category_label(study: Study, category: str, *, of: str) -> str:
    """Return what a category of an item is called."""
    item = item_of(study, of)
    if item is not None and category in item.codes:
        return item.codes[category]
    return YES_NO.get(category, in_words(category))


def name_label(study: Study, name: str) -> str:
    """Return what a name of the study is called, with the unit of what has one."""
    item = item_of(study, name)
    if item is not None:
        return f"{item.label}, {item.unit}" if item.unit else item.label
    found = next(_labels(study, name), None)
    return found or in_words(name)


def _labels(study: Study, name: str) -> Iterator[str]:
    kinds = (study.endpoints, study.strata, study.analysis_sets, study.arms, study.events)
    for kind in kinds:
        if name in kind:
            yield kind[name].label


def item_of(study: Study, name: str) -> Item | None:
    """Return an item by its name, whatever form it is on."""
    return next((form.items[name] for form in study.forms.values() if name in form.items), None)


def covariate_label(study: Study, covariate: str) -> str:
    """Return what a covariate is called; `arm` says which arm is compared with which.

    `item=code` is the indicator of one category.
    """
    if covariate == "arm":
        return arms_compared(study)
    name, _, category = covariate.partition("=")
    label = name_label(study, name)
    return f"{label}: {category_label(study, category, of=name)}" if category else label


def arms_compared(study: Study) -> str:
    """Return `experimental v control` in the arms' labels, or `Arm` when there is no pair."""
    control = study.control
    others = [arm.label for name, arm in study.arms.items() if name != control]
    if control is None or len(others) != 1:
        return "Arm"
    return f"{others[0]} v {study.arms[control].label}"


def population_label(study: Study, *, endpoint: str) -> str | None:
    """Return the analysis set that an endpoint is told of, in words."""
    found = study.endpoints.get(endpoint)
    if found is None:
        return None
    chosen = study.analysis_sets.get(found.population)
    return chosen.label if chosen is not None else in_words(found.population)


def time_label(study: Study, *, endpoint: str, unit: TimeUnit) -> str:
    """Return what a time axis is called, `Months from randomisation`."""
    found = study.endpoints.get(endpoint)
    words = unit.value.capitalize()
    if not isinstance(found, TimeToEvent) or found.start is None:
        return words
    return f"{words} from {found.start.replace('_', ' ')}"


def events_of(study: Study, *, endpoint: str) -> str | None:
    """Return the events that end a time, in words, or None for other kinds of endpoint."""
    found = study.endpoints.get(endpoint)
    if not isinstance(found, TimeToEvent):
        return None
    names = [event if isinstance(event, str) else event.event for event in found.events]
    return ", ".join(mid_sentence(name_label(study, name)) for name in names) or None
