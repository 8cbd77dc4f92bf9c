"""Allocation by permuted blocks within strata: a list fixed by a seed, which anybody can replay.

The place of a subject in the list of its stratum is the order of the log. Numbers come from the
raw words of the addressed generator by rejection, so the list does not depend on the version of
a library's shuffling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import BitGenerator

from equipoise.base.errors import bad_input
from equipoise.base.randomness import Seed, stream
from equipoise.conduct.record import SubjectRecord
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A subject allocated to an arm.

    Attributes
    ----------
    subject, arm : str
        Who, and to what.
    stratum : str
        Stratum in words, `older=true`; `all` when there are none.
    on : date
        Day of randomisation.
    entry : int
        The entry that holds the arm.
    """

    subject: str
    arm: str
    stratum: str
    on: dt.date
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """An allocation in the record that the list does not give."""

    subject: str
    stratum: str
    recorded: str
    expected: str


def allocation_list(study: Study, *, seed: Seed, stratum: str, length: int) -> tuple[str, ...]:
    """Return the first arms of the list of one stratum.

    Parameters
    ----------
    study : Study
        A study that randomises.
    seed : Seed
        The secret of the list; the same seed gives the same list for ever.
    stratum : str
        Stratum in words; each has its own list.
    length : int
        How many arms; a longer list begins with the shorter one.

    Returns
    -------
    tuple of str
        Blocks of a size drawn evenly among the sizes of the study, each a random order of the
        arms in the proportion of their allocation numbers.

    Raises
    ------
    BadInput
        When the study does not randomise, or a block size is no multiple of the allocation.
    """
    sizes = _sizes(study)
    words = stream(seed, purpose=f"allocation/{stratum}").bit_generator
    arms: list[str] = []
    while len(arms) < length:
        size = sizes[_below(len(sizes), words)]
        arms += _shuffled(_block(study, size), words)
    return tuple(arms[:length])


def _sizes(study: Study) -> tuple[int, ...]:
    if study.randomise is None:
        raise bad_input(
            "the study does not randomise", where="randomise", got="nothing", fix="say how it does"
        )
    once = sum(arm.allocation for arm in study.arms.values())
    if wrong := [size for size in study.randomise.sizes if size <= 0 or size % once]:
        fix = f"use multiples of {once}"
        raise bad_input("a block does not hold whole shares", where="sizes", got=wrong, fix=fix)
    return study.randomise.sizes


def _block(study: Study, size: int) -> list[str]:
    once = [name for name, arm in study.arms.items() for _ in range(arm.allocation)]
    return once * (size // len(once))


def _shuffled(block: list[str], words: BitGenerator) -> list[str]:
    """Return a block in random order (Fisher and Yates, from the end)."""
    order = list(block)
    for last in range(len(order) - 1, 0, -1):
        other = _below(last + 1, words)
        order[last], order[other] = order[other], order[last]
    return order


def _below(limit: int, words: BitGenerator) -> int:
    """Return a whole number from 0 below a limit, each as likely, from 64-bit words."""
    fair = (1 << 64) - (1 << 64) % limit
    word = int(words.random_raw())
    while word >= fair:
        word = int(words.random_raw())
    return word % limit


def replay_allocations(
    subjects: Mapping[str, SubjectRecord], *, study: Study, seed: Seed
) -> tuple[Deviation, ...]:
    """Return the allocations of a record that the list of this seed does not give; none is proof.

    Raises
    ------
    BadInput
        When the study does not randomise.
    """
    allocated = sorted(
        (subject for subject in subjects.values() if subject.allocation_seq is not None),
        key=lambda subject: subject.allocation_seq or 0,
    )
    found: list[Deviation] = []
    for stratum in dict.fromkeys(subject.stratum or "" for subject in allocated):
        members = [subject for subject in allocated if (subject.stratum or "") == stratum]
        arms = allocation_list(study, seed=seed, stratum=stratum, length=len(members))
        found += [
            Deviation(
                subject=subject.subject, stratum=stratum, recorded=subject.arm or "", expected=arm
            )
            for subject, arm in zip(members, arms, strict=True)
            if subject.arm != arm
        ]
    return tuple(found)
