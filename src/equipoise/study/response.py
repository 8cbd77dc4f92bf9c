"""Response criteria of a study: the days that they leave to the protocol, and their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equipoise.base.quantities import parse_duration
from equipoise.oncology.response.best_response import ResponseRules
from equipoise.oncology.response.irecist_words import OF_RECIST, IResponse
from equipoise.oncology.response.recist import Response
from equipoise.study.endpoints import (
    Endpoint,
    EventDefinition,
    ResponseCriteria,
    ResponseEndpoint,
    ResponseEvent,
)
from equipoise.study.words import DurationWord, Words


class ResponseDays(Words):
    """The days that response criteria leave to the protocol.

    Words of the file: `response: {stable_after: 8 wk}`. `stable_after`, from the start of the
    subject, is when SD (iSD) can first be established. `confirm_response_after` is how much later
    a scan may confirm CR or PR by RECIST 1.1, `confirm_progression_after` how much later than the
    first iUPD one may confirm it by iRECIST, whose authors want the next scan after 4 to 8 weeks.
    """

    stable_after: DurationWord = parse_duration("42 d")
    confirm_response_after: DurationWord = parse_duration("28 d")
    confirm_progression_after: DurationWord = parse_duration("28 d")

    @property
    def rules(self) -> ResponseRules:
        """The same as RECIST 1.1 takes it."""
        return ResponseRules(
            minimum_sd_days=round(self.stable_after.days),
            confirm_days=round(self.confirm_response_after.days),
        )

    @property
    def progression_days(self) -> int:
        """Days from the first iUPD to a scan that may confirm it."""
        return round(self.confirm_progression_after.days)


_BY_RECIST: Mapping[str, str] = {
    Response.CR: "Complete response",
    Response.PR: "Partial response",
    Response.SD: "Stable disease",
    Response.NON_CR_NON_PD: "Neither complete response nor progression",
    Response.PD: "Progressive disease",
    Response.NE: "Not evaluable",
}
_BY_IRECIST: Mapping[str, str] = {
    IResponse.ICR: "Complete response (iCR)",
    IResponse.IPR: "Partial response (iPR)",
    IResponse.ISD: "Stable disease (iSD)",
    IResponse.NON_ICR_NON_IUPD: "Neither complete response nor progression (NON-iCR/NON-iUPD)",
    IResponse.ICPD: "Confirmed progression (iCPD)",
    IResponse.IUPD: "Unconfirmed progression (iUPD)",
    IResponse.NE: "Not evaluable",
}


def is_irecist(criteria: ResponseCriteria | None) -> bool:
    """Tell whether criteria are iRECIST; none said are RECIST 1.1."""
    return criteria is ResponseCriteria.IRECIST


def response_words(criteria: ResponseCriteria | None) -> Mapping[str, str]:
    """Return the best responses by some criteria, best first, with their labels."""
    words = _BY_IRECIST if is_irecist(criteria) else _BY_RECIST
    return {str(word): label for word, label in words.items()}


def success_words(endpoint: ResponseEndpoint) -> tuple[str, ...]:
    """Return the best responses that are success, in the words of the endpoint's criteria."""
    if not is_irecist(endpoint.criteria):
        return endpoint.success
    return tuple(str(OF_RECIST[Response(word)]) for word in endpoint.success)


def asks_irecist(
    *, events: Mapping[str, EventDefinition], endpoints: Mapping[str, Endpoint]
) -> Iterator[tuple[str, str]]:
    """Give what rests on scans judged by iRECIST: section of the study, and name."""
    for name, event in events.items():
        if isinstance(event, ResponseEvent) and is_irecist(event.criteria):
            yield "events", name
    for name, endpoint in endpoints.items():
        match endpoint:
            case ResponseEndpoint(criteria=ResponseCriteria.IRECIST, recorded=None):
                yield "endpoints", name
