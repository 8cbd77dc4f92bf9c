"""Slow twins of RECIST 1.1, written from the guideline, against the column version.

The column version equals the one-form version on every row (`test_recist_columns_laws.py`), so a
twin that agrees with the one agrees with both. Nothing of the code under test is called in a twin.
"""

import re
from fractions import Fraction

import numpy as np
import pytest

from equipoise.oncology.response.best_response import AfterComplete, ResponseRules
from equipoise.oncology.response.recist import LesionKind, LesionState, Response
from equipoise.oncology.response.recist_column_types import (
    KIND_CODES,
    NO_DAY,
    NO_RESPONSE,
    STATE_CODES,
    CallColumns,
    LesionColumns,
)
from equipoise.oncology.response.recist_columns import best_columns, recist_columns

CODES = {response.value: code for code, response in enumerate(Response)} | {None: NO_RESPONSE}
STATES = {code: state.value for state, code in STATE_CODES.items()}

# Tables 1 and 2 of the guideline, as printed; NON is non-CR/non-PD
NON = "NON-CR/NON-PD"
WITH_TARGETS = {
    ("CR", "CR"): "CR",
    ("CR", None): "CR",
    ("CR", NON): "PR",
    ("CR", "NE"): "PR",
    **{("PR", other): "PR" for other in ("CR", None, NON, "NE")},
    **{("SD", other): "SD" for other in ("CR", None, NON, "NE")},
    **{("NE", other): "NE" for other in ("CR", None, NON, "NE")},
}
WITHOUT_TARGETS = {"CR": "CR", NON: NON, "NE": "NE", None: "NE"}


def size_of(state, tenths):
    """Return the size in tenths of a mm, None when unknown."""
    fixed = {"absent": 0, "merged": 0, "too_small": 50, "not_evaluated": None}
    return fixed.get(state, tenths) if state in fixed else tenths


def disappeared(nodal, state, tenths):
    """Return whether nothing pathological is left; None when nobody knows."""
    if state == "unequivocal_progression":
        return False
    size = size_of(state, tenths)
    if size is None:
        return False if state in ("present", "grown") else None
    return size < 100 if nodal else size == 0


def targets_say(targets, others, past):
    """Return target response; `past` holds the sums so far and whether CR was established."""
    left = [disappeared(*lesion) for lesion in targets]
    nodes = [disappeared(*lesion) is False for lesion in others if lesion[0]]
    if all(left):
        return "PR" if any(nodes) else "CR"
    sizes = [size_of(state, tenths) for _, state, tenths in targets]
    if past["complete"] and any(
        gone is False and not lesion[0] for gone, lesion in zip(left, targets, strict=True)
    ):
        return "PD"
    at_least = sum(size for size in sizes if size is not None)
    known = [total for total in past["sums"] if total is not None]
    if known and at_least - min(known) >= 50:
        nadir = min(known)
        if nadir == 0 or Fraction(at_least - nadir, nadir) >= Fraction(20, 100):
            return "PD"
    first = past["sums"][0]
    if None in sizes or not first:
        return "NE"
    return "PR" if Fraction(first - sum(sizes), first) >= Fraction(30, 100) else "SD"


def others_say(others, markers, past):
    left = [disappeared(*lesion) for lesion in others]
    for lesion, gone in zip(others, left, strict=True):
        if lesion[1] == "unequivocal_progression":
            return "PD"
        if past["complete"] and gone is False and not lesion[0]:
            return "PD"
    if None in left:
        return "NE"
    if False in left or markers == 1:
        return NON
    if markers == -1:
        return "NE"
    return "CR" if others else None


def new_since(day, new, past):
    """Return from when new lesions that are certain count; None without any."""
    since = []
    for name, (nodal, state, tenths) in new.items():
        doubted = past["doubted"].get(name)
        certain = state not in ("absent", "not_evaluated", "equivocal")
        certain = certain and disappeared(nodal, state, tenths) is not True
        if certain:
            since.append(day if doubted is None else doubted)
        if state == "equivocal":
            past["doubted"][name] = day if doubted is None else doubted
        elif state != "not_evaluated":
            past["doubted"].pop(name, None)
    return min(since, default=None)


def twin_course(visits):
    """Return (target, non-target, overall, day from which PD counts) of each visit."""
    past, told, first = {"sums": [], "complete": False, "doubted": {}}, [], {}
    for day, markers, lesions in visits:
        if not told:
            first = dict(lesions)
        seen = {
            name: lesions.get(name, (kind, nodal, "not_evaluated", None))
            for name, (kind, nodal, _, _) in first.items()
        }
        targets = [lesion[1:] for lesion in seen.values() if lesion[0] == "target"]
        others = [lesion[1:] for lesion in seen.values() if lesion[0] == "non_target"]
        new = {name: lesion[1:] for name, lesion in lesions.items() if name not in first}
        if told:
            told.append(judged((day, markers), (targets, others, new), past))
        else:
            told.append((None, None, None, NO_DAY))
        sizes = [size_of(state, tenths) for _, state, tenths in targets]
        past["sums"].append(None if not sizes or None in sizes else sum(sizes))
    return told


