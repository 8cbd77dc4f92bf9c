"""The list of commands; a command's module is imported when it is called, so that help is quick."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from equipoise.base.errors import EquipoiseError
from equipoise.cli.complaints import print_error

EXIT_CODES = """Exit codes: 0 done; 1 another error; 2 an argument that cannot be meant; 3 faults in
the study folder; 4 refused by the record; 5 disk, folder or database; 6 no numerical answer; 130
stopped by Ctrl-C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """A command: the module that holds its function `run`, and one line of help."""

    module: str
    says: str


COMMANDS: Mapping[str, CommandEntry] = {
    "check": CommandEntry(
        module="equipoise.cli.check",
        says="Find every fault in a study folder, or say what changed.",
    ),
    "design": CommandEntry(
        module="equipoise.cli.design", says="Work out events, boundaries and power of the design."
    ),
    "rehearse": CommandEntry(
        module="equipoise.cli.rehearse",
        says="Run the whole trial with virtual subjects, protocol to report.",
    ),
    "analyse": CommandEntry(
        module="equipoise.cli.analyse", says="Analyse real tables through a study folder."
    ),
    "report": CommandEntry(
        module="equipoise.cli.report", says="Write the report page of a finished run again."
    ),
    "schema": CommandEntry(
        module="equipoise.cli.schema",
        says="Write JSON Schemas, so that an editor completes and checks the YAML.",
    ),
    "dose": CommandEntry(
        module="equipoise.cli.dose",
        says="Say what the dose tables say of a subject, and why.",
    ),
    "explain": CommandEntry(
        module="equipoise.cli.explain",
        says="Say what the forms of a subject worked out, and why.",
    ),
    "trace": CommandEntry(
        module="equipoise.cli.trace",
        says="Walk from one number of a report to the entries that made it.",
    ),
}


class LazyGroup(TyperGroup):
    """A group whose commands are listed from the table and loaded when called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """Return a light stand-in that carries the help line."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else TyperCommand(cmd_name, help=entry.says)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the real command, importing its module."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        if name is None or stand_in is None:
            return name, stand_in, rest
        app = typer.Typer(add_completion=False, rich_markup_mode="rich")
        app.command(name)(importlib.import_module(COMMANDS[name].module).run)
        return name, typer.main.get_command(app), rest


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EXIT_CODES,
    help="""Run a neoadjuvant oncology trial from protocol to report, from one study file.

    A study is a folder of small YAML files (see studies/icc_golp). Start with:
    equipoise check FOLDER, then equipoise rehearse FOLDER.""",
)


@app.callback()
def _root() -> None:
    """Hold the options of all commands; there are none yet that every command shares."""


def main() -> None:
    """Run the command line; every error of Equipoise becomes words and an exit code."""
    try:
        app()
    except EquipoiseError as error:
        print_error(error)
        sys.exit(error.exit_code)
