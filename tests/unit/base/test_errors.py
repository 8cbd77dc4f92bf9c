"""An error says what, where, got and fix, and tells all faults."""

import pytest

from equipoise.base.errors import (
    BadInput,
    EquipoiseError,
    Fault,
    NotConverged,
    RecordRefused,
    StorageFault,
    StudyFaults,
    bad_input,
)


def fault(where: str) -> Fault:
    return Fault(kind="some", what="it is wrong", where=where, got="this", fix="that")


def test_a_fault_is_four_short_sentences() -> None:
    assert str(fault("a.yaml:3")) == "a.yaml:3: it is wrong\n  got: this\n  fix: that"


def test_an_error_tells_every_fault() -> None:
    error = StudyFaults(fault("a.yaml:3"), fault("b.yaml:4"))
    assert [one.where for one in error.faults] == ["a.yaml:3", "b.yaml:4"]
    assert all(where in str(error) for where in ("a.yaml:3", "b.yaml:4"))


def test_each_error_ends_the_command_line_with_a_code_of_its_own() -> None:
    errors = (BadInput, StudyFaults, RecordRefused, StorageFault, NotConverged)
    assert [error.exit_code for error in errors] == [2, 3, 4, 5, 6]
    assert EquipoiseError.exit_code == 1


def test_a_bad_argument_names_itself() -> None:
    with pytest.raises(BadInput, match="alpha: a probability lies between 0 and 1"):
        raise bad_input("a probability lies between 0 and 1", where="alpha", got=2, fix="0.025")
