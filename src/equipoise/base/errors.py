"""Faults and errors: every message says what, where, got and fix.

The tree of errors, with the exit code of the command line::

    EquipoiseError
     +- BadInput        an argument or a number that cannot be meant        (2)
     +- StudyFaults     the study folder, every fault of it in one go       (3)
     +- RecordRefused   a command that the record does not accept           (4)
     +- StorageFault    disk full, folder missing, file damaged             (5)
     +- NotConverged    a numerical method found no answer                  (6)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, in four short sentences.

    Attributes
    ----------
    kind : str
        Snake-case name of the kind of fault; those of a study folder stand in ``docs/faults.md``.
    what : str
        What is wrong.
    where : str
        File and line, argument name, or subject, visit, form and item.
    got : str
        What was found there.
    fix : str
        What to do about it.
    """

    kind: str
    what: str
    where: str
    got: str
    fix: str

    def __str__(self) -> str:
        """Return the fault as one paragraph."""
        return f"{self.where}: {self.what}\n  got: {self.got}\n  fix: {self.fix}"


class EquipoiseError(Exception):
    """Base of every error that Equipoise raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *faults: Fault) -> None:
        """Carry one or more faults; all are told, not the first."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class BadInput(EquipoiseError):
    """An argument or a number that cannot be meant."""

    exit_code: ClassVar[int] = 2


class StudyFaults(EquipoiseError):
    """A study folder that does not say a whole trial."""

    exit_code: ClassVar[int] = 3


class RecordRefused(EquipoiseError):
    """A command that the record does not accept; nothing was written."""

    exit_code: ClassVar[int] = 4


class StorageFault(EquipoiseError):
    """A file, folder or database that could not be read or written."""

    exit_code: ClassVar[int] = 5


class NotConverged(EquipoiseError):
    """A numerical method that found no answer."""

    exit_code: ClassVar[int] = 6


def bad_input(what: str, *, where: str, got: object, fix: str) -> BadInput:
    """Return the error for one bad argument.

    Examples
    --------
    >>> print(bad_input("a probability lies between 0 and 1", where="alpha", got=2, fix="0.025"))
    alpha: a probability lies between 0 and 1
      got: 2
      fix: 0.025
    """
    return BadInput(Fault(kind="bad_input", what=what, where=where, got=str(got), fix=fix))
