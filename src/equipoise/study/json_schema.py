"""JSON Schema of a study folder, so that an editor checks words while they are typed.

What a schema cannot say (that a name exists, that a quantity is one) `equipoise check` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from equipoise.study.folder import FOLDERS, NAMED_INSIDE, SECTIONS, standard_form_names
from equipoise.study.study import Study

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ONLY_IN_MAIN = frozenset({"study", "version", "title", "registry", "phase", "use"})
"""Words too small for a file of their own."""


def study_schema() -> Schema:
    """Return the schema of a whole study written as one file.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12. Forms may say `use` and then hold what they change only.
    """
    whole = deepcopy(_language())
    required = [word for word in whole["required"] if word != "forms"]
    return {"$schema": DIALECT, **whole, "required": required}


def schema_files() -> Mapping[str, Schema]:
    """Return file name -> schema, for `study.yaml`, each section and each folder of entries.

    Names of folders end in `/*.yaml`: the schema holds for every file in them.
    """
    main = study_schema()
    main["required"] = [word for word in main["required"] if word not in _own_files()]
    files: dict[str, Schema] = {"study.yaml": main}
    for section in sorted(_own_files()):
        files[f"{section}.yaml"] = _alone(main["properties"][section], title=section)
    for folder, word in FOLDERS.items():
        entry = _entry_of(main["properties"][folder])
        files[f"{folder}/*.yaml"] = _alone(_named(entry, folder, word), title=word)
    return files


def _own_files() -> frozenset[str]:
    return SECTIONS - _ONLY_IN_MAIN


def _entry_of(section: Schema) -> Schema:
    entries: Schema = next(iter(section["patternProperties"].values()))
    return entries


def _named(entry: Schema, folder: str, word: str) -> Schema:
    """Return the schema of an entry that may say its own name."""
    if folder in NAMED_INSIDE:
        return entry
    named = dict(_language()["$defs"][entry["$ref"].rpartition("/")[2]])
    named["properties"] = {**named["properties"], word: {"type": "string"}}
    return named


def _alone(schema: Schema, *, title: str) -> Schema:
    """Return a part of the language as a schema of its own, with what it refers to."""
    found: dict[str, Schema] = {}
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _language()["$defs"][name]
            waiting.extend(_references(found[name]))
    body = {word: said for word, said in schema.items() if word != "default"}
    parts = deepcopy(dict(sorted(found.items())))
    return {"$schema": DIALECT, **body, "title": title, "$defs": parts}


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from _references(part)
    if isinstance(schema, dict):
        for word, part in schema.items():
            if word == "$ref":
                yield str(part).rpartition("/")[2]
            else:
                yield from _references(part)


@cache
def _language() -> Schema:
    """Return the schema of the models, as a person writes them in YAML."""
    schema: Schema = _tidy(Study.model_json_schema())
    parts: dict[str, Schema] = schema["$defs"]
    parts["Phase"]["enum"] = [*parts["Phase"]["enum"], 2, 3]
    parts["Phase"].pop("type")
    parts["Scenario"]["required"].remove("scenario")
    _let_forms_use_standard_ones(parts)
    either = {
        "if": {"type": "object", "required": ["use"]},
        "then": {"$ref": "#/$defs/StandardForm"},
        "else": {"$ref": "#/$defs/Form"},
    }
    forms = schema["properties"]["forms"]
    forms["patternProperties"] = dict.fromkeys(forms["patternProperties"], either)
    schema["properties"]["use"]["items"] = {"enum": list(standard_form_names())}
    return schema


def _let_forms_use_standard_ones(parts: dict[str, Schema]) -> None:
    form = parts["Form"]
    form["required"].remove("form")
    changed: Schema = dict(form["properties"])
    for word, name in (("items", "Item"), ("checks", "Check")):
        partial = f"Changed{name}"
        parts[partial] = {k: said for k, said in parts[name].items() if k != "required"}
        entries = {k: {"$ref": f"#/$defs/{partial}"} for k in changed[word]["patternProperties"]}
        changed[word] = {**changed[word], "patternProperties": entries}
        changed[word].pop("minProperties", None)
    parts["StandardForm"] = {
        "type": "object",
        "description": "A standard form of the package, with what the study changes.",
        "additionalProperties": False,
        "required": ["use"],
        "properties": {
            "use": {"enum": list(standard_form_names())},
            "without": {"type": "array", "items": {"type": "string"}},
            **changed,
        },
    }


def _tidy(schema: Any) -> Any:  # noqa: ANN401 - a part of a JSON document
    """Return a schema without what no editor needs, that knows every name it does not list."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {word: _tidy(part) for word, part in schema.items() if word != "discriminator"}
    if "patternProperties" in tidy:
        tidy.setdefault("additionalProperties", False)
    if isinstance(tidy.get("description"), str):
        tidy["description"] = " ".join(tidy["description"].partition("\n\n")[0].split())
    if isinstance(tidy.get("title"), str):
        tidy.pop("title")
    return tidy
