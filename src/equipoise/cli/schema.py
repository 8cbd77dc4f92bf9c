"""`equipoise schema`: JSON Schemas for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from equipoise.base.files import whole_folder
from equipoise.study.json_schema import schema_files, study_schema


def run(
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write one schema a file of the study folder into."),
    ] = None,
) -> None:
    """Write the JSON Schema of a whole study to the terminal, or one schema a file with --out.

    In an editor with a YAML language server, put at the top of a file:
    # yaml-language-server: $schema=schemas/endpoints.schema.json
    """
    if out is None:
        typer.echo(json.dumps(study_schema(), indent=2))
        return
    with whole_folder(out, ours=("*.schema.json",)) as scratch:
        for name, schema in schema_files().items():
            plain = name.replace("s/*", "").removesuffix(".yaml")
            (scratch / f"{plain}.schema.json").write_text(json.dumps(schema, indent=2) + "\n")
    typer.echo(f"{len(schema_files())} schemas in {out}")
