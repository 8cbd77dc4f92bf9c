"""The record of a finished run, opened to look at one of its subjects."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from equipoise.base.errors import BadInput, Fault
from equipoise.conduct.record import Record, SubjectRecord
from equipoise.conduct.rulebook import Rulebook, rulebook_of
from equipoise.exchange.run_folder import RECORD, read_run
from equipoise.wiring import open_log


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectOfRun:
    """A subject as the record of a run holds it, and the study made ready."""

    record: SubjectRecord
    rulebook: Rulebook


def open_subject(folder: Path, subject: str) -> SubjectOfRun:
    """Return a subject of a finished run.

    Raises
    ------
    BadInput
        When the record has no such subject.
    StorageFault
        When the folder is no run, or its log cannot be read.
    """
    rulebook = rulebook_of(read_run(folder).study)
    subjects = _record(folder, rulebook).subjects
    if subject not in subjects:
        raise not_in_record("subject", got=subject, known=subjects)
    return SubjectOfRun(record=subjects[subject], rulebook=rulebook)


def _record(folder: Path, rulebook: Rulebook) -> Record:
    log = open_log(folder / RECORD, salts=_no_salt)
    try:
        record = Record(kinds=rulebook.kinds)
        record.take(log.entries())
    finally:
        log.close()
    return record


def _no_salt() -> str:
    raise RuntimeError("a look at a record writes nothing")


def not_in_record(what: str, *, got: str, known: Iterable[str]) -> BadInput:
    """Return the error for a name that the record does not have, with names that are near."""
    names = list(known)
    near = difflib.get_close_matches(got, names, n=3) or names[:3]
    return BadInput(
        Fault(
            kind=f"unknown_{what}",
            what=f"the record has no such {what}",
            where=what.upper(),
            got=got,
            fix=f"there are {len(names)}, such as {', '.join(near) or 'none'}",
        )
    )