def judged(when, lesions, past):
    day, markers = when
    targets, others, new = lesions
    target = targets_say(targets, others, past) if targets else None
    other = others_say(others, markers, past)
    since = new_since(day, new, past)
    if since is not None or "PD" in (target, other):
        return target, other, "PD", min(day, day if since is None else since)
    overall = WITHOUT_TARGETS[other] if target is None else WITH_TARGETS[target, other]
    past["complete"] = past["complete"] or overall == "CR"
    return target, other, overall, NO_DAY


SHAPE = (25_000, 4, 6)  # subjects, visits, lesions: three targets, two non-targets, one new
ODDS = {
    LesionKind.TARGET: {
        "measured": 0.72,
        "absent": 0.16,
        "too_small": 0.04,
        "not_evaluated": 0.05,
        "merged": 0.03,
    },
    LesionKind.NON_TARGET: {
        "present": 0.4,
        "absent": 0.4,
        "measured": 0.06,
        "grown": 0.04,
        "unequivocal_progression": 0.04,
        "not_evaluated": 0.06,
    },
    LesionKind.NEW: {
        "absent": 0.6,
        "equivocal": 0.2,
        "not_evaluated": 0.1,
        "present": 0.05,
        "measured": 0.05,
    },
}


def drawn_lesions(draw):
    """Return columns of random histories; sizes lie where the cuts of the guideline are."""
    kind = np.array([LesionKind.TARGET] * 3 + [LesionKind.NON_TARGET] * 2 + [LesionKind.NEW])
    state, size = np.empty(SHAPE, np.int8), np.full(SHAPE, np.nan)
    for place, own in enumerate(kind):
        odds = ODDS[own]
        codes = [STATE_CODES[LesionState(word)] for word in odds]
        state[..., place] = draw.choice(codes, SHAPE[:2], p=list(odds.values()))
    state[:, 0, :3] = STATE_CODES[LesionState.MEASURED]
    first = draw.choice([100, 150, 200, 250, 300], (SHAPE[0], 1, SHAPE[2]))
    share = draw.choice([0, 20, 40, 60, 70, 80, 100, 119, 120, 125], SHAPE)
    share[:, 0] = 100
    measured = np.isin(state, [STATE_CODES[LesionState.MEASURED]])
    size[measured] = (first * share // 100)[measured] / 10
    merged = STATE_CODES[LesionState.MERGED]
    state[..., 0][state[..., 0] == merged] = STATE_CODES[LesionState.ABSENT]
    nodal = np.broadcast_to(draw.random((SHAPE[0], 1, SHAPE[2])) < 0.3, SHAPE)
    markers = np.broadcast_to(draw.choice([0, 0, 0, 1, -1], (*SHAPE[:2], 1)), SHAPE)
    followed = draw.random((SHAPE[0], 1, SHAPE[2])) < [1, 0.7, 0.4, 0.5, 0.3, 0.4]
    followed[..., 0, 0] = draw.random(SHAPE[0]) < 0.8
    kept = followed & (draw.random(SHAPE) < 0.97)
    kept[:, 0] = followed[:, 0] & (kind != LesionKind.NEW)
    kept &= kept[:, :1].any(axis=2, keepdims=True)
    lone = ~followed[..., :1] & (state == merged)
    state[lone] = STATE_CODES[LesionState.ABSENT]
    subject, visit, lesion = np.indices(SHAPE)
    codes = np.array([KIND_CODES[own] for own in kind], np.int8)
    return LesionColumns(
        subject=subject[kept],
        day=(42 * visit)[kept],
        lesion=lesion[kept],
        kind=np.broadcast_to(codes, SHAPE)[kept],
        state=state[kept],
        nodal=nodal[kept],
        diameter_mm=size[kept],
        markers=markers[kept].astype(np.int8),
    )


def histories(lesions):
    """Return subject -> visits, each with its day, markers and lesions by name."""
    found = {}
    kinds = [kind.value for kind in LesionKind]
    columns = (lesions.subject, lesions.day, lesions.lesion, lesions.kind, lesions.state)
    sizes = [None if np.isnan(size) else round(10 * size) for size in lesions.diameter_mm.tolist()]
    rows = zip(
        *(column.tolist() for column in (*columns, lesions.nodal, lesions.markers)),
        sizes,
        strict=True,
    )
    for subject, day, lesion, kind, state, nodal, markers, tenths in rows:
        visits = found.setdefault(subject, [])
        if not visits or visits[-1][0] != day:
            visits.append((day, markers, {}))
        visits[-1][2][lesion] = (kinds[kind], nodal, STATES[state], tenths)
    return found


def test_the_time_point_response_is_that_of_a_twin_on_a_hundred_thousand_visits():
    lesions = drawn_lesions(np.random.default_rng(20260302))
    found = recist_columns(lesions)
    told = [one for visits in histories(lesions).values() for one in twin_course(visits)]
    assert len(told) == found.response.size > 80_000
    for place, name in enumerate(("target", "non_target", "response")):
        assert getattr(found, name).tolist() == [CODES[one[place]] for one in told]
    assert found.progressed_on.tolist() == [one[3] for one in told]
    assert set(found.response.tolist()) == set(CODES.values())


LETTERS = {"C": "CR", "P": "PR", "S": "SD", "N": NON, "D": "PD", "E": "NE"}
ORDER = "CPSNDE"


def twin_best(days, letters, *, rules, since=0):
    """Return best response with confirmation, and its day, from letters of successive days."""
    letters = as_read(days, letters, rules)
    letters = letters[: letters.index("D") + 1] if "D" in letters else letters
    counts = []
    for place, letter in enumerate(letters):
        held = letter in "CP" and holds(days[place:], letters[place:], rules)
        if held or letter in "DE":
            counts.append((letter, days[place]))
        elif days[place] - since < rules.minimum_sd_days:
            counts.append(("E", days[place]))
        else:
            counts.append(("N" if letter == "N" else "S", days[place]))
    return min(counts, key=lambda one: (ORDER.index(one[0]), one[1]), default=(None, NO_DAY))


def as_read(days, letters, rules):
    """Rewrite what follows a CR by the footnote of table 3."""
    if rules.after_complete is AfterComplete.AS_CALLED:
        return letters
    lost = re.match(r"([^CD]*)(C[CE]*)([PSN])", letters)
    if lost is None:
        return letters
    before, complete, then = lost.groups()
    start = len(before)
    lasted = days[start + complete.rindex("C")] - days[start]
    recoded = rules.after_complete is AfterComplete.RECODED
    if recoded and then == "P" and lasted < rules.confirm_days:
        return as_read(days, before + complete.replace("C", "P") + letters[lost.end(2) :], rules)
    return before + complete + "D"


def holds(days, letters, rules):
    """Tell whether the first call that can confirm does, by the calls up to it."""
    kind = "C" if letters[0] == "C" else "CP"
    for later in range(1, len(letters)):
        if letters[later] in kind and days[later] - days[0] >= rules.confirm_days:
            between = letters[1 : later + 1]
            shape = "[CE]*" if letters[0] == "C" else "[PSE]*[CSE]*"
            few = between.count("E") <= rules.most_ne_between
            return bool(re.fullmatch(shape, between)) and few and stable(between, rules)
    return False


def stable(between, rules):
    return between.count("S") <= rules.most_sd_between


@pytest.mark.parametrize("after", list(AfterComplete))
def test_the_confirmed_best_response_is_that_of_a_twin_on_a_hundred_thousand_histories(after):
    draw = np.random.default_rng(20260303 + list(AfterComplete).index(after))
    subjects, visits = 34_000, 6
    drawn = draw.choice(list(ORDER), (subjects, visits), p=[0.22, 0.3, 0.18, 0.04, 0.06, 0.2])
    lengths = draw.integers(1, visits + 1, subjects)
    steps = draw.choice([7, 14, 28, 29, 56], (subjects, visits))
    days = steps.cumsum(axis=1)
    rules = ResponseRules(most_sd_between=1, minimum_sd_days=42, after_complete=after)
    kept = np.arange(visits) < lengths[:, None]
    codes = np.array([CODES[LETTERS[letter]] for letter in ORDER], np.int8)
    order = np.array([ORDER.index(letter) for letter in drawn.ravel()]).reshape(drawn.shape)
    calls = CallColumns(
        subject=np.broadcast_to(np.arange(subjects)[:, None], drawn.shape)[kept],
        day=days[kept],
        response=codes[order][kept],
        progressed_on=np.full(int(kept.sum()), NO_DAY),
    )
    found = best_columns(calls, confirmed=True, rules=rules)
    text = ["".join(row[:size]) for row, size in zip(drawn.tolist(), lengths, strict=True)]
    told = [twin_best(own, row, rules=rules) for own, row in zip(days.tolist(), text, strict=True)]
    assert found.response.tolist() == [CODES[LETTERS[letter]] for letter, _ in told]
    assert found.day.tolist() == [day for _, day in told]
    assert {letter for letter, _ in told} == set(ORDER)
