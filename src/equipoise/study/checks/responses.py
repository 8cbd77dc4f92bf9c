"""Response criteria: what iRECIST needs is asked, and nothing is said that changes no answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.base.quantities import Duration
from equipoise.oncology.response.recist import LesionKind, LesionState
from equipoise.study.checks.problem import Problem, Whole, forms_for
from equipoise.study.endpoints import ResponseEndpoint, ResponseEvent, Unconfirmed
from equipoise.study.forms import Form, FormPurpose, ItemType
from equipoise.study.response import ResponseDays, asks_irecist, is_irecist, success_words
from equipoise.study.tumour_assessment import NODE
from equipoise.study.yaml_tree import Path

KINDS: Mapping[str, str] = {
    "irecist_form_lacks": "A form of lesions lacks what iRECIST needs, which the study asks for.",
    "irecist_response_confirmed": "A best response by iRECIST is to be confirmed; only one by "
    "RECIST 1.1 can be.",
    "unconfirmed_not_said": "An event by iRECIST does not say what a progression is that was "
    "never confirmed.",
    "unconfirmed_unused": "An event by RECIST 1.1 says what an unconfirmed progression is.",
    "success_not_held": "A response counts as success that the item which holds it cannot be.",
    "response_days_wrong": "Days of response criteria are negative or no whole number.",
    "response_days_unused": "Days are said for what no endpoint and no event asks.",
}

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "lesion_kind": (LesionKind.TARGET, LesionKind.NON_TARGET, LesionKind.NEW),
    "lesion_organ": (NODE,),
    "lesion_state": (
        LesionState.MEASURED,
        LesionState.ABSENT,
        LesionState.PRESENT,
        LesionState.GROWN,
        LesionState.UNEQUIVOCAL_PROGRESSION,
        LesionState.NOT_EVALUATED,
    ),
    "diameter_mm": (),
}
"""Items of a form of lesions, and their codes, without which iRECIST cannot be judged."""


def check_irecist(whole: Whole) -> Iterator[Problem]:
    """Find endpoints and events by iRECIST that the forms of lesions cannot feed."""
    study = whole.study
    forms = [form for _, form in forms_for(study, FormPurpose.LESIONS)]
    lacking = sorted({lack for form in forms for lack in _lacking(form)})
    for section, name in asks_irecist(events=study.events, endpoints=study.endpoints):
        if lacking:
            yield Problem(
                kind="irecist_form_lacks",
                path=(section, name, "criteria"),
                what=f"'{name}' is judged by iRECIST, and the form of lesions does not ask all "
                "that confirms a progression and chooses the new lesions that are measured",
                got=f"no {', no '.join(lacking)}",
                fix="use the standard form 'lesions', or add these to the form",
            )


def _lacking(form: Form) -> Iterator[str]:
    for name, codes in _NEEDED.items():
        item = form.items.get(name)
        if item is None:
            yield name
        elif item.type is ItemType.CODE:
            yield from (f"{name} '{code}'" for code in codes if code not in item.codes)


def check_responses(whole: Whole) -> Iterator[Problem]:
    """Find words of response endpoints and events that their criteria do not take."""
    for name, endpoint in whole.study.endpoints.items():
        if isinstance(endpoint, ResponseEndpoint):
            yield from _best(endpoint, path=("endpoints", name))
            yield from _success(whole, endpoint, path=("endpoints", name))
    for name, event in whole.study.events.items():
        if isinstance(event, ResponseEvent):
            yield from _unconfirmed(event, path=("events", name))


def _best(endpoint: ResponseEndpoint, *, path: Path) -> Iterator[Problem]:
    if is_irecist(endpoint.criteria) and endpoint.confirmed:
        yield Problem(
            kind="irecist_response_confirmed",
            path=(*path, "confirmed"),
            what=f"'{path[1]}' is the best response by iRECIST, which no second scan confirms",
            got="confirmed: true",
            fix="leave out confirmed; by iRECIST it is progression that is confirmed",
        )


def _success(whole: Whole, endpoint: ResponseEndpoint, *, path: Path) -> Iterator[Problem]:
    item = whole.items.get(endpoint.recorded or "")
    if item is None or item.type is not ItemType.CODE:
        return
    unheld = [word for word in success_words(endpoint) if word not in item.codes]
    if unheld:
        yield Problem(
            kind="success_not_held",
            path=(*path, "success" if "success" in endpoint.model_fields_set else "recorded"),
            what=f"'{path[1]}' counts a success that '{endpoint.recorded}' cannot hold",
            got=", ".join(unheld),
            fix=f"its codes are {', '.join(item.codes)}; name them, or other criteria",
        )


def _unconfirmed(event: ResponseEvent, *, path: Path) -> Iterator[Problem]:
    if is_irecist(event.criteria) and event.unconfirmed is None:
        yield Problem(
            kind="unconfirmed_not_said",
            path=path,
            what=f"'{path[1]}' does not say what a progression is that no later scan confirmed "
            "and none undid",
            got="nothing",
            fix=f"write unconfirmed: {Unconfirmed.AN_EVENT} (it counts from its first iUPD), or "
            f"{Unconfirmed.NOT_AN_EVENT}",
        )
    if not is_irecist(event.criteria) and event.unconfirmed is not None:
        yield Problem(
            kind="unconfirmed_unused",
            path=(*path, "unconfirmed"),
            what=f"'{path[1]}' is judged by RECIST 1.1, where progression needs no confirmation",
            got=event.unconfirmed,
            fix="leave it out, or write criteria: irecist",
        )


def check_days(whole: Whole) -> Iterator[Problem]:
    """Find days of response criteria that cannot be meant, or that nothing asks."""
    study = whole.study
    judged = [
        one
        for one in study.endpoints.values()
        if isinstance(one, ResponseEndpoint) and one.recorded is None
    ]
    irecist = any(asks_irecist(events=study.events, endpoints=study.endpoints))
    asked = {
        "stable_after": bool(judged),
        "confirm_response_after": any(one.confirmed for one in judged),
        "confirm_progression_after": irecist,
    }
    usual = ResponseDays()
    for word, needed in asked.items():
        length: Duration = getattr(study.response, word)
        if length == getattr(usual, word):
            continue
        if length.days < 0 or not length.days.is_integer():
            yield _wrong(word, length)
        elif not needed:
            yield _unused(word, length)


def _wrong(word: str, length: Duration) -> Problem:
    return Problem(
        kind="response_days_wrong",
        path=("response", word),
        what="the days of response criteria are whole days, not negative",
        got=str(length),
        fix="write 42 d, 8 wk, ...",
    )


def _unused(word: str, length: Duration) -> Problem:
    wants = {
        "stable_after": "no response endpoint is judged from scans",
        "confirm_response_after": "no response endpoint is confirmed",
        "confirm_progression_after": "no endpoint and no event is judged by iRECIST",
    }
    return Problem(
        kind="response_days_unused",
        path=("response", word),
        what=f"{word} changes nothing: {wants[word]}",
        got=str(length),
        fix="leave it out",
    )
