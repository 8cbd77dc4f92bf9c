"""How faults are printed: where first, then what, got and fix."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from equipoise.base.errors import EquipoiseError, Fault

_WORDS = {
    2: "That cannot be meant",
    3: "The study folder has faults",
    4: "The record refused this",
    5: "Something could not be read or written",
    6: "No numerical answer was found",
}


def print_faults(faults: Sequence[Fault], console: Console) -> None:
    """Print each fault in three lines: where and what, got, fix."""
    for fault in faults:
        console.print(Text.assemble((f"{fault.where}  ", "bold"), fault.what), soft_wrap=True)
        console.print(Text.assemble(("  got  ", "dim"), fault.got), soft_wrap=True)
        console.print(Text.assemble(("  fix  ", "green"), fault.fix), soft_wrap=True)


def print_error(error: EquipoiseError) -> None:
    """Print an error with all its faults to the standard error stream."""
    console = Console(stderr=True)
    console.print(Text(_WORDS.get(error.exit_code, "An error"), style="bold red"))
    print_faults(error.faults, console)
